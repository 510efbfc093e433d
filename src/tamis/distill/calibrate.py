"""Make keep-probabilities mean what they say: one temperature, found on held-out texts. Pure functions.

C. Guo et al., On Calibration of Modern Neural Networks (arXiv 1706.04599), section 4.2. Does not change which words go
first, only at which threshold.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tamis.core import Floats

BINS = 15  # the paper's
_GOLDEN = (5**0.5 - 1) / 2
_LOWEST, _HIGHEST = -3.0, 3.0  # of the logarithm: temperatures from 0.05 to 20


def chances(margins: Floats, temperature: float = 1.0) -> Floats:
    """The keep-probability of each margin (logit of keep minus logit of drop)."""
    probabilities: Floats = np.asarray(1 / (1 + np.exp(-np.clip(margins / temperature, -500, 500))), np.float64)
    return probabilities


def surprise(margins: Floats, labels: Floats, temperature: float = 1.0) -> float:
    """Mean negative log-likelihood of the labels (1.0 keep, 0.0 drop)."""
    signed = np.where(labels > 0.5, margins, -margins) / temperature
    return float(np.logaddexp(0, -signed).mean())


def temperature(margins: Floats, labels: Floats) -> float:
    """The temperature that makes the labels least surprising; 1.0 where there is nothing to learn from."""
    if not len(margins):
        return 1.0
    best = float(np.exp(_lowest(lambda x: surprise(margins, labels, float(np.exp(x))), _LOWEST, _HIGHEST)))
    return best if surprise(margins, labels, best) < surprise(margins, labels) else 1.0


def _lowest(value: Callable[[float], float], low: float, high: float) -> float:
    """Where a function with a single valley is lowest: golden-section search."""
    while high - low > 1e-5:
        left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        low, high = (low, right) if value(left) < value(right) else (left, high)
    return (low + high) / 2


def calibration_error(chance: Floats, labels: Floats, *, bins: int = BINS) -> float:
    """Expected calibration error: how far, on average, a probability is from the share that it came true.

    Example: chances .9 .9 .9 .9, of which three came true -> 0.15
    """
    if not len(chance):
        return 0.0
    which = np.minimum((chance * bins).astype(np.int64), bins - 1)
    confidence = np.bincount(which, chance, bins)
    frequency = np.bincount(which, labels, bins)
    return float(np.abs(confidence - frequency).sum() / len(chance))
