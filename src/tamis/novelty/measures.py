"""How well scores tell novel from usual: the measures of the literature, novel texts as the positive ones.

Higher scores = more novel. Quantiles are interpolated, as NumPy does by default.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tamis.core import Floats
from tamis.errors import InvalidInput

ACCEPTED = 0.95


@dataclass(frozen=True, slots=True)
class Separation:
    """Four figures, shares of 1.

    Attributes:
        auroc: chance that a novel text scores higher than a usual one.
        aupr: average precision, novel as positive; depends on their share, `prevalence`.
        far95: share of usual texts above the threshold that 95 % of novel ones pass (FPR at 95 % TPR).
        missed95: share of novel texts below the threshold that 95 % of usual ones stay under: the other orientation.
        prevalence: share of novel texts.
    """

    auroc: float
    aupr: float
    far95: float
    missed95: float
    prevalence: float


def separation(usual: ArrayLike, novel: ArrayLike) -> Separation:
    """The figures of scores of usual and of novel texts.

    Raises:
        InvalidInput: no scores of one kind, or one that is no number.
    """
    low, high = (np.asarray(scores, np.float64).reshape(-1) for scores in (usual, novel))
    for name, scores in (("usual", low), ("novel", high)):
        if not len(scores) or not np.isfinite(scores).all():
            raise InvalidInput(f"The scores of {name} texts are empty or no numbers: {scores[:5]}.")
    return Separation(
        auroc(low, high),
        average_precision(low, high),
        float((low > np.quantile(high, 1 - ACCEPTED)).mean()),
        float((high <= np.quantile(low, ACCEPTED)).mean()),
        len(high) / (len(low) + len(high)),
    )


def auroc(usual: Floats, novel: Floats) -> float:
    """The chance that a novel score is higher than a usual one, ties as halves."""
    ranked = np.sort(usual)
    below = np.searchsorted(ranked, novel, "left") + np.searchsorted(ranked, novel, "right")
    return float(below.mean() / 2 / len(usual))


def average_precision(usual: Floats, novel: Floats) -> float:
    """Precision at each threshold, weighted by the recall that it adds; equal scores share a threshold."""
    scores = np.concatenate([usual, novel])
    positive = np.repeat([0.0, 1.0], [len(usual), len(novel)])
    order = np.argsort(-scores, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)
    hits = np.cumsum(positive[order])[ends]
    return float((np.diff(hits, prepend=0) * hits / (ends + 1)).sum() / len(novel))
