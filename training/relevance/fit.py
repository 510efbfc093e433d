"""Logistic regression, and how well chances tell cases apart and keep what they promise. Knows no text."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tamis.core import Bools, Floats

BINS = 10


def logistic(features: Floats, truth: Bools, weight: Floats, *, decay: float = 1e-2, steps: int = 30) -> Floats:
    """(k + 1,) weights and bias, by Newton's method; features are standardised for the decay only."""
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-9
    rows = np.column_stack([(features - mean) / scale, np.ones(len(features))])
    decays = decay * len(rows) * np.append(np.ones(features.shape[1]), 0.0)
    fitted = np.zeros(rows.shape[1])
    for _ in range(steps):
        chance = sigmoid(rows @ fitted)
        gradient = rows.T @ (weight * (chance - truth)) + decays * fitted
        curvature = (rows * (weight * chance * (1 - chance))[:, None]).T @ rows + np.diag(decays + 1e-9)
        fitted -= np.linalg.solve(curvature, gradient)
    plain = fitted[:-1] / scale
    return np.append(plain, fitted[-1] - plain @ mean)


def sigmoid(logits: Floats) -> Floats:
    """The logistic function."""
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -30, 30))), np.float64)


def auroc(scores: Floats, truth: Bools, weight: Floats | None = None) -> float:
    """The chance that a random case with an answer scores above one without; ties count half.

    Example: scores .9 .4 .4, truth yes yes no -> 0.75
    """
    share = np.ones(len(scores)) if weight is None else weight
    values, place = np.unique(scores, return_inverse=True)
    good = np.bincount(place, share * truth, minlength=len(values))
    bad = np.bincount(place, share * ~truth, minlength=len(values))
    below = np.cumsum(bad) - bad
    return float((good * (below + bad / 2)).sum() / (good.sum() * bad.sum()))


@dataclass(frozen=True)
class Bin:
    """Cases of like chance: from where to where, their share of all, their mean chance, and how many have an answer."""

    low: float
    high: float
    share: float
    chance: float
    answered: float


def reliability(chances: Floats, truth: Bools, weight: Floats) -> list[Bin]:
    """Ten bins of equal width; empty ones are left out."""
    place = np.minimum((chances * BINS).astype(np.int64), BINS - 1)
    bins = []
    for i in range(BINS):
        inside = place == i
        total = float(weight[inside].sum())
        if total:
            mean, right = (float((weight * v)[inside].sum()) / total for v in (chances, truth.astype(np.float64)))
            bins.append(Bin(i / BINS, (i + 1) / BINS, total / float(weight.sum()), mean, right))
    return bins


def calibration_error(bins: list[Bin]) -> float:
    """ECE: the mean distance of chance and share of answers, weighted by cases (Guo et al. 2017, eq. 3)."""
    return sum(one.share * abs(one.chance - one.answered) for one in bins)
