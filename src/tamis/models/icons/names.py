"""Names as vectors: the sentence vector of `mini` beside hashed words and letters, through two small layers. NumPy."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from tamis.errors import ModelCorrupt
from tamis.models.products import product

Matrix = NDArray[np.float32]
_WORD = re.compile(r"[^\W_]+")
_LONGEST = 200  # characters of a name that are read: no icon has a longer one
_GRAMS = (3, 4)


def grams(text: str) -> list[bytes]:
    """The words of a name, and the runs of letters in them: their ends are spelled with a space."""
    words = _WORD.findall(text.lower())
    parts = [f"={word}" for word in words]
    for word in words:
        edged = f" {word} "
        parts += [edged[i : i + n] for n in _GRAMS for i in range(len(edged) - n + 1)]
    return [part.encode() for part in parts]


def buckets(text: str, count: int) -> NDArray[np.int64]:
    """Rows of a table of so many rows; one row, 0, for a text without words."""
    return np.array([crc32(gram) % count for gram in grams(text[:_LONGEST])] or [0], np.int64)


@dataclass(frozen=True, eq=False)
class NameTower:
    """From sentence vectors and buckets to unit vectors.

    Attributes:
        table: (rows, k) int8, of hashed words and letters.
        scales: (rows, 1) what a row's numbers are multiplied with.
        hidden: (1 + s + k, h) the first layer, its bias first; s numbers of a sentence vector.
        last: (1 + h, d) the second, likewise.
    """

    table: NDArray[np.int8]
    scales: Matrix
    hidden: Matrix
    last: Matrix

    @staticmethod
    def of(tensors: Mapping[str, NDArray[np.generic]]) -> NameTower:
        """The tower of the tensors `table`, `scales`, `hidden` and `last`.

        Raises:
            ModelCorrupt: one is missing, or they do not fit each other.
        """
        try:
            table, (scales, hidden, last) = (
                tensors["table"].astype(np.int8),
                (tensors[name].astype(np.float32) for name in ("scales", "hidden", "last")),
            )
        except KeyError as error:
            raise ModelCorrupt(f"The weights of icons' names have no tensor {error}.") from error
        if scales.shape != (len(table), 1) or len(last) != hidden.shape[1] + 1:
            shapes = ", ".join(f"{name} {tensor.shape}" for name, tensor in tensors.items())
            raise ModelCorrupt(f"The weights of icons' names do not fit each other: {shapes}.")
        return NameTower(table, scales, hidden, last)

    def __call__(self, texts: Sequence[str], sentences: Matrix) -> Matrix:
        """(n, d) unit vectors.

        sentences -- (n, s) sentence vectors of the texts
        """
        bags = np.zeros((len(texts), self.table.shape[1]), np.float32)
        for index, text in enumerate(texts):
            rows = buckets(text, len(self.table))
            bags[index] = (self.table[rows] * self.scales[rows]).mean(0)
        hidden = np.maximum(product(np.concatenate([sentences, bags], 1), self.hidden[1:]) + self.hidden[0], 0)
        vectors = product(hidden, self.last[1:]) + self.last[0]
        return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9), np.float32)
