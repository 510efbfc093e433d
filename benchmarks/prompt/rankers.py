"""How well each ranker finds the documents that a question needs: recall at k, reciprocal rank, time.

    python -m benchmarks.prompt rankers                    # of the default install; perplexity where mini-lm is
    python -m benchmarks.prompt rankers --rankers bm25 gzip   # some of them
    python -m benchmarks.prompt rankers --rankers cross-encoder --model FOLDER --count 50

Questions of HotpotQA (2 of 10 documents are needed) and MuSiQue (2 to 4 of 20). They are development data: the heads of
the embedded encoder saw them in training, and the weight in `auto` was chosen with them, so its figures flatter it.
Needs the project's data folder (`--data`) and the `bench` extra.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common.figures import difference, markdown, share, shown
from benchmarks.common.measure import RESULTS, machine, save
from tamis import Document
from tamis.models.encoder import WEIGHTS
from tamis.prompt.documents.rankers import RANKERS, Ranker, rank, ranker
from training.data.readers import MultiDoc, read_multidoc

ROOT = Path(__file__).resolve().parents[2]
DEPTHS = (1, 2, 3, 5, 10)
LOCAL = ("auto", "embedding", "bm25", "gzip")
Figures = dict[str, list[float]]


def recalls(order: Sequence[int], gold: Sequence[bool]) -> dict[str, float]:
    """Share of the gold documents among the best k, for each k, and the reciprocal rank of the first of them.

    Example: order (2, 0, 1), gold (True, False, False) -> @1 0, @2 1, reciprocal rank 1/2
    """
    right = np.array(gold, np.bool_)[list(order)]
    made = {f"@{k}": float(right[:k].sum() / right.sum()) for k in DEPTHS}
    return {**made, "reciprocal rank": float(1 / (1 + np.argmax(right)))}


def measure(questions: Sequence[MultiDoc], chosen: Mapping[str, Ranker]) -> dict[str, Figures]:
    """The figures of each ranker, a list over the questions each; "seconds" too."""
    made: dict[str, Figures] = {name: {} for name in chosen}
    for done, asked in enumerate(questions):
        if sys.stderr.isatty():
            print(f"\r{done}/{len(questions)}", end="", file=sys.stderr, flush=True)
        documents = [Document(doc.text, doc.title) for doc in asked.docs]
        for name, way in chosen.items():
            start = time.perf_counter()
            order = rank(asked.question, documents, ranker=way).order
            for key, value in {**recalls(order, asked.gold), "seconds": time.perf_counter() - start}.items():
                made[name].setdefault(key, []).append(value)
    return made


def table(found: Mapping[str, Figures], picked: Sequence[int]) -> str:
    """Return a Markdown table over some of the questions, with 95 % intervals, and what `auto` gains."""
    depths = [f"@{k}" for k in DEPTHS]
    rows = []
    for name, figures in found.items():
        some = {key: [values[i] for i in picked] for key, values in figures.items()}
        recall = [shown(share(some[d])) for d in depths]
        first = f"{np.mean(some['reciprocal rank']):.3f}"
        rows.append([name, *recall, first, f"{1000 * np.median(some['seconds']):,.0f}"])
    if {"auto", "embedding"} <= set(found):
        ours, theirs = found["auto"], found["embedding"]
        gain = [shown(difference([ours[d][i] for i in picked], [theirs[d][i] for i in picked])) for d in depths]
        rows.append(["auto minus embedding, points", *gain, "", ""])
    return markdown(["ranker", *(f"recall {d}, %" for d in depths), "reciprocal rank", "ms a question"], rows)


def main(argv: Sequence[str] | None = None) -> int:
    """Rank, print tables, keep the figures."""
    args = _parsed(argv)
    questions = read_multidoc(args.data)[: args.count]
    chosen = {name: ranker(name, model=args.model, threads=args.threads) for name in args.rankers}
    about = machine()
    found = measure(questions, chosen)
    sizes = [len(asked.docs) for asked in questions]
    for title, few, most in (
        ("all", 0, 99),
        ("HotpotQA: up to 10 documents", 0, 10),
        ("MuSiQue: 20 documents", 11, 99),
    ):
        if picked := [i for i, size in enumerate(sizes) if few <= size <= most]:
            print(f"{title}, {len(picked)} questions\n\n{table(found, picked)}")
    means = {name: {key: float(np.mean(values)) for key, values in figures.items()} for name, figures in found.items()}
    kept: dict[str, Any] = {"machine": about, "questions": len(questions), "threads": args.threads, "means": means}
    print(save("rankers", kept, args.results))
    return 0


def _parsed(argv: Sequence[str] | None) -> argparse.Namespace:
    there = [*LOCAL, *(["perplexity"] if (WEIGHTS / "mini-lm").is_dir() else [])]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rankers", nargs="+", choices=[*RANKERS], default=there, metavar="NAME")
    parser.add_argument("--model", help="for all of them; by default each has its own")
    parser.add_argument("--count", type=int, help="questions (default: all 200)")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data", help="the project's data folder")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where the figures are kept")
    args = parser.parse_args(argv)
    if not args.data.is_dir():
        parser.error(f"there is no data folder {str(args.data)!r}: pass --data")
    return args


if __name__ == "__main__":
    sys.exit(main())
