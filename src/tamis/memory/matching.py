"""Which turns a wish to forget means: those that have all its words, and those that say nearly the same."""

from __future__ import annotations

import numpy as np

from tamis.memory.recall.ask import without_names
from tamis.memory.recall.index import Index
from tamis.memory.recall.terms import terms
from tamis.models.protocols import Encoder

NEAR = 0.75  # cosine from which a turn says the same in other words; below it, topics are alike and facts are not


def matching(index: Index, query: str, encoder: Encoder | None) -> list[str]:
    """Ids of the living turns that are meant, in the order they came; none for a query without words."""
    stems = dict.fromkeys(terms(query, index.language))
    if not stems or not len(index):
        return []
    matches = np.ones(len(index.entries), np.bool_)
    for term in stems:
        holders = np.zeros_like(matches)
        holders[index.posting(term)[0]] = True
        matches &= holders
    if encoder is not None and index.vectors is not None:
        vector = encoder.vectors([without_names(query, list(index.speakers))])[0]
        if vector.size == index.vectors.rows.shape[1]:
            matches |= index.vectors.rows @ vector >= NEAR
    return [index.turn(number).id for number in np.flatnonzero(matches & index.alive.rows).tolist()]
