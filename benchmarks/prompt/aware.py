"""Question-aware retention: whether the answer survives when 20 documents shrink 10, 20, 40 times."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.common.figures import difference, markdown, share, shown
from benchmarks.prompt.scored_once import scoring_once
from tamis import compress
from tamis.bench.prompt.answers import contains
from training.data.squad import Question

RATES = (1 / 10, 1 / 20, 1 / 40)
METHODS = ("auto", "embedding-sentences", "bm25-sentences", "random", "truncate")


@dataclass(frozen=True)
class Aware:
    """Hits of each method and rate, one for each question; budget use; tokens of the contexts."""

    hits: dict[str, dict[float, list[bool]]]
    used: dict[str, list[float]]
    tokens: list[int]


def measure(questions: Iterable[Question], methods: Sequence[str] = METHODS, rates: Sequence[float] = RATES) -> Aware:
    """Compress every context by every method to every rate."""
    made = Aware({m: {r: [] for r in rates} for m in methods}, {m: [] for m in methods}, [])
    with scoring_once():
        for question in questions:
            for method in methods:
                for rate in rates:
                    result = compress(question.documents, rate=rate, question=question.text, method=method)
                    made.hits[method][rate].append(contains(result.text, question.answers))
                    budget = int(rate * result.original_tokens)
                    made.used[method].append(result.tokens / budget)
            made.tokens.append(result.original_tokens)
    return made


def table(found: Aware) -> str:
    """Return retention by method and rate, and what `auto` gains over the strongest baseline."""
    rates = sorted(next(iter(found.hits.values())), reverse=True)
    head = ["method", *(f"{1 / r:.0f}x" for r in rates), "budget used, min / mean"]
    rows = [
        [name, *(shown(share(by_rate[r])) for r in rates), _use(found.used[name])]
        for name, by_rate in found.hits.items()
    ]
    if {"auto", "embedding-sentences"} <= set(found.hits):
        ours, theirs = found.hits["auto"], found.hits["embedding-sentences"]
        gain = [shown(difference(ours[r], theirs[r])) for r in rates]
        rows.append(["auto minus embedding-sentences, points", *gain, ""])
    return markdown(head, rows)


def _use(used: Sequence[float]) -> str:
    return f"{100 * min(used):.1f} % / {100 * float(np.mean(used)):.1f} %"
