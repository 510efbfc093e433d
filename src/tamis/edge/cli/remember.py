"""`tamis remember`: talks into a memory."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from time import perf_counter
from typing import TYPE_CHECKING

from tamis.edge.cli.command import add_json, add_quiet, describe
from tamis.edge.cli.messages import say
from tamis.edge.cli.opening import MemoryArguments, add_place, opened
from tamis.errors import UnreadableInput
from tamis.io.progress import progress

if TYPE_CHECKING:
    from tamis.memory import Memory, Turn
    from tamis.memory.importers import Parsed

STEP = 256  # turns written at a time; what was written stays if the rest is broken off


MORE = """\
Stores the turns of talks: exports of ChatGPT and Claude (conversations.json or
the zip), Slack (folder or zip), WhatsApp (text), lists of chat messages (JSON),
turns as JSON lines, transcripts and notes in plain text. What is stored already
is left alone, so the same export may be read again. Secrets are masked before
anything is written."""

EXAMPLES = """\
examples:
  tamis remember conversations.json
  tamis remember slack-export.zip --memory team.db --scope acme/support
  tamis remember WhatsApp.txt --day-first
  echo "Ann moved to Lyon in May." | tamis remember -
  tamis remember notes.txt --session holidays --ttl 30d"""


class RememberArguments(MemoryArguments):
    """The command line of `tamis remember`."""

    files: list[str]
    kind: str
    session: str | None
    ttl: float | None
    day_first: bool | None
    denoise: bool
    allow_secrets: bool


def add(parser: argparse.ArgumentParser) -> None:
    """The options of `tamis remember`."""
    from tamis.memory.importers import KINDS

    describe(parser, more=MORE, epilog=EXAMPLES)
    parser.add_argument("files", nargs="*", metavar="FILE", help="talks; without any, or for -, stdin")
    parser.add_argument(
        "--kind", default="auto", choices=KINDS, metavar="KIND", help=f"what they are: {', '.join(KINDS)}; auto looks"
    )
    parser.add_argument("--session", metavar="NAME", help="of talks that name none (the file's name)")
    parser.add_argument("--ttl", type=age, metavar="AGE", help="forget after so long: 90s, 12h, 30d, 2w")
    dates = parser.add_mutually_exclusive_group()
    dates.add_argument(
        "--day-first", dest="day_first", action="store_const", const=True, help="WhatsApp: 3/4 is the 3rd of April"
    )
    dates.add_argument(
        "--month-first", dest="day_first", action="store_const", const=False, help="WhatsApp: 3/4 is the 4th of March"
    )
    parser.add_argument("--denoise", action="store_true", help="find turns by three quarters of their words; slower")
    parser.add_argument("--allow-secrets", action="store_true", help="store keys, cards and passwords as they are")
    add_json(parser, "print what was stored as JSON")
    add_quiet(parser, bar=True)
    add_place(parser)


@dataclass(slots=True)
class _Tally:
    """What became of the turns so far; `skipped` and `left_out` count by reason."""

    stored: list[str] = field(default_factory=list)
    known: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)


_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}


def age(text: str) -> float:
    """Seconds of an age such as 90s, 12h, 30d, 2w.

    Example: "2h" -> 7200.0
    """
    number, unit = text.strip()[:-1], text.strip()[-1:]
    try:
        return float(number) * _UNITS[unit]
    except (KeyError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no age; write 90s, 15m, 12h, 30d or 2w") from error


def run(arguments: RememberArguments) -> int:
    """Read every talk, then store them, session by session."""
    talks = [_read(path, arguments) for path in arguments.files or ["-"]]
    turns = [turn for talk in talks for turn in talk.turns]
    tally = _Tally()
    for talk in talks:
        tally.left_out.update(talk.left_out)
    start = perf_counter()
    privacy = {"denoise": arguments.denoise, "allow_secrets": arguments.allow_secrets}
    with (
        opened(arguments, make=True, **privacy) as memory,
        progress("remembering", len(turns), on=arguments.bar) as bar,
    ):
        done = 0
        for part in _parts(turns):
            _store(memory, part, arguments.ttl, tally)
            done += len(part)
            bar(done, len(turns))
    _report(arguments, tally, perf_counter() - start)
    return 0


def _store(memory: Memory, turns: Sequence[Turn], ttl: float | None, tally: _Tally) -> None:
    fresh = _unknown(memory, turns)
    tally.known += len(turns) - len(fresh)
    if fresh:
        added = memory.add(fresh, ttl=ttl)
        tally.stored += added.ids
        tally.skipped.update(reason for _, reason in added.skipped)


def _read(path: str, arguments: RememberArguments) -> Parsed:
    from tamis.memory.importers import read_talk

    if path != "-":
        return read_talk(path, arguments.kind, session=arguments.session, day_first=arguments.day_first)
    if sys.stdin.isatty():
        raise UnreadableInput("Nothing to remember.", hint="Name a file, or send text to standard input.")
    text = sys.stdin.buffer.read().decode("utf-8-sig", errors="strict")
    return read_talk("-", arguments.kind, text=text, session=arguments.session or "", day_first=arguments.day_first)


def _parts(turns: Sequence[Turn]) -> Iterator[list[Turn]]:
    """Pieces of sessions, none longer than a step."""
    for _, group in groupby(turns, key=lambda turn: turn.session):
        session = list(group)
        for start in range(0, len(session), STEP):
            yield session[start : start + STEP]


def _unknown(memory: Memory, turns: Sequence[Turn]) -> list[Turn]:
    """Those whose ids are not in the memory."""
    from tamis.errors import UnknownScope

    ids = [turn.id for turn in turns if turn.id]
    try:
        stored = {turn.id for turn in memory.turns(ids)} if ids else set()
    except UnknownScope:
        stored = set()
    return [turn for turn in turns if turn.id not in stored]


def _report(arguments: RememberArguments, tally: _Tally, seconds: float) -> None:
    if arguments.json:
        values = {
            "stored": tally.stored,
            "known": tally.known,
            "skipped": dict(tally.skipped),
            "left_out": dict(tally.left_out),
        }
        print(json.dumps(values, ensure_ascii=False, indent=2))
    if arguments.quiet:
        return
    parts = [f"{len(tally.stored):,} turns remembered in {arguments.scope!r}"]
    parts += [f"{tally.known:,} known already"] if tally.known else []
    parts += [f"{count:,} {reason}" for reason, count in (tally.skipped + tally.left_out).most_common()]
    say(f"{', '.join(parts)} ({seconds:.1f} s)")
