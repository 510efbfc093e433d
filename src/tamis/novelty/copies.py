"""Which known texts are near copies of one another, so that they are held out together.

A held-out text of which a copy was learnt looks more familiar than what will come. Kept together, copies are learnt or
held out as one; then held-out texts look as novel as new ones do, or more, and false alarms stay below what was asked
for. Of very many texts copies are looked for within cells of k-means, which misses some and takes a fraction of all
pairs.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tamis.core import Ints
from tamis.novelty.components.phrases import Phrases
from tamis.novelty.components.vectors import k_means
from tamis.novelty.inputs import Inputs, Vectors

BY_VECTORS, BY_SPELLING = 0.85, 0.9  # cosines from which two texts count as copies
PLACES = 512  # of hashed n-grams
ROUNDS = 4  # of k-means
FEW = 20_000  # texts of which all pairs are compared
_ROWS = 1_000  # at once


def copies(inputs: Inputs) -> Ints:
    """(n,) a number for each text, the same for those that a chain of near copies joins."""
    if inputs.vectors is not None:
        return joined(inputs.vectors, BY_VECTORS)
    return joined(Phrases.fit(inputs).hashed(PLACES), BY_SPELLING)


def joined(vectors: Vectors, least: float) -> Ints:
    """(n,) numbers of the sets that cosines of at least `least` join; vectors (n, d) of unit length."""
    parents = np.arange(len(vectors))
    for one, other in _pairs(vectors, least):
        _join(parents, one, other)
    return np.array([_root(parents, row) for row in range(len(parents))], np.int64)


def _pairs(vectors: Vectors, least: float) -> Iterator[tuple[int, int]]:
    """Pairs of near rows, of many within cells."""
    count = len(vectors)
    cells = k_means(vectors, int(2 * np.sqrt(count)), rounds=ROUNDS) if count > FEW else np.zeros(count, np.int64)
    order = np.argsort(cells, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(cells[order])) + 1):
        for start in range(0, len(rows), _ROWS):
            part = rows[start : start + _ROWS]
            for one, other in np.argwhere(vectors[part] @ vectors[rows[start:]].T >= least):
                yield int(part[one]), int(rows[start + other])


def _join(parents: Ints, one: int, other: int) -> None:
    first, second = _root(parents, one), _root(parents, other)
    parents[max(first, second)] = min(first, second)


def _root(parents: Ints, row: int) -> int:
    while parents[row] != row:
        parents[row] = parents[parents[row]]
        row = int(parents[row])
    return row
