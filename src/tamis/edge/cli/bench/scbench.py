"""`tamis bench scbench`: what methods cost a model that reads shared contexts, measured."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from tamis.edge.cli.command import Arguments, add_json, add_quiet, describe, names
from tamis.edge.cli.messages import say
from tamis.errors import needs
from tamis.io.files import write
from tamis.io.progress import progress

if TYPE_CHECKING:
    from tamis.bench.scbench.play import Player
    from tamis.bench.scbench.run import Plan
    from tamis.bench.scbench.sessions import Session
    from tamis.bench.scbench.summary import Line
    from tamis.io.journal import Row

MICRO = "micro"
EVERY = 20.0  # seconds between two lines where no one watches


MORE = """\
Reads contexts that several questions share, under each method, and says what is
left of the answers, of the time and of the cache. Without --model it runs the
embedded micro model, which looks up made-up words: enough to compare methods in
minutes and without a download, and no evidence about real language models.
Contexts are generated from seeds.

A method is one or more parts joined by +, each with its share behind @; --list
names them all:
  dense               nothing; always there: all others are compared with it
  a sparse pattern    share of attention that is computed when the context is
                      read
  a cache policy      share of the entries that the cache keeps; /adaptive and
                      /pyramid spread it
  a number of bits    the cache is quantised
  prompt              the context is compressed as text first: share of tokens
                      that is read

