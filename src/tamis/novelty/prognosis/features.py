"""What a table can say of a series at each of its moments, from the past alone.

Its age; of each value over the last 10, 30 and 60 steps the mean and the slope; over 30 the spread; its mean since the
start; the mean of its first 20 steps, and how far the last 20 are from that: processes begin in different states.
"""

from __future__ import annotations

import numpy as np

from tamis.core import Floats

WINDOWS = (10, 30, 60)
SPREAD, EARLY = 30, 20


def features(history: Floats) -> Floats:
    """(t, 1 + 10 d) for (t, d)."""
    age = np.arange(1, len(history) + 1, dtype=np.float64)[:, None]
    sums, timed, squares = (_sums(part) for part in (history, history * age, history**2))
    columns = [age]
    for window in WINDOWS:
        mean, slope = _line(sums, timed, age, window)
        columns += [mean, slope]
    mean, square = (_mean(part, age, SPREAD) for part in (sums, squares))
    first = sums[np.minimum(age[:, 0].astype(int), EARLY)] / np.minimum(age, EARLY)
    columns += [np.sqrt(np.maximum(square - mean**2, 0)), sums[1:] / age, first, _mean(sums, age, EARLY) - first]
    return np.concatenate(columns, axis=1)


def _sums(values: Floats) -> Floats:
    """(t + 1, d) of the rows before each."""
    return np.concatenate([np.zeros_like(values[:1]), values.cumsum(axis=0)])


def _mean(sums: Floats, age: Floats, window: int) -> Floats:
    low = np.maximum(age[:, 0].astype(int) - window, 0)
    return np.asarray((sums[1:] - sums[low]) / np.minimum(age, window))


def _line(sums: Floats, timed: Floats, age: Floats, window: int) -> tuple[Floats, Floats]:
    """Mean and slope of a straight line through the last steps."""
    count = np.minimum(age, window)
    mean, middle = _mean(sums, age, window), age - (count - 1) / 2
    covariance = _mean(timed, age, window) - mean * middle
    return mean, np.asarray(covariance / np.maximum((count**2 - 1) / 12, 1))
