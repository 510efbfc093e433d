"""Weights of recall, chosen for each conversation on the other ones alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace

import numpy as np

from tamis.bench.memory.index import IndexedConversation
from tamis.bench.memory.summary import RecallLine, recall_line
from tamis.bench.memory.systems import System
from tamis.core import Floats
from tamis.memory.recall import Weights

GRID: Mapping[str, Sequence[float]] = {
    "lexical": (0.35, 0.5, 0.65),
    "window": (0.5, 1.0, 1.5),
    "session": (0.0, 0.3, 0.6),
    "speaker": (0.2, 0.4, 0.6),
    "time": (0.0, 0.4, 0.8),
}


def leave_one_out(
    talks: Sequence[IndexedConversation],
    budgets: Sequence[int],
    count: Callable[[str], int],
    *,
    headers: bool = True,
) -> tuple[RecallLine, list[Weights]]:
    """Ours with weights that are chosen, for each conversation, on the others alone (coordinate ascent over GRID)."""
    tried: dict[tuple[float, ...], list[Floats]] = {}

    def shares(weights: Weights) -> list[Floats]:
        key = tuple(getattr(weights, field.name) for field in fields(weights))
        if key not in tried:
            tried[key] = [one.evidence_recall(System(weights, headers=headers), budgets, count) for one in talks]
        return tried[key]

    rows, chosen = [], []
    for out in range(len(talks)):

        def quality(weights: Weights, out: int = out) -> float:
            return float(np.concatenate([f for n, f in enumerate(shares(weights)) if n != out]).mean())

        best = _climbed(Weights(), quality)
        chosen.append(best)
        rows.append(shares(best)[out])
    name = "tamis, weights of the other talks" + ("" if headers else ", no headers")
    return recall_line(name, np.concatenate(rows)), chosen


def _climbed(weights: Weights, quality: Callable[[Weights], float]) -> Weights:
    for name, values in GRID.items():
        weights = max((replace(weights, **{name: value}) for value in values), key=quality)
    return weights
