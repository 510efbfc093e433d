"""`tamis memory`: look into a memory, take out of it, carry it elsewhere, prove that it is whole."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tamis.edge.cli.memory_parser import Remembering
from tamis.edge.cli.opening import opened
from tamis.errors import InvalidInput

if TYPE_CHECKING:
    from tamis.memory import Memory, Receipt, Session


def run(arguments: Remembering) -> int:
    """Do one step."""
    return _STEPS[arguments.step or ""](arguments)


def _ls(arguments: Remembering) -> int:
    with opened(arguments, write=False) as memory:
        if arguments.scopes:
            names = [str(scope) for scope in memory.all_scopes()]
            print(json.dumps(names, ensure_ascii=False) if arguments.json else "\n".join(names))
            return 0
        sessions = memory.sessions()
    if arguments.json:
        _print_json([asdict(one) for one in sessions])
        return 0
    for one in sessions:
        print(_line(one))
    return 0


def _line(session: Session) -> str:
    days = [f"{time:%Y-%m-%d}" for time in (session.start, session.end) if time is not None]
    when = " to ".join(dict.fromkeys(days)) or "no date"
    who = ", ".join(session.speakers[:4]) + (", ..." if len(session.speakers) > 4 else "")
    return (
        f"{when:<24}  {session.turns:>6,} turns  {session.segments:>5,} segments  {session.name or '(no name)'}  {who}"
    )


def _show(arguments: Remembering) -> int:
    with opened(arguments, write=False) as memory:
        found = memory.recall(arguments.query, arguments.tokens, explain=True) if arguments.query else None
        if arguments.html:
            from tamis.edge.timeline import page
            from tamis.io.files import write

            write(Path(arguments.html), page(memory, arguments.session, arguments.query, found).encode())
            print(f"tamis: wrote {arguments.html}", file=sys.stderr)
            return 0
        _known(memory, arguments.session)
        marked = set(found.turn_ids) if found else set()
        by_id = {turn.id: turn for turn in memory.turns()}
        for segment in memory.segments(arguments.session):
            print(f"── {segment.session or '(no session)'} · {segment.id}")
            for ident in segment.turns:
                turn = by_id[ident]
                when = f"{turn.time:%Y-%m-%d %H:%M} " if turn.time else ""
                print(f"{'> ' if ident in marked else '  '}{when}{turn.speaker or '-'}: {turn.text}")
    return 0


def _known(memory: Memory, session: str | None) -> None:
    names = [one.name for one in memory.sessions()]
    if session is not None and session not in names:
        raise InvalidInput(f"There is no session {session!r}.", hint=f"Known: {', '.join(map(repr, names[:8]))}.")


def _forget(arguments: Remembering) -> int:
    with opened(arguments) as memory:
        receipt = memory.forget(
            arguments.ids or None,
            query=arguments.query,
            session=arguments.session,
            everything=arguments.everything,
            dry_run=not arguments.yes,
        )
        texts = {} if arguments.yes else {turn.id: turn.text for turn in _named(memory, receipt)}
    if arguments.json:
        _print_json(asdict(receipt))
        return 0
    for scope, ids in receipt.turns.items():
        for ident in ids:
            print(f"{scope}  {ident}  {' '.join(texts.get(ident, '').split())[:80]}".rstrip())
    verb = "would be removed; --yes does it" if receipt.dry_run else "removed, and found nowhere any more"
    counts = ", ".join(f"{count:,} {what}" for what, count in receipt.removed.items()) or "nothing"
    print(f"tamis: {counts} {verb}", file=sys.stderr)
    return 0


def _named(memory: Memory, receipt: Receipt) -> list[Any]:
    return [turn for scope, ids in receipt.turns.items() for turn in memory.scoped(scope).turns(ids)]


def _export(arguments: Remembering) -> int:
    with opened(arguments, write=False) as memory:
        count = memory.export(arguments.file)
    print(f"tamis: wrote {count:,} lines to {arguments.file}", file=sys.stderr)
    return 0


def _import(arguments: Remembering) -> int:
    with opened(arguments, make=True) as memory:
        done = memory.import_(arguments.file)
    print(f"tamis: {done.turns:,} turns taken in, {done.known:,} known already", file=sys.stderr)
    return 0


def _stats(arguments: Remembering) -> int:
    with opened(arguments, write=False) as memory:
        found = asdict(memory.stats())
    if arguments.json:
        _print_json(found)
        return 0
    for name, value in found.items():
        shown = ", ".join(f"{k or '(none)'} {v:,}" for k, v in value.items()) if isinstance(value, dict) else value
        print(f"{name:<9} {f'{shown:,}' if isinstance(shown, int) else shown if shown not in ('', None) else '-'}")
    return 0


def _check(arguments: Remembering) -> int:
    with opened(arguments, write=False) as memory:
        found = memory.check()
    for fault in found:
        print(fault)
    print("tamis: the memory is whole" if not found else f"tamis: {len(found)} faults", file=sys.stderr)
    return 1 if found else 0


def _expire(arguments: Remembering) -> int:
    with opened(arguments) as memory:
        receipt = memory.expire()
    print(f"tamis: {receipt.removed.get('turns', 0):,} turns had outlived their time", file=sys.stderr)
    return 0


def _reembed(arguments: Remembering) -> int:
    with opened(arguments) as memory:
        made = memory.reembed()
    print(f"tamis: {made:,} vectors made anew", file=sys.stderr)
    return 0


def _print_json(value: Any) -> None:
    def shown(other: Any) -> Any:
        return other.isoformat() if isinstance(other, datetime) else str(other)

    print(json.dumps(value, ensure_ascii=False, indent=2, default=shown))


_STEPS: dict[str, Callable[[Remembering], int]] = {
    "ls": _ls,
    "show": _show,
    "forget": _forget,
    "export": _export,
    "import": _import,
    "stats": _stats,
    "check": _check,
    "expire": _expire,
    "reembed": _reembed,
}
