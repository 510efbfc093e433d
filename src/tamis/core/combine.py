"""Score algebra: put several opinions into one score."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tamis.core.scored import Floats, Ints


def normalise(scores: Floats) -> Floats:
    """Return scores with mean 0 and standard deviation 1; constant scores become 0.

    Example: [1, 3] -> [-1, 1]
    """
    if not scores.size:
        return scores
    # Near-constant input is treated as constant: dividing by rounding noise would invent an opinion.
    spread = float(scores.std())
    centred: Floats = scores - scores.mean()
    return centred / spread if spread > 1e-12 * max(1.0, float(np.abs(scores).max())) else np.zeros_like(scores)


def blend(parts: Sequence[tuple[float, Floats]]) -> Floats:
    """Return the weighted sum of scores.

    Example: [(2, [1, 0]), (1, [0, 1])] -> [2, 1]
    """
    total: Floats = np.sum([weight * np.asarray(scores, np.float64) for weight, scores in parts], axis=0)
    return total


def contrast(plain: Floats, conditional: Floats) -> Floats:
    """Return how much a condition raises each score (LongLLMLingua eq. 3, on scores, not log-probabilities)."""
    return conditional - plain


def pool(scores: Floats, groups: Ints, count: int) -> Floats:
    """Return the mean score of each of `count` groups; 0 for an empty group.

    groups -- (n,) group number of each score

    Example: scores [1, 3, 5], groups [0, 0, 1] -> [2, 5]
    """
    size = np.bincount(groups, minlength=count)
    total = np.bincount(groups, scores, minlength=count).astype(np.float64)
    mean: Floats = total / np.maximum(size, 1)
    return mean
