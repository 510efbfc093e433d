"""`tamis bench memory`: how much of the evidence for questions a memory recalls."""

from __future__ import annotations

import argparse
from pathlib import Path

from tamis.edge.cli.bench.results import add_results, deliver, rows_bar
from tamis.edge.cli.command import Arguments, describe, names

OURS = "tamis"
MORE = """\
Asks a conversation its questions, and counts which of the turns that answer
them are recalled within so many tokens: by tamis, and by the simple ways that
published systems are made of. No language model judges.

FILE is JSON as LoCoMo has it, a list of conversations:

  [{"id": "a",
    "sessions": [{"session": 1, "date_time": "1:56 pm on 8 May, 2023",
      "turns": [{"dia_id": "D1:1", "speaker": "Ann", "text": "..."}]}],
    "qa": [{"question": "...", "evidence": ["D1:1"]}]}]

Rows are kept in OUT/rows.jsonl as they come: the same line again goes on where
it was. OUT/report.html shows the table."""

EXAMPLES = """\
examples:
  tamis bench memory locomo.json
  tamis bench memory talks.json --budgets 500,2000 --denoise
  tamis bench memory talks.json --systems "tamis; BM25, turns\""""


class BenchMemoryArguments(Arguments):
    """The command line of `tamis bench memory`."""

    file: str
    systems: tuple[str, ...] | None
    budgets: tuple[int, ...] | None
    tokenizer: str
    denoise: bool
    out: str


def add(parser: argparse.ArgumentParser) -> None:
    """The options of `tamis bench memory`."""
    describe(parser, more=MORE, epilog=EXAMPLES)
    parser.add_argument("file", metavar="FILE", help="conversations, questions and evidence, as JSON")
    parser.add_argument("--systems", type=_systems, metavar="A;B", help="some of them, by name, joined by ; (all)")
    parser.add_argument("--budgets", type=_budgets, metavar="N,N", help="tokens of a recall (500,1000,4000)")
    parser.add_argument("--tokenizer", default="cl100k_base", metavar="T", help="whose tokens count (cl100k_base)")
    parser.add_argument("--denoise", action="store_true", help="keys are compressed before they are embedded")
    add_results(parser, "memory-bench")


def _systems(text: str) -> tuple[str, ...]:
    """Names of systems hold commas."""
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _budgets(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in names(text))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} are no numbers of tokens: 500,1000") from None


def run(arguments: BenchMemoryArguments) -> int:
    """Ask, print the table, write the report; return the exit code."""
    from tamis.bench.memory import SYSTEMS, MemoryPlan, measure_recall, read_conversations, summarise, table
    from tamis.bench.memory.page import page
    from tamis.bench.memory.run import BUDGETS
    from tamis.edge.memories import denoiser
    from tamis.models.encoder import load_mini

    budgets, systems = arguments.budgets or BUDGETS, arguments.systems or tuple(SYSTEMS)
    plan = MemoryPlan(systems, budgets, arguments.tokenizer, arguments.denoise)
    conversations = read_conversations(Path(arguments.file))
    with rows_bar(arguments) as advance:
        rows = measure_recall(
            plan, conversations, Path(arguments.out), load_mini(), denoise=denoiser(), advance=advance
        )
    first = OURS if OURS in systems else systems[0]
    lines = summarise(rows, first)
    questions = sum(len(conversation.questions) for conversation in conversations)
    settings = {"conversations": len(conversations), "questions": questions, "tokens by": plan.tokenizer}
    text = page(lines, budgets, first, settings)
    deliver(arguments, rows=len(rows), lines=lines, table=table(lines, budgets, first), page=text)
    return 0
