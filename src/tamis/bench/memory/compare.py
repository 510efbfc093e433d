"""Systems beside each other on the same questions, with intervals; weights chosen on other conversations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from tamis.bench.memory.evidence import Held
from tamis.bench.memory.systems import System
from tamis.core import Floats
from tamis.memory.recall import Weights

DRAWS = 2_000  # of the bootstrap
GRID: Mapping[str, Sequence[float]] = {
    "lexical": (0.35, 0.5, 0.65),
    "window": (0.5, 1.0, 1.5),
    "session": (0.0, 0.3, 0.6),
    "speaker": (0.2, 0.4, 0.6),
    "time": (0.0, 0.4, 0.8),
}


@dataclass(frozen=True, slots=True)
class Row:
    """What a system recalled.

    Attributes:
        shares: mean over the questions, by budget.
        intervals: 95 %, from drawing questions anew.
    """

    name: str
    shares: tuple[float, ...]
    intervals: tuple[tuple[float, float], ...]


def row(name: str, found: Floats, seed: int = 0) -> Row:
    """The row of (questions, budgets) shares."""
    drawn = np.random.default_rng(seed).integers(0, len(found), (DRAWS, len(found)))
    means = found[drawn].mean(1)
    low, high = np.quantile(means, (0.025, 0.975), axis=0)
    return Row(name, tuple(found.mean(0).tolist()), tuple(zip(low.tolist(), high.tolist(), strict=True)))


def compared(
    held: Sequence[Held], systems: Mapping[str, System], budgets: Sequence[int], count: Callable[[str], int]
) -> Iterator[Row]:
    """A row for each system over all questions."""
    for name, system in systems.items():
        yield row(name, np.concatenate([one.evidence_recall(system, budgets, count) for one in held]))


def left_out(
    held: Sequence[Held], budgets: Sequence[int], count: Callable[[str], int], *, headers: bool = True
) -> tuple[Row, list[Weights]]:
    """Ours with weights that are chosen, for each conversation, on the others alone (coordinate ascent over GRID)."""
    tried: dict[tuple[float, ...], list[Floats]] = {}

    def shares(weights: Weights) -> list[Floats]:
        key = tuple(getattr(weights, field.name) for field in fields(weights))
        if key not in tried:
            tried[key] = [one.evidence_recall(System(weights, headers=headers), budgets, count) for one in held]
        return tried[key]

    found, chosen = [], []
    for out in range(len(held)):

        def quality(weights: Weights, out: int = out) -> float:
            return float(np.concatenate([f for n, f in enumerate(shares(weights)) if n != out]).mean())

        best = _climbed(Weights(), quality)
        chosen.append(best)
        found.append(shares(best)[out])
    name = "tamis, weights of the other talks" + ("" if headers else ", no headers")
    return row(name, np.concatenate(found)), chosen


def _climbed(weights: Weights, quality: Callable[[Weights], float]) -> Weights:
    for name, values in GRID.items():
        weights = max((replace(weights, **{name: value}) for value in values), key=quality)
    return weights
