"""Figures of quality from arrays: pure functions, no models or files."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from training.encoder.labels import Floats, Span


def word_means(scores: Floats, owners: NDArray[np.int64], words: int) -> Floats:
    """Mean score of each word's wordpieces; a word without pieces gets NaN."""
    owned = owners >= 0
    total = np.bincount(owners[owned], scores[owned], words)
    count = np.bincount(owners[owned], minlength=words)
    with np.errstate(invalid="ignore"):
        return (total / count).astype(np.float32)


def kept_words(scores: Floats, costs: NDArray[np.int64], share: float) -> NDArray[np.bool_]:
    """Words in order of score until `share` of the cost is used; a word that no longer fits ends it."""
    order = np.argsort(-scores, kind="stable")
    kept = np.zeros(len(scores), bool)
    kept[order[np.cumsum(costs[order]) <= share * costs.sum()]] = True
    return kept


def all_kept(kept: NDArray[np.bool_], words: Sequence[Span], spans: Sequence[Span]) -> bool:
    """Whether for some of the spans every word that overlaps it is kept."""
    starts, ends = np.array([s for s, _ in words]), np.array([e for _, e in words])
    return any(bool(kept[(starts < end) & (ends > start)].all()) for start, end in spans)


def first_right(scores: Floats, right: NDArray[np.bool_]) -> int:
    """Rank (from 1) of the best-scored right item; ties go against us."""
    best = scores[right].max()
    return int((scores[~right] >= best).sum()) + 1


def greedy(scores: Floats, costs: NDArray[np.int64], budget: int) -> NDArray[np.bool_]:
    """Items by score while they fit the budget; ones too large are passed over."""
    kept = np.zeros(len(scores), bool)
    for index in np.argsort(-scores, kind="stable"):
        if costs[index] <= budget:
            kept[index] = True
            budget -= int(costs[index])
    return kept


def interval(hits: Sequence[bool]) -> tuple[float, float]:
    """Share and half-width of its 95 % interval (normal approximation)."""
    values = np.array(hits, float)
    return float(values.mean()), float(1.96 * values.std() / np.sqrt(max(1, len(values))))
