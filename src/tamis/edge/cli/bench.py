"""`tamis bench`: what methods cost a model, measured."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, cast

from tamis.edge.cli.bench_parser import Benching
from tamis.edge.cli.parser import Arguments
from tamis.io.files import write
from tamis.io.progress import Told, shown

if TYPE_CHECKING:
    from tamis.bench.scbench.play import Player
    from tamis.bench.scbench.run import Plan
    from tamis.bench.scbench.session import Session
    from tamis.bench.scbench.summary import Line

MICRO = "micro"
EVERY = 20.0  # seconds between two lines where no one watches


def run(arguments: Arguments) -> int:
    """Play, print the table, write the report; return the exit code."""
    given = cast(Benching, arguments)
    plan, player = _plan(given), _player(given)
    from tamis.bench.scbench.run import run as played
    from tamis.bench.scbench.summary import summary, table

    began, out = monotonic(), Path(given.out)
    with shown(not given.quiet and (sys.stderr.isatty() or _lines())) as told:
        rows = played(plan, player, out, told=told, sessions=_sessions(given, plan))
    lines = summary(rows)
    _write(out, plan, lines)
    print(json.dumps([asdict(line) for line in lines], indent=2) if given.json else table(lines))
    if not given.quiet:
        print(f"tamis: {len(rows)} rows, {out / 'report.html'} ({monotonic() - began:.0f} s)", file=sys.stderr)
    return 0


def _plan(given: Benching) -> Plan:
    from tamis.bench.scbench.methods import DEFAULT
    from tamis.bench.scbench.run import Plan
    from tamis.bench.scbench.tasks import SCBENCH

    micro = given.model == MICRO
    size = given.size or ("micro" if micro else "ci")
    return Plan(
        model=given.model,
        methods=given.methods or DEFAULT,
        tasks=given.tasks or SCBENCH,
        modes=given.modes,
        size=int(size) if size.isdigit() else size,
        wording="micro" if micro and given.data is None else "plain",
        sessions=given.sessions,
        turns=given.turns,
        seed=given.seed,
        own=given.own,
        shown=given.shown,
        block=given.block or (64 if micro else 128),
        data=given.data,
    )


def _player(given: Benching) -> Player:
    from tamis.bench.scbench.layout import layout_of
    from tamis.bench.scbench.play import Player
    from tamis.models.causal.plain import open_plain

    model, tokenizer = open_plain(given.model, device=given.device, dtype=given.dtype)
    return Player(model, tokenizer, layout_of(tokenizer, given.layout), _shorten(tokenizer), _longest(given))


def _longest(given: Benching) -> int:
    """Tokens of an answer: the micro model has nothing to say that is longer."""
    return given.longest or (64 if given.model == MICRO else 256)


def _shorten(tokenizer: Any) -> Callable[[str, float], str]:
    """Compress by tamis's own default method, counted in the model's tokens."""

    def counted(text: str) -> int:
        return len(tokenizer(text, add_special_tokens=False).input_ids)

    def shortened(text: str, share: float) -> str:
        from tamis import compress

        return compress(text, rate=share, tokenizer=counted).text

    return shortened


def _sessions(given: Benching, plan: Plan) -> dict[tuple[str, int], Session] | None:
    if given.data is None:
        return None
    from tamis.bench.scbench.published import published

    found: dict[tuple[str, int], Session] = {}
    for task in plan.tasks:
        asked = published(Path(given.data), task, sessions=given.sessions, turns=given.turns, first=given.seed)
        found |= {(task, session.seed): session for session in asked}
    return found


def _write(out: Path, plan: Plan, lines: list[Line]) -> None:
    from tamis.bench.scbench.page import page
    from tamis.bench.scbench.summary import table

    write(out / "table.txt", (table(lines) + "\n").encode())
    write(out / "table.json", (json.dumps([asdict(line) for line in lines], indent=2) + "\n").encode())
    settings: dict[str, object] = {
        "model": plan.model,
        "size": plan.size,
        "contexts of each task": plan.sessions,
        "questions of each": plan.turns,
        "question": "shown" if plan.shown else "hidden",
        "answers in the history": "own" if plan.own else "golden",
    }
    write(out / "report.html", (page(lines, settings)).encode())


def _lines() -> Told:
    last = monotonic()

    def told(done: int, total: int, what: str) -> None:
        nonlocal last
        if monotonic() - last >= EVERY:
            last = monotonic()
            print(f"tamis: {done:,} of {total:,} rows, {what}", file=sys.stderr, flush=True)

    return told
