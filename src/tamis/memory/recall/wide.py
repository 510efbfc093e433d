"""Very large scopes: the nearest vectors by signs of their coordinates first, then exactly.

Of each vector two bits a coordinate are kept, 96 bytes instead of 1,536: its signs along the encoder's own axes, and
along as many random ones. Vectors of a small angle differ in few signs (random hyperplanes, Charikar 2002), so counting
the bits that differ leaves a shortlist, whose products are computed whole. On 100,000 turns it holds all of the 20
nearest and .9987 of the 128 nearest, in a third of the time of reading every vector (docs/lab-log.md). Signs are a
function of their vector alone: the same turns give the same answer whatever came before them.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tamis.core import Floats
from tamis.memory.recall.grown import Grown

SHORTLIST, SHARE = 3_000, 0.03  # vectors that are read whole: at least so many, and of very many that share
MANY = 8  # as few as that share of the vectors are picked
WORD = 64
OUT = np.iinfo(np.uint16).max  # more bits than any vector has

Array = NDArray[np.float32]
Words = NDArray[np.uint64]


class Signs:
    """The signs of many vectors, 64 a word, each word a column of its own."""

    def __init__(self, vectors: Array) -> None:
        self.columns = [Grown(np.uint64) for _ in packed(vectors[:1]).T]
        self.sync(vectors)

    def __len__(self) -> int:
        return len(self.columns[0])

    def sync(self, vectors: Array) -> None:
        """Take in the vectors (n, d) that are new behind those known."""
        for column, words in zip(self.columns, packed(vectors[len(self) :]).T, strict=True):
            column.append(words)

    def distances(self, query: Array) -> NDArray[np.uint16]:
        """(n,) in how many signs each vector differs from the query (d,)."""
        total = np.zeros(len(self), np.uint16)
        for column, word in zip(self.columns, packed(query[None])[0], strict=True):
            total += ones(column.rows ^ word)
        return total


def packed(vectors: Array) -> Words:
    """(n, words) the signs of vectors (n, d) as bits, along their axes and along random ones; 0 fills the last word."""
    signs = np.hstack([vectors > 0, vectors @ rotation(vectors.shape[1]) > 0])
    bits = np.pad(signs, ((0, 0), (0, -signs.shape[1] % WORD)))
    return np.ascontiguousarray(np.packbits(bits, axis=1)).view(np.uint64)


@lru_cache(maxsize=4)
def rotation(size: int) -> Array:
    """(size, size) an orthogonal matrix, always the same."""
    return np.linalg.qr(np.random.default_rng(0).standard_normal((size, size)))[0].astype(np.float32)


def ones(words: Words) -> NDArray[np.uint8]:
    """(n,) how many bits of each word are set."""
    if hasattr(np, "bitwise_count"):
        return np.asarray(np.bitwise_count(words))
    return ones_by_table(words)  # NumPy before 2.0


def ones_by_table(words: Words) -> NDArray[np.uint8]:
    """The same, 16 bits at a time."""
    table = np.unpackbits(np.arange(1 << 16, dtype=np.uint16).view(np.uint8).reshape(-1, 2), axis=1).sum(1)
    return np.asarray(table.astype(np.uint8)[words.view(np.uint16).reshape(-1, 4)].sum(1), np.uint8)


def nearest(vectors: Array, signs: Signs, query: Array, count: int, among: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The `count` vectors with the largest product of a shortlist, ascending numbers; of equals the lower numbers.

    among -- (n,) which may be chosen
    """
    count = min(count, int(among.sum()))
    if not count:
        return np.zeros(0, np.int64)
    listed = shortlist(signs, query, max(SHORTLIST, count, int(SHARE * len(vectors))), among)
    picked = MANY * len(listed) < len(vectors)  # picking rows copies them: of many, reading all costs less
    products = vectors[listed] @ query if picked else (vectors @ query)[listed]
    return np.sort(listed[best(products, count)])


def shortlist(signs: Signs, query: Array, size: int, among: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The `size` numbers of least distance, and those level with the last of them, ascending."""
    distances = signs.distances(query)
    distances[~among] = OUT
    if size >= len(distances):
        return np.flatnonzero(among)
    return np.flatnonzero((distances <= np.partition(distances, size)[size]) & among)


def best(scores: Floats | Array, count: int) -> NDArray[np.int64]:
    """The places of the `count` best scores, best first; of equals the lower place."""
    if count <= 0:
        return np.zeros(0, np.int64)
    if count < len(scores):
        bar = np.partition(scores, len(scores) - count)[len(scores) - count]
        above, level = np.flatnonzero(scores > bar), np.flatnonzero(scores == bar)
        places = np.concatenate([above, level[: count - len(above)]])
    else:
        places = np.arange(len(scores))
    return np.asarray(places[np.lexsort((places, -scores[places]))])
