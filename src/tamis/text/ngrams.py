"""Interpolated modified Kneser-Ney models over token ids (Chen & Goodman 1999): what `mini-lm` has to beat.

Every document begins with a token that is read and never predicted; no n-gram reaches over it. An n-gram of a lower
order counts as often as there are different tokens in front of it, one that begins a document as often as it occurs.

An n-gram is known by one number: the place of (number of its history, last token) in a sorted table, its history being
the n-gram without the last token. So millions of n-grams are a handful of flat arrays, and no text is looked at twice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tamis.core import Floats, Ints

ORDER = 5
NONE = -1  # the number of an n-gram that does not occur, or would reach over the beginning of a document
Numbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Level:
    """The n-grams of one order; a last row in each array stands for all that do not occur (place `NONE`).

    Attributes:
        keys: (u + 1,) sorted: number of the history times vocabulary, plus the last token.
        shares: (u + 1,) discounted count over the total of the history.
        rests: (histories + 1,) what the discounts leave for the order below; 1 where nothing follows the history.
    """

    keys: Numbers
    shares: NDArray[np.float32]
    rests: NDArray[np.float32]

    def find(self, keys: Numbers) -> Numbers:
        """The number of each key, `NONE` where it is not among them (negative keys never are)."""
        at = np.searchsorted(self.keys, keys)
        return np.where(self.keys[at] == keys, at, NONE)


@dataclass(frozen=True, eq=False)
class KneserNey:
    """A trained model; `levels[k]` has the n-grams of k + 1 tokens."""

    vocabulary: int
    begin: int
    levels: tuple[Level, ...]

    def chances(self, tokens: Ints) -> Floats:
        """(n,) the probability of each token given those before it in its document; 1 for `begin`."""
        chance = np.full(len(tokens), 1 / self.vocabulary)
        history = np.zeros(len(tokens), np.int64)
        for level in self.levels:
            number = level.find(_keys(history, tokens, self.vocabulary, self.begin))
            chance = level.shares[number] + level.rests[history] * chance
            history = _behind(number if level is not self.levels[0] else np.asarray(tokens, np.int64))
        return np.where(tokens == self.begin, 1.0, chance)


def train(tokens: Ints, vocabulary: int, *, begin: int, order: int = ORDER) -> KneserNey:
    """The model of a row of documents, each behind a `begin`; takes some 100 bytes of memory a token."""
    levels, histories = [], 1
    mine = _Order.of(tokens, np.zeros(len(tokens), np.int64), vocabulary, begin)
    for size in range(1, order):
        ends = mine.number if size > 1 else np.asarray(tokens, np.int64)
        above = _Order.of(tokens, _behind(ends), vocabulary, begin)
        counts = _continuations(mine, above, tokens[mine.first - size + 1] == begin)
        levels.append(_level(mine.keys, counts, histories, vocabulary))
        mine, histories = above, vocabulary if size == 1 else len(mine.keys)
    levels.append(_level(mine.keys, mine.counts, histories, vocabulary))
    return KneserNey(vocabulary, begin, tuple(levels))


@dataclass(frozen=True, eq=False)
class _Order:
    """The n-grams of one order in a text: sorted `keys` (u,), where each occurs `first`, how often, `number` (n,)."""

    keys: Numbers
    first: Numbers
    counts: Numbers
    number: Numbers

    @staticmethod
    def of(tokens: Ints, history: Numbers, vocabulary: int, begin: int) -> _Order:
        """Those that end at each token, behind their histories (n,)."""
        token_keys = _keys(history, tokens, vocabulary, begin)
        keys, first, number, counts = np.unique(token_keys, return_index=True, return_inverse=True, return_counts=True)
        skip = int(len(keys) > 0 and keys[0] < 0)  # all that are none have one key, the smallest
        return _Order(keys[skip:], first[skip:], counts[skip:], number - skip)


def _keys(history: Numbers, tokens: Ints, vocabulary: int, begin: int) -> Numbers:
    none = (history == NONE) | (tokens == begin)
    return np.where(none, NONE, history * vocabulary + tokens)


def _behind(ends: Numbers) -> Numbers:
    """(n,) the history of each token: the n-gram that ends before it."""
    return np.concatenate([[NONE], ends[:-1]])


def _continuations(mine: _Order, above: _Order, begins: NDArray[np.bool_]) -> Numbers:
    """(u,) how many different tokens stand in front of each n-gram; its plain count where it begins a document."""
    ends = mine.number[above.first]
    different = np.bincount(ends, minlength=len(mine.keys))
    return np.where(begins, mine.counts, different)


def _level(keys: Numbers, counts: Numbers, histories: int, vocabulary: int) -> Level:
    """Discount the counts, by how often counts of 1, 2, 3 and 4 occur, and share them out by history."""
    history, discounts = keys // vocabulary, _discounts(counts)
    off = discounts[np.minimum(counts, 3)]
    total = np.bincount(history, counts, histories + 1)
    safe = np.maximum(total, 1)
    rests = np.where(total > 0, np.bincount(history, off, histories + 1) / safe, 1.0)
    shares = np.append((counts - off) / safe[history], 0)
    return Level(np.append(keys, np.iinfo(np.int64).max), shares.astype(np.float32), rests.astype(np.float32))


def _discounts(counts: Numbers) -> Floats:
    """(4,) what is taken off a count of 0, 1, 2, and of 3 or more (eq. 26 of the paper)."""
    one, two, three, four = (max(1, int((counts == size).sum())) for size in (1, 2, 3, 4))
    share = one / (one + 2 * two)
    discounts = [0.0, 1 - 2 * share * two / one, 2 - 3 * share * three / two, 3 - 4 * share * four / three]
    return np.clip(discounts, 0.0, [0.0, 1.0, 2.0, 3.0])
