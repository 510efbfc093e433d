"""`tamis remember`: talks into a memory."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from time import perf_counter
from typing import TYPE_CHECKING

from tamis.edge.cli.memory_parser import Remembering
from tamis.edge.cli.opening import opened
from tamis.errors import UnreadableInput

if TYPE_CHECKING:
    from tamis.memory import Memory, Turn
    from tamis.memory.importers import Parsed

STEP = 256  # turns written at a time; what was written stays if the rest is broken off


def run(arguments: Remembering) -> int:
    """Read every talk, then store them, session by session."""
    talks = [_read(path, arguments) for path in arguments.files or ["-"]]
    began = perf_counter()
    with opened(arguments, make=True) as memory:
        known, skipped, stored = 0, Counter[str](), list[str]()
        turns = [turn for talk in talks for turn in talk.turns]
        with _bar(len(turns), quiet=arguments.quiet) as step:
            for part in _parts(turns):
                fresh = _unknown(memory, part)
                known += len(part) - len(fresh)
                if fresh:
                    done = memory.add(fresh, ttl=arguments.ttl)
                    stored += done.ids
                    skipped.update(reason for _, reason in done.skipped)
                step(len(part))
    left = Counter[str]()
    for talk in talks:
        left.update(talk.left_out)
    _say(arguments, (stored, known, skipped, left), perf_counter() - began)
    return 0


def _read(path: str, arguments: Remembering) -> Parsed:
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
        there = {turn.id for turn in memory.turns(ids)} if ids else set()
    except UnknownScope:
        there = set()
    return [turn for turn in turns if turn.id not in there]


@contextmanager
def _bar(total: int, *, quiet: bool) -> Iterator[Callable[[int], object]]:
    """A bar on a terminal, nothing elsewhere."""
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("remembering"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda count: bar.advance(task, count)


def _say(arguments: Remembering, counts: tuple[Sequence[str], int, Counter[str], Counter[str]], seconds: float) -> None:
    stored, known, skipped, left = counts
    if arguments.json:
        said = {"stored": list(stored), "known": known, "skipped": dict(skipped), "left_out": dict(left)}
        print(json.dumps(said, ensure_ascii=False, indent=2))
    if arguments.quiet:
        return
    parts = [f"{len(stored):,} turns remembered in {arguments.scope!r}"]
    parts += [f"{known:,} known already"] if known else []
    parts += [f"{count:,} {reason}" for reason, count in (skipped + left).most_common()]
    print(f"tamis: {', '.join(parts)} ({seconds:.1f} s)", file=sys.stderr)
