"""The methods by name: what learns from whole lives how much is left. One line adds one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from tamis.core import Floats, Ints
from tamis.errors import needs
from tamis.novelty.prognosis.boosting import BoostedTrees, BoostSettings
from tamis.novelty.prognosis.features import features

ROWS = 12_000  # of a table that trees are grown on; of longer lives every n-th moment


class Forecaster(Protocol):
    """Says how much is left, by the past alone."""

    def predict(self, history: Floats, moments: Ints) -> Floats:
        """(m,) steps left after the rows `moments` of a history (t, d), ascending."""


Fit = Callable[[Sequence[Floats], Sequence[Floats], int], Forecaster]
"""Histories (t, d) of whole lives, what is left at each of their rows (t,), a seed."""


@dataclass(frozen=True, eq=False)
class Boosted:
    """Boosted trees over what a table can say of a moment."""

    trees: BoostedTrees

    @staticmethod
    def fit(histories: Sequence[Floats], targets: Sequence[Floats], seed: int) -> Boosted:
        """Trees for these lives; each life weighs the same."""
        rng = np.random.default_rng(seed)
        stride = -(-sum(map(len, histories)) // ROWS)
        rows, left, weights = [], [], []
        for history, target in zip(histories, targets, strict=True):
            pick = np.arange(min(int(rng.integers(stride)), len(history) - 1), len(history), stride)
            rows.append(features(history)[pick])
            left.append(target[pick])
            weights.append(np.full(len(pick), 1 / len(pick)))
        table, wanted, mass = (np.concatenate(part) for part in (rows, left, weights))
        return Boosted(BoostedTrees.fit(table, wanted, mass, BoostSettings(seed=seed)))

    def predict(self, history: Floats, moments: Ints) -> Floats:
        """See `Forecaster`."""
        return self.trees.predict(features(history)[moments])


def _transformer(histories: Sequence[Floats], targets: Sequence[Floats], seed: int) -> Forecaster:
    needs("torch", "torch")
    from tamis.models.prognosis.gated import GatedForecaster

    return GatedForecaster.fit(histories, targets, seed)


def _generator(histories: Sequence[Floats], targets: Sequence[Floats], seed: int) -> Forecaster:
    needs("torch", "torch")
    from tamis.models.prognosis.generator import Generator

    return Generator.fit(histories, targets, seed)


METHODS: dict[str, Fit] = {"boosted": Boosted.fit, "transformer": _transformer, "generator": _generator}
"""`boosted` needs nothing; the others the extra `torch`."""
