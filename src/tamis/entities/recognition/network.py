"""What scores the tags of words: a small layer over frozen states of an encoder, and a table of hashed features.

    scores = relu(states @ inner + shift) @ outer + sum(table[features]) + bias

The states are those of `tamis.models.hidden`: the first and the last piece of a word, averaged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tamis.entities.recognition.words import BUCKETS, FEATURES, features, words
from tamis.models.hidden import LAYERS, WIDTH, load_hidden

Array = NDArray[np.float32]
INPUT = len(LAYERS) * WIDTH
INNER = 128


@dataclass(frozen=True, eq=False)
class Sentence:
    """A text as the network reads it: places of its words (n, 2), states (n, INPUT), features (n, FEATURES)."""

    places: list[tuple[int, int]]
    states: NDArray[np.float16]
    features: NDArray[np.uint32]


def sentences(texts: Sequence[str]) -> list[Sentence]:
    """The texts as the network reads them."""
    encoded = load_hidden()(texts)
    rows = []
    for text, one in zip(texts, encoded, strict=True):
        places = words(text)
        tokens = [text[low:high] for low, high in places]
        table = features(tokens) if tokens else np.zeros((0, FEATURES), np.uint32)
        rows.append(Sentence(places, one.of_words(places), table))
    return rows


@dataclass
class Network:
    """The weights.

    Attributes:
        inner: (INPUT, INNER), shift: (INNER,), outer: (INNER, tags), table: (BUCKETS, tags), bias: (tags,).
    """

    inner: Array
    shift: Array
    outer: Array
    table: Array
    bias: Array

    @staticmethod
    def new(tags: int, seed: int) -> Network:
        """Random weights; the table begins with zeros."""
        rng = np.random.default_rng(seed)
        inner = rng.normal(0, INPUT**-0.5, (INPUT, INNER)).astype(np.float32)
        outer = rng.normal(0, INNER**-0.5, (INNER, tags)).astype(np.float32)
        zeros = np.zeros((BUCKETS, tags), np.float32)
        return Network(inner, np.zeros(INNER, np.float32), outer, zeros, np.zeros(tags, np.float32))

    def scores(self, sentence: Sentence) -> NDArray[np.float64]:
        """(n, tags) of one text."""
        hidden = np.maximum(sentence.states.astype(np.float32) @ self.inner + self.shift, 0)
        dense = hidden @ self.outer + self.bias
        return np.asarray(dense + self.table[sentence.features].sum(1), np.float64)
