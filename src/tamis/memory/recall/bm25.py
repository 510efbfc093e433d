"""BM25 in Lucene's form: what a term adds to the score of a unit of text, whatever the units are.

Does not know where counts come from: turns, windows of turns and sessions are gathered by who asks (`score`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

K1, B = 0.9, 0.4  # for short texts (Anserini's defaults)

Scores = NDArray[np.float64]


def damping(lengths: NDArray[Any], mean: float) -> Scores:
    """(u,) how often a term has to be in each unit to count half; never 0.

    lengths -- (u,) terms of each unit
    """
    return np.asarray(K1 * (1 - B + B * lengths / mean))


def term_scores(counts: NDArray[Any], damp: Scores, having: int, units: int) -> Scores:
    """(u,) what a term adds to the score of each unit.

    counts -- (u,) how often the term is in it
    damp -- (u,) of `damping`
    having, units -- how many units have the term, and how many there are: rare terms count more
    """
    idf = np.log1p((units - having + 0.5) / (having + 0.5))
    return np.asarray(idf * counts * (K1 + 1) / (counts + damp))
