"""From token scores to unit scores, by character offsets and never by what a tokenizer's pieces look like.

Does not tokenise and does not decide what a unit is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import MappingProxyType

import numpy as np

from tamis.core import Floats, Ints
from tamis.errors import unknown

# A pool gets, grouped by unit: the scores, where each group begins, and how many there are in each group.
_Pool = Callable[[Floats, Ints, Ints], Floats]


def _mean(scores: Floats, begins: Ints, sizes: Ints) -> Floats:
    total: Floats = np.add.reduceat(scores, begins)
    return total / sizes


def _max(scores: Floats, begins: Ints, sizes: Ints) -> Floats:
    best: Floats = np.maximum.reduceat(scores, begins)
    return best


def _first(scores: Floats, begins: Ints, sizes: Ints) -> Floats:
    return scores[begins]


POOLS: MappingProxyType[str, _Pool] = MappingProxyType({"mean": _mean, "max": _max, "first": _first})


def pool_tokens(
    offsets: Ints, scores: Floats, starts: Ints, ends: Ints, *, how: str = "mean", fill: float = 0.0
) -> Floats:
    """Return what each unit scores: the pooled scores of the tokens that overlap it.

    A token that reaches over several units counts for each of them; an empty token (a special one) for none.

    offsets -- (m, 2) half-open characters of each token, in any order
    scores -- (m,)
    starts, ends -- (n,) half-open characters of each unit, in order and disjoint
    how -- "mean", "max" or "first" (the token that starts first; of equals the first given)
    fill -- the score of a unit that no token overlaps
    returns -- (n,)

    Example: tokens un|believ|able good scoring .2 .9 .4 .5, units "unbelievable" "good": mean [.5, .5], max [.9, .5]

    Raises:
        UnknownName: `how` is none of the three.
    """
    if how not in POOLS:
        raise unknown("way to pool tokens", how, POOLS)
    token, unit = _overlaps(np.asarray(offsets, np.int64).reshape(-1, 2), starts, ends)
    pooled = np.full(len(starts), fill, np.float64)
    if not token.size:
        return pooled
    order = np.lexsort((np.asarray(offsets)[token, 0], unit))  # stable: by unit, then by where the token starts
    unit = unit[order]
    begins = np.flatnonzero(np.concatenate(([True], unit[1:] != unit[:-1])))
    sizes = np.diff(np.append(begins, unit.size))
    pooled[unit[begins]] = POOLS[how](np.asarray(scores, np.float64)[token[order]], begins, sizes)
    return pooled


def _overlaps(offsets: Ints, starts: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """Return all pairs (token, unit) that share a character, as two arrays of indices."""
    low, high = offsets[:, 0], offsets[:, 1]
    first = np.searchsorted(ends, low, side="right")  # the first unit that ends behind the token's start
    last = np.searchsorted(starts, high, side="left")  # the first unit that starts at or behind the token's end
    count = np.where(high > low, np.maximum(last - first, 0), 0)
    token = np.repeat(np.arange(len(offsets)), count)
    nth = np.arange(token.size) - np.repeat(np.cumsum(count) - count, count)
    unit = first[token] + nth
    filled = (ends > starts)[unit] if token.size else np.zeros(0, np.bool_)
    return token[filled], unit[filled]


def word_of_piece(offsets: Sequence[tuple[int, int]], words: Sequence[tuple[int, int]]) -> Ints:
    """Index of the word that holds the first character of each wordpiece, -1 where none does."""
    starts, ends = np.array([s for s, _ in words]), np.array([e for _, e in words])
    first = np.array([s for s, _ in offsets], np.int64)
    index = np.searchsorted(starts, first, side="right") - 1
    inside = (index >= 0) & (first < ends[np.maximum(index, 0)])
    return np.where(inside, index, -1)
