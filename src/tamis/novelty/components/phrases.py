"""How much a text shares with the known texts that are nearest in their spelling: TF-IDF of n-grams, no weights.

N-grams of two to five characters within words and across one blank (Cavnar and Trenkle 1994), as hashes in an inverted
index; the score is 1 minus the mean cosine to the nearest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tamis.core import Floats, Ints
from tamis.novelty.components.protocol import Look, Tensors
from tamis.novelty.inputs import Inputs, words

SIZES = (2, 3, 4, 5)
NEAREST = 3
_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # of Fibonacci hashing (Knuth, volume 3, 6.4)
Keys = NDArray[np.uint32]


@dataclass(frozen=True, eq=False)
class Phrases:
    """An inverted index of known texts.

    Attributes:
        keys: (u,) sorted hashes of n-grams.
        starts: (u + 1,) where the texts of each begin.
        places: (m,) texts that have it.
        weights: (m,) of it in each, such that a text's weights have length 1.
        count: of the texts.
    """

    keys: Keys
    starts: Ints
    places: NDArray[np.int32]
    weights: NDArray[np.float16]
    count: int

    @staticmethod
    def fit(inputs: Inputs) -> Phrases:
        """The index of known texts."""
        rows = [_counts(text) for text in inputs.texts]
        sizes = [len(keys) for keys, _ in rows]
        flat, counts = np.concatenate([r[0] for r in rows]), np.concatenate([r[1] for r in rows])
        keys, which, having = np.unique(flat, return_inverse=True, return_counts=True)
        owner = np.repeat(np.arange(len(rows)), sizes)
        weights = _weights(counts, having[which], len(rows))
        lengths = np.sqrt(np.bincount(owner, weights**2, len(rows)))
        order = np.argsort(which, kind="stable")
        weights = (weights / np.maximum(lengths[owner], 1e-12))[order]
        starts = np.concatenate([[0], np.cumsum(having)]).astype(np.int64)
        return Phrases(keys, starts, owner[order].astype(np.int32), weights.astype(np.float16), len(rows))

    @staticmethod
    def from_tensors(tensors: Tensors) -> Phrases:
        """The component that `tensors` were taken of."""
        arrays = {name: tensors[name] for name in ("keys", "starts", "places", "weights")}
        return Phrases(**arrays, count=int(tensors["count"][0]))

    def look(self, inputs: Inputs) -> Look:
        """1 minus the mean cosine to the nearest known texts, 0 to 1."""
        rows = [self._look(text) for text in inputs.texts]
        scores, nearest, cosines = (np.array([row[part] for row in rows]) for part in range(3))
        return Look(scores, nearest.astype(np.int64), cosines)

    def cosines(self, text: str) -> Floats:
        """(known,) cosine of a text to each known one."""
        keys, counts = _counts(text)
        at = np.minimum(np.searchsorted(self.keys, keys), max(0, len(self.keys) - 1))
        hits = self.keys[at] == keys if len(self.keys) else np.zeros(len(keys), bool)
        having = np.where(hits, np.diff(self.starts)[at], 0) if len(self.keys) else np.zeros(len(keys))
        weights = _weights(counts, having, self.count)
        weights /= max(1e-12, float(np.sqrt((weights**2).sum())))
        rows, sizes = at[hits], np.diff(self.starts)[at[hits]]
        ends = np.cumsum(sizes)
        entries = np.arange(int(ends[-1]) if len(ends) else 0) + np.repeat(self.starts[rows] - ends + sizes, sizes)
        products = self.weights[entries] * np.repeat(weights[hits], sizes)
        return np.asarray(np.bincount(self.places[entries], products, self.count), np.float64)

    def hashed(self, places: int) -> NDArray[np.float32]:
        """(known, places) the weights of each known text, added up with random signs: cosines are nearly those."""
        places_of, signs = self.keys % places, np.where((self.keys >> 16) & 1, 1.0, -1.0).astype(np.float32)
        sizes = np.diff(self.starts)
        at = self.places.astype(np.int64) * places + np.repeat(places_of.astype(np.int64), sizes)
        sums = np.bincount(at, self.weights * np.repeat(signs, sizes), self.count * places)
        rows = sums.reshape(self.count, places).astype(np.float32)
        return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12))

    def tensors(self) -> dict[str, NDArray[Any]]:
        """The arrays of the index."""
        names = ("keys", "starts", "places", "weights")
        return {**{name: getattr(self, name) for name in names}, "count": np.array([self.count])}

    def _look(self, text: str) -> tuple[float, int, float]:
        """Score, nearest known text and cosine to it, of one text."""
        cosines, count = self.cosines(text), min(NEAREST, self.count)
        best = int(np.argmax(cosines))
        return 1 - float(np.partition(cosines, -count)[-count:].mean()), best, float(cosines[best])


def _counts(text: str) -> tuple[Keys, Ints]:
    """The hashes of a text's n-grams, and how often each occurs."""
    spelled = f" {' '.join(words(text))} "
    codes = np.frombuffer(spelled.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    hashes = [np.zeros(0, np.uint32)]
    rolling = codes.copy()
    for size in range(2, SIZES[-1] + 1):
        rolling = (rolling[:-1] * _FACTOR) ^ codes[size - 1 :]
        hashes.append(((rolling * _FACTOR) >> np.uint64(32)).astype(np.uint32))
    keys, counts = np.unique(np.concatenate(hashes), return_counts=True)
    return keys, counts


def _weights(counts: Ints, having: NDArray[Any], texts: int) -> Floats:
    """Damped counts times how rare an n-gram is; one that no text has counts as the rarest."""
    return np.asarray((1 + np.log(counts)) * (np.log((texts + 1) / (having + 1)) + 1))
