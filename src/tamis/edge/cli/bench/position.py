"""`tamis bench position`: how well a model looks things up by where they stand, with and without a method."""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from tamis.edge.cli.bench.results import add_results, deliver, rows_bar
from tamis.edge.cli.command import Arguments, describe
from tamis.errors import InvalidInput, UnreadableInput, needs

if TYPE_CHECKING:
    from tamis.bench.position import Method, PositionPlan

MICRO = "micro"
MORE = """\
Asks a model for the value of a key in a JSON object, the same pairs with the
one that is asked for in another place each time: a curve of right answers by
place, and one of the log-probability of the right answer, which a model that is
too weak to be right has, too. Without --model it runs the embedded micro model,
which is no evidence about real language models.

--method reads the prompts sparsely, --dimension scales the hidden dimension
that tamis.attention.position found; the gain is paired, with its 95 % interval.

Rows are kept in OUT/rows.jsonl as they come: the same line again goes on where
it was. OUT/report.html shows the tables."""

EXAMPLES = """\
examples:
  tamis bench position
  tamis bench position --method a_shape@0.25 --pairs 40
  tamis bench position --model ./Qwen2.5-0.5B-Instruct --samples 20
  tamis bench position --model ./Llama-3.1-8B --dimension dimension.json"""


class PositionArguments(Arguments):
    """The command line of `tamis bench position`."""

    model: str
    device: str
    dtype: str
    method: str | None
    dimension: str | None
    block: int | None
    pairs: int | None
    places: int
    samples: int
    seed: int
    out: str


def add(parser: argparse.ArgumentParser) -> None:
    """The options of `tamis bench position`."""
    describe(parser, more=MORE, epilog=EXAMPLES)
    group = parser.add_argument_group("model")
    group.add_argument("--model", default=MICRO, metavar="NAME", help="micro (embedded), a folder, or a hub id")
    group.add_argument("--device", default="auto", metavar="D", help="auto, cpu, cuda, ...")
    group.add_argument("--dtype", default="auto", metavar="T", help="auto, float32, bfloat16, float16")
    group = parser.add_argument_group("what it is compared with")
    group.add_argument("--method", metavar="M", help="a sparse pattern, as in `tamis bench scbench --list`")
    group.add_argument("--dimension", metavar="FILE", help="what tamis.attention.position saved as JSON")
    group.add_argument("--block", type=int, metavar="N", help="of sparse patterns (128; micro model 64)")
    group = parser.add_argument_group("what is asked")
    group.add_argument("--pairs", type=int, metavar="N", help="in an object (50; micro model 20)")
    group.add_argument("--places", type=int, default=5, metavar="N", help="that are asked about, first to last (5)")
    group.add_argument("--samples", type=int, default=10, metavar="N", help="sets of pairs (10)")
    group.add_argument("--seed", type=int, default=0, metavar="N", help="of what is drawn (0)")
    add_results(parser, "position-bench")


def run(arguments: PositionArguments) -> int:
    """Ask, print the tables, write the report; return the exit code."""
    needs("torch", "torch", "transformers")
    from tamis.bench.position import MEASURES, compared, measure_lookups, position_lookups
    from tamis.bench.position.page import page
    from tamis.bench.position.summary import table
    from tamis.models.causal.plain import open_plain

    plan, method = _plan(arguments), _method(arguments)
    model, tokenizer = open_plain(plan.model, device=arguments.device, dtype=arguments.dtype)
    sizes = {"pairs": plan.pairs, "places": plan.places, "samples": plan.samples, "seed": plan.seed}
    lookups = position_lookups(tokenizer, **sizes, micro=plan.model == MICRO)
    with rows_bar(arguments) as advance:
        plain, ours = measure_lookups(plan, model, lookups, Path(arguments.out), method=method, advance=advance)
    curves = [compared(plain, ours, measure=measure) for measure in MEASURES]
    settings = {"model": plan.model, "method": plan.method or "none", **sizes}
    rows = len(plain) + len(ours or ())
    deliver(arguments, rows=rows, lines=curves, table=table(curves), page=page(curves, settings))
    return 0


def _plan(arguments: PositionArguments) -> PositionPlan:
    from tamis.bench.position import PositionPlan

    micro = arguments.model == MICRO
    return PositionPlan(
        model=arguments.model,
        method=arguments.method
        or (None if arguments.dimension is None else f"dimension {_digest(arguments.dimension)}"),
        block=_block(arguments),
        pairs=(20 if micro else 50) if arguments.pairs is None else arguments.pairs,
        places=arguments.places,
        samples=arguments.samples,
        seed=arguments.seed,
    )


def _method(arguments: PositionArguments) -> Method | None:
    if arguments.method is not None and arguments.dimension is not None:
        raise InvalidInput("Both --method and --dimension.", hint="Compare with one at a time.")
    if arguments.dimension is not None:
        return _scaling(arguments.dimension)
    return None if arguments.method is None else _sparse(arguments)


def _scaling(path: str) -> Method:
    from tamis.attention.position import PositionalDimension

    return PositionalDimension.from_json(_read(path)).scaled


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableInput(f"Cannot read {path!r}: {error}.", hint="It is what `to_json` gave.") from error


def _digest(path: str) -> str:
    return hashlib.sha256(_read(path).encode()).hexdigest()[:8]


def _block(arguments: PositionArguments) -> int:
    return arguments.block or (64 if arguments.model == MICRO else 128)


def _sparse(arguments: PositionArguments) -> Method:
    from tamis.attention import sparse
    from tamis.bench.scbench.methods import method

    how = method(str(arguments.method), block=_block(arguments))
    pattern = how.pattern
    if pattern is None or how.policy or how.bits or how.prompt:
        raise InvalidInput(f"{arguments.method!r} is no sparse pattern.", hint="For example: a_shape@0.25.")
    return lambda model: sparse(model, pattern, mode="always")
