"""Random walks over sentences: what sentences recommend that others resemble (LexRank, TextRank). No model.

A graph is given as what its weights make of a vector, so that no matrix of sentences by sentences is ever held.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from tamis.core import Floats
from tamis.prompt.methods.auto.features import Bags

Product: TypeAlias = Callable[[Floats], Floats]
"""A symmetric matrix of weights between sentences, as what it makes of a vector: (s,) -> (s,)."""

DAMPING = 0.85  # Mihalcea & Tarau 2004, section 2; Erkan & Radev 2004 write d = 0.15 for the chance to jump
ROUNDS, NEAR, DIGITS = 200, 1e-6, 5  # of the power iteration: how often, until when, how much of it is meant


def random_walk(weigh: Product, size: int, damping: float = DAMPING) -> Floats:
    """Return PageRank over weighted edges: rank_i = (1 - d) + d * sum over j of weight_ij * rank_j / degree_j.

    A sentence with no edge keeps 1 - d. Rounded to what the iteration is good for, so that sums in another order tie
    where the formula does.

    Example: two sentences that are joined to a third alone: it ends at 1.46, each of them at 0.77
    """
    rank = np.ones(size)
    degree = weigh(rank)
    inverse = np.divide(1.0, degree, out=np.zeros(size), where=degree > NEAR)
    for _ in range(ROUNDS):
        following = (1 - damping) + damping * weigh(rank * inverse)
        if np.abs(following - rank).max(initial=0.0) < NEAR:
            break
        rank = following
    return np.round(rank, DIGITS)


def cosines(bags: Bags) -> Product:
    """The cosines of the sentences' tf-idf vectors as weights, that of a sentence with itself among them.

    The text's own sentences give the idf, log(s / df): a word of all of them counts for nothing.
    """
    weights = bags.counts * np.log(max(bags.sentences, 1) / np.maximum(bags.spread, 1))[bags.pair_term]
    norm = np.sqrt(np.bincount(bags.pair_sentence, weights**2, minlength=bags.sentences))
    unit = weights / np.maximum(norm, 1e-12)[bags.pair_sentence]

    def weigh(values: Floats) -> Floats:
        centre = np.bincount(bags.pair_term, unit * values[bags.pair_sentence], minlength=bags.spread.size)
        return np.bincount(bags.pair_sentence, unit * centre[bags.pair_term], bags.sentences).astype(np.float64)

    return weigh
