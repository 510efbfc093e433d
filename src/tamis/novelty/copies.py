"""Which known texts are near copies of one another, so that they are held out together.

A held-out text of which a copy was learnt looks more familiar than what will come. Kept together, copies are learnt or
held out as one; then held-out texts look as novel as new ones do, or more, and false alarms stay below what was asked
for. Of very many texts copies are looked for within cells of k-means, which misses some and takes a fraction of all
pairs.
"""

from __future__ import annotations

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
    """(n,) numbers of the sets that cosines of at least `least` join: the smallest row of each.

    vectors -- (n, d) of unit length
    """
    count = len(vectors)
    cells = k_means(vectors, int(2 * np.sqrt(count)), rounds=ROUNDS) if count > FEW else np.zeros(count, np.int64)
    order = np.argsort(cells, kind="stable")
    labels = np.arange(count)
    for rows in np.split(order, np.flatnonzero(np.diff(cells[order])) + 1):
        for start in range(0, len(rows), _ROWS):
            near = vectors[rows[start : start + _ROWS]] @ vectors[rows[start:]].T >= least
            for place, others in enumerate(near):
                _join(labels, int(rows[start + place]), rows[start:][others])
    return labels


def _join(labels: Ints, row: int, others: Ints) -> None:
    """Make one set of those that a row and others are in.

    Without a loop over pairs: a log may have one line ten thousand times.
    """
    touched = np.zeros(len(labels), np.bool_)
    touched[labels[others]] = True
    touched[labels[row]] = True
    if np.count_nonzero(touched) > 1:
        labels[touched[labels]] = np.argmax(touched)
