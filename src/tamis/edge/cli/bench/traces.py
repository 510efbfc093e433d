"""`tamis bench traces`: what is kept of the results of tools that agents read."""

from __future__ import annotations

import argparse
from pathlib import Path

from tamis.edge.cli.bench.results import add_results, deliver, rows_bar
from tamis.edge.cli.command import Arguments, describe, names
from tamis.errors import InvalidInput

MORE = """\
Shortens results of tools (code, diffs, searches, listings, logs, data) by
several methods to several rates, and counts how many of the lines that a task
needed are left; whether what is left is valid; tokens, time, and what the
result costs over ten turns with a provider's cache. Without --data, a small
sample that comes with tamis.

FILE is JSON Lines, a result a line, with what of it was needed: numbers of
lines (from 1), or strings that stand in it:

  {"kind": "search", "task": "Rename x to y", "text": "src/a.py:3: x = 1\\n...",
   "lines": [1, 7]}
  {"kind": "log", "task": "Why did it stop?", "text": "...",
   "facts": ["KeyError: 'no such'"]}

Other packages that are installed (headroom-ai, distil-llm, rtk) take part with
--peers; they choose themselves how much to leave, and tamis gets as many
tokens.

Rows are kept in OUT/rows.jsonl as they come: the same line again goes on where
it was. OUT/report.html shows curves and tables."""

EXAMPLES = """\
examples:
  tamis bench traces
  tamis bench traces --data sessions.jsonl --rates 0.5,0.3,0.15
  tamis bench traces --kinds code --most 20 --methods "tamis, task; head + tail"
  tamis bench traces --peers headroom-ai,distil-llm"""


class TraceArguments(Arguments):
    """The command line of `tamis bench traces`."""

    data: str | None
    methods: tuple[str, ...] | None
    rates: tuple[float, ...] | None
    kinds: tuple[str, ...] | None
    most: int | None
    peers: tuple[str, ...] | None
    tokenizer: str
    out: str


def add(parser: argparse.ArgumentParser) -> None:
    """The options of `tamis bench traces`."""
    describe(parser, more=MORE, epilog=EXAMPLES)
    parser.add_argument("--data", metavar="FILE", help="results of tools and what of them is needed, as JSON Lines")
    parser.add_argument("--methods", type=_methods, metavar="A;B", help="some of them, by name, joined by ; (all)")
    parser.add_argument("--rates", type=_numbers, metavar="R,R", help="shares of the tokens (0.3,0.15)")
    parser.add_argument("--kinds", type=names, metavar="A,B", help="of results (all)")
    parser.add_argument("--most", type=int, metavar="N", help="results of each kind, drawn at random (all)")
    parser.add_argument("--peers", type=names, metavar="A,B", help="other packages; all = those that are installed")
    parser.add_argument("--tokenizer", default="o200k_base", metavar="T", help="whose tokens count (o200k_base)")
    add_results(parser, "traces-bench")


def _methods(text: str) -> tuple[str, ...]:
    """Names of methods hold commas."""
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _numbers(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in names(text))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} are no numbers: 0.3,0.15") from None


def run(arguments: TraceArguments) -> int:
    """Shorten, print the table, write the report; return the exit code."""
    from tamis.bench.traces import (
        SHORTENERS,
        TracePlan,
        installed_peers,
        measure_traces,
        read_traces,
        sample_traces,
        summarise,
        table,
    )
    from tamis.bench.traces.page import page
    from tamis.bench.traces.run import RATES
    from tamis.bench.traces.tasks import drawn

    peers = installed_peers() if arguments.peers == ("all",) else arguments.peers or ()
    methods = arguments.methods or tuple(SHORTENERS)
    plan = TracePlan(methods, arguments.rates or RATES, peers, arguments.tokenizer)
    tasks = drawn(
        read_traces(Path(arguments.data)) if arguments.data else sample_traces(), arguments.most, arguments.kinds or ()
    )
    if not tasks:
        raise InvalidInput("No result of these kinds.", hint="Leave --kinds out to see all there are.")
    with rows_bar(arguments) as advance:
        rows = measure_traces(plan, tasks, Path(arguments.out), advance=advance)
    lines = summarise(rows, methods[0])
    settings = {"results": len(tasks), "from": arguments.data or "the sample", "tokens by": plan.tokenizer}
    deliver(arguments, rows=len(rows), lines=lines, table=table(lines), page=page(lines, settings))
    return 0
