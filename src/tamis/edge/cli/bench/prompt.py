"""`tamis bench prompt`: what compressed prompts keep, measured on texts of one's own."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tamis.edge.cli.bench.results import add_results, deliver, rows_bar
from tamis.edge.cli.command import Arguments, describe, names
from tamis.errors import InvalidInput

if TYPE_CHECKING:
    from tamis.bench.prompt import PromptPlan, PromptTask, Reader

MORE = """\
Compresses texts by several methods to several rates, and says what each keeps.
A file is a text; a row of a JSONL file is one, with the question that it is
compressed for, the answers to look for, a summary, and what other tools made
of it, where it has them:

  {"text": "...", "question": "Who signed?", "answers": ["Ada Lovelace"],
   "reference": "Ada Lovelace signed the letter.",
   "compressed": {"another tool": "..."}}

A "text" that is a list holds documents. --blind hides the questions from the
methods: they are asked afterwards. With answers, the table says how many
survive; with a reference, how many of its words; with a --reader, how likely
the right answer is to a language model, and what it answers. Always: denials,
sentence ends and words that were cut (as tamis detects them, or as the row's
"sentences", "words" and "negations" say), what was left, and how fast.
Differences to the first method and to the full text come with their 95 %
intervals (paired bootstrap over texts).

A reader is mini-lm (embedded: likelihood alone), a folder, a hub id or a GGUF
file of a causal language model, or http(s)://host[:port]/v1#model.

Rows are kept in OUT/rows.jsonl as they come: the same line again goes on where
it was. OUT/report.html shows tables, curves and examples."""

EXAMPLES = """\
examples:
  tamis bench prompt report.txt notes/*.md
  tamis bench prompt questions.jsonl --methods auto,bm25-sentences,random
  tamis bench prompt questions.jsonl --blind --reader mini-lm --rates 0.33
  tamis bench prompt questions.jsonl --reader http://127.0.0.1:8000/v1#qwen
  tamis bench prompt --sets paragraphs,meaning --data ../shared/data --count 50
  tamis bench prompt questions.jsonl --rates 0.1,0.05 --out tenth --json"""


class PromptArguments(Arguments):
    """The command line of `tamis bench prompt`."""

    files: list[str]
    methods: tuple[str, ...] | None
    rates: tuple[float, ...] | None
    styles: tuple[str, ...] | None
    blind: bool
    sets: tuple[str, ...] | None
    data: str
    count: int | None
    reader: str | None
    no_answers: bool
    device: str
    tokenizer: str | None
    model: str | None
    out: str


def add(parser: argparse.ArgumentParser) -> None:
    """The options of `tamis bench prompt`."""
    describe(parser, more=MORE, epilog=EXAMPLES)
    parser.add_argument("files", nargs="*", metavar="FILE", help="texts, or JSONL (also .zst, .xz); patterns are fine")
    group = parser.add_argument_group("what is compared")
    group.add_argument("--methods", type=names, metavar="A,B", help="the others are compared with the first")
    group.add_argument("--rates", type=_numbers, metavar="R,R", help="shares of the tokens (0.5,0.33,0.2)")
    group.add_argument("--styles", type=names, metavar="S,S", help="of compress, each with each method (its default)")
    group.add_argument("--blind", action="store_true", help="methods do not know the questions")
    group.add_argument("--tokenizer", metavar="NAME", help="counts tokens, as in `tamis compress`")
    group.add_argument("--model", metavar="NAME", help="for methods that take one, as in `tamis compress`")
    group = parser.add_argument_group("the reader")
    group.add_argument("--reader", metavar="NAME", help="a language model that reads the texts for the questions")
    group.add_argument("--no-answers", action="store_true", help="it judges the right answers only, which is faster")
    group.add_argument("--device", default="auto", metavar="D", help="of the reader: auto, cpu, cuda, ...")
    group = parser.add_argument_group("the project's development sets")
    group.add_argument("--sets", type=names, metavar="A,B", help="paragraphs, documents, meetings, meaning")
    group.add_argument("--data", default="../shared/data", metavar="DIR", help="its data folder (../shared/data)")
    group.add_argument("--count", type=int, metavar="N", help="tasks of each set (all)")
    add_results(parser, "prompt-bench")


def _numbers(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in names(text))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} are no numbers: 0.5,0.33") from None


def run(arguments: PromptArguments) -> int:
    """Compress, print the table, write the report; return the exit code."""
    from tamis.bench.prompt import measure_prompts, summarise, table
    from tamis.bench.prompt.page import page

    plan, tasks = _plan(arguments), _tasks(arguments)
    reader = _reader(arguments)
    with rows_bar(arguments) as advance:
        rows = measure_prompts(plan, tasks, Path(arguments.out), reader=reader, advance=advance)
    lines = summarise(rows, plan.methods[0])
    settings = {
        "texts": len(tasks),
        "questions": "hidden" if plan.blind else "known",
        "tokenizer": plan.tokenizer or "the default",
        "model": plan.model or "the default",
        "reader": plan.reader or "none",
    }
    report = page(lines, settings, rows, tasks)
    deliver(arguments, rows=len(rows), lines=lines, table=table(lines), page=report)
    return 0


def _tasks(arguments: PromptArguments) -> list[PromptTask]:
    from tamis.bench.prompt import read_tasks
    from tamis.bench.prompt.sets import read_set

    if not arguments.files and not arguments.sets:
        raise InvalidInput("Nothing to compress.", hint="Name files, or --sets paragraphs.")
    tasks = read_tasks(arguments.files) if arguments.files else []
    return [*tasks, *(t for n in arguments.sets or () for t in read_set(n, Path(arguments.data), arguments.count))]


def _reader(arguments: PromptArguments) -> Reader | None:
    from tamis.bench.prompt import open_reader

    if arguments.reader is None:
        return None
    return open_reader(arguments.reader, answers=not arguments.no_answers, device=arguments.device)


def _plan(arguments: PromptArguments) -> PromptPlan:
    from tamis.bench.prompt.run import DEFAULT, RATES, PromptPlan

    answers = " judges" if arguments.no_answers else ""
    return PromptPlan(
        methods=arguments.methods or DEFAULT,
        rates=arguments.rates or RATES,
        styles=arguments.styles or (),
        tokenizer=arguments.tokenizer,
        model=arguments.model,
        blind=arguments.blind,
        reader=f"{arguments.reader}{answers}" if arguments.reader else None,
    )
