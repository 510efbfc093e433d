"""How sure a difference is: the paired bootstrap (Efron and Tibshirani 1993, chapter 13)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tamis.core import Floats, Ints
from tamis.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Difference:
    """A mean difference of scores of the same items, and where it lies with the asked confidence."""

    mean: float
    low: float
    high: float


def difference(
    ours: ArrayLike,
    theirs: ArrayLike,
    *,
    groups: Sequence[object] | None = None,
    seed: int = 0,
    draws: int = 2_000,
    confidence: float = 0.95,
) -> Difference:
    """Mean of ours minus theirs with its percentile interval; items are drawn, both scores of one item together.

    Turns or questions of one context are not independent: name the context of each in `groups`, and contexts are drawn.

    Raises:
        InvalidInput: no items, not as many of one as of the other, a score that is no number, a confidence not
            between 0 and 1, or no draws.
    """
    a, b = np.asarray(ours, np.float64), np.asarray(theirs, np.float64)
    if a.ndim != 1 or a.shape != b.shape or not a.size:
        raise InvalidInput(
            f"Scores of shapes {a.shape} and {b.shape} cannot be paired.", hint="Give one of each an item."
        )
    gaps = a - b
    if not np.isfinite(gaps).all():
        raise InvalidInput("Some scores are not finite numbers.", hint="Leave out the items that failed, in both.")
    if not 0 < confidence < 1 or draws < 1:
        raise InvalidInput(f"Confidence {confidence} with {draws} draws.", hint="Between 0 and 1, at least one draw.")
    low, high = interval(gaps, groups=groups, seed=seed, draws=draws, confidence=confidence)
    return Difference(float(gaps.mean()), low, high)


def interval(
    scores: Floats,
    *,
    groups: Sequence[object] | None = None,
    strata: Sequence[object] | None = None,
    seed: int = 0,
    draws: int = 2_000,
    confidence: float = 0.95,
) -> tuple[float, float]:
    """Where the mean of (n,) scores lies: the percentile interval of means of items, or of groups, drawn anew.

    strata -- (n,) kinds of items that weigh alike: the mean is that of their means
    """
    codes, kinds = _codes(groups or range(len(scores))), _codes(strata or [0] * len(scores))
    shape = int(codes.max()) + 1, int(kinds.max()) + 1
    flat = codes * shape[1] + kinds
    sums = np.bincount(flat, weights=scores, minlength=shape[0] * shape[1])
    sizes = np.bincount(flat, minlength=sums.size)
    cells = np.stack([sums, sizes]).reshape(2, *shape)  # of each kind in each group
    random = np.random.default_rng(seed)
    picks = (random.integers(cells.shape[1], size=cells.shape[1]) for _ in range(draws))
    means = np.fromiter((_mean(*cells[:, pick].sum(1)) for pick in picks), np.float64, draws)
    low, high = np.quantile(means, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


def _codes(names: Iterable[object]) -> Ints:
    """A number for each name."""
    numbers = dict[object, int]()
    return np.array([numbers.setdefault(name, len(numbers)) for name in names], np.int64)


def _mean(sums: Floats, sizes: Floats) -> float:
    """The mean of the means of the kinds that were drawn."""
    drawn = sizes > 0
    return float((sums[drawn] / sizes[drawn]).mean())
