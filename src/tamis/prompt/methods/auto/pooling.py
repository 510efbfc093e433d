"""From words to sentences and passages: one number a group, and what a group is worth of which nothing is known."""

from __future__ import annotations

import numpy as np

from tamis.core import Bools, Floats, Ints


def floored(values: Floats, mask: Bools) -> Floats:
    """Return the values where the mask holds, and elsewhere the least of these (0 where it holds nowhere)."""
    return np.where(mask, values, float(values[mask].min()) if mask.any() else 0.0)


def pooled(values: Floats, groups: Ints, count: int, mask: Bools) -> Floats:
    """(count,) mean of the known values of each group; of a group without any, the least value of all."""
    size = np.bincount(groups[mask], minlength=count)
    total = np.bincount(groups[mask], values[mask], minlength=count)
    return floored(total / np.maximum(size, 1), size > 0)


def best_of(values: Floats, groups: Ints, count: int) -> Floats:
    """(count,) largest value of each group; of an empty group, the least value of all."""
    best = np.full(count, -np.inf)
    np.maximum.at(best, groups, values)
    return floored(best, np.isfinite(best))


def log_sum_exp(values: Floats, groups: Ints, count: int) -> Floats:
    """(count,) log of the sum of exponentials in each group: near the largest value, more for several good ones."""
    top = best_of(values, groups, count)
    total = np.bincount(groups, np.exp(values - top[groups]), minlength=count)
    return top + np.log(np.maximum(total, 1e-9))
