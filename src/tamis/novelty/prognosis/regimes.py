"""Values that depend on how a process is run, made comparable: regimes by k-means over settings, one scale a regime.

An engine at take-off is hotter than one that cruises, and that says nothing of its wear. The number of regimes is the
smallest that explains settings but for a thousandth of their variance, up to eight; where none does, settings are
noise around one regime.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tamis.core import Floats, Ints
from tamis.errors import InvalidInput
from tamis.novelty.prognosis.series import Series

MOST, REST, ROUNDS, STARTS = 8, 1e-3, 50, 4
STILL = 1e-6  # spread of a value, beside its size, below which it is constant


@dataclass(frozen=True, eq=False)
class Regimes:
    """Usual values of each regime; obtained from `Regimes.fit`.

    Attributes:
        scale: (k,) of each setting.
        centres: (regimes, k) in settings by `scale`.
        means, spreads: (regimes, d) of each value.
        moving: (d,) the values that change in every regime; the others are left out.
    """

    scale: Floats
    centres: Floats
    means: Floats
    spreads: Floats
    moving: Ints

    @staticmethod
    def fit(series: Sequence[Series], seed: int = 0) -> Regimes:
        """Of series with the same values and settings.

        Raises:
            InvalidInput: no value ever changes.
        """
        values = np.concatenate([one.values for one in series])
        settings = np.concatenate([_settings(one) for one in series])
        scale = np.maximum(settings.std(axis=0), 1e-12)
        centres = _centres(settings / scale, np.random.default_rng(seed))
        labels = nearest(settings / scale, centres)
        groups = [values[labels == regime] for regime in range(len(centres))]
        means, spreads = (np.stack([part.std(0) if how else part.mean(0) for part in groups]) for how in (False, True))
        moving = np.flatnonzero((spreads > STILL * np.maximum(1, np.abs(means))).all(axis=0))
        if not moving.size:
            raise InvalidInput("No value ever changes: there is nothing to see the end by.")
        return Regimes(scale, centres, means, spreads, moving)

    def __call__(self, series: Series) -> Floats:
        """(t, moving) values in spreads from the mean of their regime."""
        labels = nearest(_settings(series) / self.scale, self.centres)
        pick = self.moving
        return np.asarray((series.values[:, pick] - self.means[labels][:, pick]) / self.spreads[labels][:, pick])


def nearest(points: Floats, centres: Floats) -> Ints:
    """(n,) the centre that is nearest to each point."""
    return np.asarray(_squares(points, centres).argmin(axis=1))


def _settings(series: Series) -> Floats:
    return np.zeros((len(series), 1)) if series.settings is None else series.settings


def _squares(points: Floats, centres: Floats) -> Floats:
    return np.asarray(((points[:, None] - centres) ** 2).sum(axis=2))


def _centres(points: Floats, rng: np.random.Generator) -> Floats:
    """The fewest centres that explain the points."""
    alone = points.mean(axis=0, keepdims=True)
    total = _squares(points, alone).sum()
    for count in range(2, MOST + 1) if total > 0 else ():
        tries = [_k_means(points, count, rng) for _ in range(STARTS)]
        rests = [_squares(points, centres).min(axis=1).sum() for centres in tries]
        if min(rests) <= REST * total:
            return tries[int(np.argmin(rests))]
    return np.asarray(alone)


def _k_means(points: Floats, count: int, rng: np.random.Generator) -> Floats:
    """Centres by Lloyd's rounds, begun far from one another (k-means++, Arthur and Vassilvitskii 2007)."""
    sample = points[rng.choice(len(points), min(len(points), 2000), replace=False)]
    centres: Floats = sample[:1]
    while len(centres) < count:
        squares = _squares(sample, centres).min(axis=1)
        if not squares.any():
            return centres  # there are no more different points
        centres = np.concatenate([centres, sample[[rng.choice(len(sample), p=squares / squares.sum())]]])
    for _ in range(ROUNDS):
        labels = nearest(sample, centres)
        sizes = np.bincount(labels, minlength=count)
        sums = np.zeros_like(centres)
        np.add.at(sums, labels, sample)
        new = np.where(sizes[:, None] > 0, sums / np.maximum(sizes, 1)[:, None], centres)
        if np.allclose(new, centres):
            break
        centres = new
    return centres