Rows are kept in OUT/rows.jsonl as they come: the same line again goes on where
it was. OUT/report.html draws them."""

EXAMPLES = """\
examples:
  tamis bench scbench
  tamis bench scbench --list
  tamis bench scbench --methods snapkv@0.25/adaptive,vertical_slash+snapkv+int4
  tamis bench scbench --model ./Qwen2.5-0.5B-Instruct --size small --tasks kv
  tamis bench scbench --model ./Llama-3.1-8B --data ./SCBench --shown"""


class ScbenchArguments(Arguments):
    """The command line of `tamis bench scbench`."""

    list: bool
    model: str
    device: str
    dtype: str
    layout: str
    methods: tuple[str, ...] | None
    tasks: tuple[str, ...] | None
    modes: tuple[str, ...] | None
    size: str | None
    sessions: int
    turns: int
    seed: int
    data: str | None
    own: bool
    shown: bool
    block: int | None
    longest: int | None
    out: str


def add(parser: argparse.ArgumentParser) -> None:
    """The options of `tamis bench scbench`."""
    describe(parser, more=MORE, epilog=EXAMPLES)
    parser.add_argument("--list", action="store_true", help="name the methods and tasks there are, and do nothing")
    _add_model(parser)
    _add_what(parser)
    _add_how(parser)
    parser.add_argument("--out", metavar="DIR", default="scbench", help="rows, table and report go there (scbench)")
    add_json(parser, "print the table as JSON")
    add_quiet(parser, bar=True)


def _add_model(parser: argparse.ArgumentParser) -> None:
    from tamis.bench.scbench.layout import LAYOUTS

    group = parser.add_argument_group("model")
    group.add_argument("--model", default=MICRO, metavar="NAME", help="micro (embedded), a folder, or a hub id")
    group.add_argument("--device", default="auto", metavar="D", help="auto, cpu, cuda, ...")
    group.add_argument("--dtype", default="auto", metavar="T", help="auto, float32, bfloat16, float16")
    group.add_argument("--layout", default="auto", choices=LAYOUTS, help="how texts are put to it")


def _add_what(parser: argparse.ArgumentParser) -> None:
    from tamis.bench.scbench.tasks import SIZES

    group = parser.add_argument_group("what is measured")
    group.add_argument("--methods", type=names, metavar="A,B", help="beside dense (those with * in --list)")
    group.add_argument("--tasks", type=names, metavar="A,B", help="the twelve of the paper, or some of them")
    group.add_argument("--modes", type=names, metavar="A,B", help="both, or one of them: see --list")
    group.add_argument("--size", metavar="S", help=f"{', '.join(SIZES)}, or a number of units ({MICRO} or ci)")
    group.add_argument("--sessions", type=int, default=5, metavar="N", help="contexts of each task (5)")
    group.add_argument("--turns", type=int, default=5, metavar="N", help="questions of each context (5)")
    group.add_argument("--seed", type=int, default=0, metavar="N", help="of the first context (0)")
    group.add_argument("--data", metavar="DIR", help="the published data set as JSON lines, instead of generated texts")


def _add_how(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("how")
    group.add_argument("--own", action="store_true", help="later turns see the model's own answers, not golden ones")
    group.add_argument("--shown", action="store_true", help="questions are read and compressed with the context")
    group.add_argument("--block", type=int, metavar="N", help="of sparse patterns (128; micro model 64)")
    group.add_argument("--longest", type=int, metavar="N", help="tokens of an answer, at most (256; micro model 64)")


def run(arguments: ScbenchArguments) -> int:
    """Play, print the table, write the report; return the exit code."""
    needs("torch", "torch", "transformers")
    if arguments.list:
        return _list()
    plan, player = _plan(arguments), _player(arguments)
    from tamis.bench.scbench.run import run as play
    from tamis.bench.scbench.run import shortened
    from tamis.bench.scbench.summary import summary, table

    start, out = monotonic(), Path(arguments.out)
    with progress(unit="rows", every=EVERY, on=arguments.bar) as bar:
        rows = play(plan, player, out, advance=bar, sessions=_sessions(arguments, plan))
    lines = summary(rows)
    _write(out, plan, lines, rows)
    fewest = shortened(rows, plan)
    print(json.dumps([asdict(line) for line in lines], indent=2) if arguments.json else table(lines))
    if not arguments.quiet:
        if fewest:
            cut = ", ".join(f"{task} {units}" for task, units in fewest.items())
            say(f"contexts were made to fit the model's {player.reach:,} positions; units: {cut}.")
        say(f"{len(rows)} rows, {out / 'report.html'} ({monotonic() - start:.0f} s)")
    return 0


def _list() -> int:
    from tamis.bench.scbench.methods import DEFAULT, names
    from tamis.bench.scbench.play import MODES
    from tamis.bench.scbench.tasks import SCBENCH, TASKS

    print("methods:", *(f"  {name}{' *' * (name in DEFAULT)}" for name in names()), sep="\n")
    print("tasks:", *(f"  {name}{' *' * (name in SCBENCH)}" for name in TASKS), sep="\n")
    print("modes:", *(f"  {name} *" for name in MODES), sep="\n")
    return 0


def _plan(arguments: ScbenchArguments) -> Plan:
    from tamis.bench.scbench.methods import DEFAULT
    from tamis.bench.scbench.play import MODES
    from tamis.bench.scbench.run import Plan
    from tamis.bench.scbench.tasks import SCBENCH

    micro = arguments.model == MICRO
    size = arguments.size or ("micro" if micro else "ci")
    return Plan(
        model=arguments.model,
        methods=arguments.methods or DEFAULT,
        tasks=arguments.tasks or SCBENCH,
        modes=arguments.modes or MODES,
        size=int(size) if size.isdigit() else size,
        wording="micro" if micro and arguments.data is None else "plain",
        sessions=arguments.sessions,
        turns=arguments.turns,
        seed=arguments.seed,
        own=arguments.own,
        shown=arguments.shown,
        block=arguments.block or (64 if micro else 128),
        data=arguments.data,
    )


def _player(arguments: ScbenchArguments) -> Player:
    from tamis.bench.scbench.layout import layout_of
    from tamis.bench.scbench.play import Player
    from tamis.models.causal.plain import open_plain

    model, tokenizer = open_plain(arguments.model, device=arguments.device, dtype=arguments.dtype)
    return Player(model, tokenizer, layout_of(tokenizer, arguments.layout), _shorten(tokenizer), _longest(arguments))


def _longest(arguments: ScbenchArguments) -> int:
    """Tokens of an answer: the micro model has nothing to say that is longer."""
    return arguments.longest or (64 if arguments.model == MICRO else 256)


def _shorten(tokenizer: Any) -> Callable[[str, float], str]:
    """Compress by tamis's own default method, counted in the model's tokens."""

    def count(text: str) -> int:
        return len(tokenizer(text, add_special_tokens=False).input_ids)

    def shorten(text: str, share: float) -> str:
        from tamis import compress

        return compress(text, rate=share, tokenizer=count).text

    return shorten


def _sessions(arguments: ScbenchArguments, plan: Plan) -> dict[tuple[str, int], Session] | None:
    if arguments.data is None:
        return None
    from tamis.bench.scbench.published import published

    folder = Path(arguments.data)
    sessions: dict[tuple[str, int], Session] = {}
    for task in plan.tasks:
        read = published(folder, task, sessions=arguments.sessions, turns=arguments.turns, first=arguments.seed)
        sessions |= {(task, session.seed): session for session in read}
    return sessions


def _write(out: Path, plan: Plan, lines: list[Line], rows: list[Row]) -> None:
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
    write(out / "report.html", page(lines, settings, rows).encode())
