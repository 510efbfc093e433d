"""`tamis memory`: look into a memory, take out of it, carry it elsewhere, prove that it is whole."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tamis.edge.cli.command import CommandEntry, Step, add_commands, add_json
from tamis.edge.cli.messages import say
from tamis.edge.cli.opening import TOKENS, MemoryArguments, add_place, opened
from tamis.edge.cli.questions import checked_question
from tamis.errors import InvalidInput

if TYPE_CHECKING:
    from tamis.memory import Memory, Receipt, SessionOverview


EXAMPLES = """\
examples:
  tamis memory ls
  tamis memory show "Trip to Lyon"
  tamis memory show --html timeline.html -q "Where does the sister live?"
  tamis memory forget --query "old address"      (--yes does it)
  tamis memory export backup.jsonl
  tamis memory import backup.jsonl --scope copy"""


class StepArguments(MemoryArguments):
    """The command line of a step; options of steps that were not called are missing."""

    scopes: bool
    session: str | None
    html: str | None
    query: str | None
    tokens: int
    ids: list[str]
    everything: bool
    yes: bool
    file: str


def add(parser: argparse.ArgumentParser) -> None:
    """The steps of `tamis memory`."""
    parser.epilog = EXAMPLES
    add_commands(parser, STEPS)


def run(arguments: StepArguments) -> int:
    """Do one step."""
    return STEPS[arguments.step].load().run(arguments)


def _ls_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--scopes", action="store_true", help="all scopes of the store instead of sessions")
    add_json(parser, "as JSON")
    add_place(parser)


def _ls(arguments: StepArguments) -> int:
    with opened(arguments, write=False) as memory:
        if arguments.scopes:
            names = [str(scope) for scope in memory.all_scopes()]
            print(json.dumps(names, ensure_ascii=False) if arguments.json else "\n".join(names))
            return 0
        sessions = memory.sessions()
    if arguments.json:
        _print_json([asdict(session) for session in sessions])
        return 0
    for session in sessions:
        print(_line(session))
    return 0


def _line(session: SessionOverview) -> str:
    days = [f"{time:%Y-%m-%d}" for time in (session.start, session.end) if time is not None]
    when = " to ".join(dict.fromkeys(days)) or "no date"
    who = ", ".join(session.speakers[:4]) + (", ..." if len(session.speakers) > 4 else "")
    return (
        f"{when:<24}  {session.turns:>6,} turns  {session.segments:>5,} segments  {session.name or '(no name)'}  {who}"
    )


def _show_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("session", nargs="?", metavar="SESSION", help="its name (all of them)")
    parser.add_argument("--html", metavar="OUT", help="write a page: sessions, segments, what a question finds")
    parser.add_argument("-q", "--query", metavar="TEXT", help="a question: mark what it recalls")
    parser.add_argument("-t", "--tokens", type=int, default=TOKENS, help=f"its budget ({TOKENS:,})")
    add_place(parser)


def _show(arguments: StepArguments) -> int:
    question = None if arguments.query is None else checked_question(arguments.query)
    with opened(arguments, write=False) as memory:
        recall = memory.recall(question, arguments.tokens, explain=True) if question else None
        if arguments.html:
            from tamis.edge.timeline import page
            from tamis.io.files import write

            write(Path(arguments.html), page(memory, arguments.session, question, recall).encode())
            say(f"wrote {arguments.html}")
            return 0
        _check_session(memory, arguments.session)
        _print_turns(memory, arguments.session, frozenset(recall.turn_ids if recall else ()))
    return 0


def _print_turns(memory: Memory, session: str | None, marked: frozenset[str]) -> None:
    turns = {turn.id: turn for turn in memory.turns()}
    for segment in memory.segments(session):
        print(f"── {segment.session or '(no session)'} · {segment.id}")
        for ident in segment.turns:
            turn = turns[ident]
            when = f"{turn.time:%Y-%m-%d %H:%M} " if turn.time else ""
            print(f"{'> ' if ident in marked else '  '}{when}{turn.speaker or '-'}: {turn.text}")


def _check_session(memory: Memory, session: str | None) -> None:
    names = [entry.name for entry in memory.sessions()]
    if session is not None and session not in names:
        raise InvalidInput(f"There is no session {session!r}.", hint=f"Known: {', '.join(map(repr, names[:8]))}.")


def _forget_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ids", nargs="*", metavar="ID", help="of turns, as recall --json says them")
    parser.add_argument("--query", metavar="TEXT", help="turns that have all its words, or say nearly the same")
    parser.add_argument("--session", metavar="NAME", help="all turns of a session")
    parser.add_argument("--everything", action="store_true", help="the scope and those under it")
    parser.add_argument("--yes", action="store_true", help="do it; without it, only what would go is said")
    add_json(parser, "the receipt as JSON")
    add_place(parser)


def _forget(arguments: StepArguments) -> int:
    with opened(arguments) as memory:
        receipt = memory.forget(
            arguments.ids or None,
            query=arguments.query,
            session=arguments.session,
            everything=arguments.everything,
            dry_run=not arguments.yes,
        )
        texts = {} if arguments.yes else {turn.id: turn.text for turn in _turns_of(memory, receipt)}
    if arguments.json:
        _print_json(asdict(receipt))
        return 0
    for scope, ids in receipt.turns.items():
        for ident in ids:
            print(f"{scope}  {ident}  {' '.join(texts.get(ident, '').split())[:80]}".rstrip())
    verb = "would be removed; --yes does it" if receipt.dry_run else "removed, and found nowhere any more"
    counts = ", ".join(f"{count:,} {what}" for what, count in receipt.removed.items()) or "nothing"
    say(f"{counts} {verb}")
    return 0


def _turns_of(memory: Memory, receipt: Receipt) -> list[Any]:
    return [turn for scope, ids in receipt.turns.items() for turn in memory.scoped(scope).turns(ids)]


def _file_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="JSON lines")
    add_place(parser)


def _json_options(parser: argparse.ArgumentParser) -> None:
    add_json(parser, "as JSON")
    add_place(parser)


def _export(arguments: StepArguments) -> int:
    with opened(arguments, write=False) as memory:
        count = memory.export(arguments.file)
    say(f"wrote {count:,} lines to {arguments.file}")
    return 0


def _import(arguments: StepArguments) -> int:
    with opened(arguments, make=True) as memory:
        added = memory.import_(arguments.file)
    say(f"{added.turns:,} turns taken in, {added.known:,} known already")
    return 0


def _stats(arguments: StepArguments) -> int:
    with opened(arguments, write=False) as memory:
        figures = asdict(memory.stats())
    if arguments.json:
        _print_json(figures)
        return 0
    for name, value in figures.items():
        print(f"{name:<9} {_figure(value)}")
    return 0


def _figure(value: Any) -> str:
    if isinstance(value, dict):
        value = ", ".join(f"{name or '(none)'} {count:,}" for name, count in value.items())
    if value in ("", None):
        return "-"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _check(arguments: StepArguments) -> int:
    with opened(arguments, write=False) as memory:
        faults = memory.check()
    for fault in faults:
        print(fault)
    say("the memory is whole" if not faults else f"{len(faults)} faults")
    return 1 if faults else 0


def _expire(arguments: StepArguments) -> int:
    with opened(arguments) as memory:
        receipt = memory.expire()
    say(f"{receipt.removed.get('turns', 0):,} turns had outlived their time")
    return 0


def _reembed(arguments: StepArguments) -> int:
    with opened(arguments) as memory:
        count = memory.reembed()
    say(f"{count:,} vectors made anew")
    return 0


def _print_json(value: Any) -> None:
    def plain(other: Any) -> Any:
        return other.isoformat() if isinstance(other, datetime) else str(other)

    print(json.dumps(value, ensure_ascii=False, indent=2, default=plain))


STEPS: dict[str, CommandEntry] = {
    "ls": Step("list the sessions of a memory, or its scopes", "tamis memory ls --scopes", _ls, _ls_options),
    "show": Step(
        "print a session, or draw all as a page",
        "tamis memory show --html timeline.html -q 'Where is she now?'",
        _show,
        _show_options,
    ),
    "forget": Step(
        "remove turns and all that is derived from them",
        "tamis memory forget --session 'Trip to Lyon' --yes",
        _forget,
        _forget_options,
    ),
    "export": Step("write a memory as JSON lines", "tamis memory export backup.jsonl", _export, _file_options),
    "import": Step(
        "take in what was exported", "tamis memory import backup.jsonl --scope acme/ann", _import, _file_options
    ),
    "stats": Step("say what a memory holds", "tamis memory stats --json", _stats, _json_options),
    "check": Step("prove that a memory is whole", "tamis memory check && echo all is well", _check, add_place),
    "expire": Step("remove what has outlived its time", "tamis memory expire", _expire, add_place),
    "reembed": Step("make vectors anew that another encoder made", "tamis memory reembed", _reembed, add_place),
}
