"""`tamis bench prompt`: what compressed prompts keep, measured on texts of one's own."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tamis.edge.cli.bench.results import add_results, deliver, rows_bar
from tamis.edge.cli.command import Arguments, describe, names

if TYPE_CHECKING:
    from tamis.bench.prompt import PromptPlan

MORE = """\
Compresses texts by several methods to several rates, and says what each keeps.
A file is a text; a row of a JSONL file is one, with the question that it is
compressed for and the answers to look for, where it has them:

  {"text": "...", "question": "Who signed?", "answers": ["Ada Lovelace"]}

A "text" that is a list holds documents. With answers, the table says how many
survive, and how sure the difference to the first method is (95 %, paired
bootstrap over texts); without, what was left, and how fast. Whether a model
gives the answer is not measured.

Rows are kept in OUT/rows.jsonl as they come: the same line again goes on where
it was. OUT/report.html shows the table."""

EXAMPLES = """\
examples:
  tamis bench prompt report.txt notes/*.md
  tamis bench prompt questions.jsonl --methods auto,bm25-sentences,random
  tamis bench prompt questions.jsonl --rates 0.1,0.05 --out tenth --json"""


class PromptArguments(Arguments):
    """The command line of `tamis bench prompt`."""

    files: list[str]
    methods: tuple[str, ...] | None
    rates: tuple[float, ...] | None
    tokenizer: str | None
    model: str | None
    out: str


def add(parser: argparse.ArgumentParser) -> None:
    """The options of `tamis bench prompt`."""
    describe(parser, more=MORE, epilog=EXAMPLES)
    parser.add_argument("files", nargs="+", metavar="FILE", help="texts, or JSONL (also .zst, .xz); patterns are fine")
    parser.add_argument("--methods", type=names, metavar="A,B", help="the others are compared with the first")
    parser.add_argument("--rates", type=_numbers, metavar="R,R", help="shares of the tokens (0.5,0.33,0.2)")
    parser.add_argument("--tokenizer", metavar="NAME", help="counts tokens, as in `tamis compress`")
    parser.add_argument("--model", metavar="NAME", help="for methods that take one, as in `tamis compress`")
    add_results(parser, "prompt-bench")


def _numbers(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in names(text))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} are no numbers: 0.5,0.33") from None


def run(arguments: PromptArguments) -> int:
    """Compress, print the table, write the report; return the exit code."""
    from tamis.bench.prompt import measure_prompts, read_tasks, summarise, table
    from tamis.bench.prompt.page import page

    plan, tasks = _plan(arguments), read_tasks(arguments.files)
    with rows_bar(arguments) as advance:
        rows = measure_prompts(plan, tasks, Path(arguments.out), advance=advance)
    lines = summarise(rows, plan.methods[0])
    settings = {"texts": len(tasks), "tokenizer": plan.tokenizer or "the default", "model": plan.model or "the default"}
    deliver(arguments, rows=len(rows), lines=lines, table=table(lines), page=page(lines, settings))
    return 0


def _plan(arguments: PromptArguments) -> PromptPlan:
    from tamis.bench.prompt.run import DEFAULT, RATES, PromptPlan

    return PromptPlan(
        methods=arguments.methods or DEFAULT,
        rates=arguments.rates or RATES,
        tokenizer=arguments.tokenizer,
        model=arguments.model,
    )
