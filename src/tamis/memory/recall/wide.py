"""Very large scopes: which turns can be among the best at all, exactly, without reading every vector whole.

Vectors are turned so that their first `HEAD` coordinates hold most of their length (the principal axes of a sample). A
cosine is the product of the heads, known, plus that of the rests, which is at most the product of their lengths
(Cauchy and Schwarz). Whoever cannot reach the k-th best of some that were read whole is out; the few others are read.
Any axes give the same answer: they decide how many are left, never which.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tamis.core import Floats
from tamis.memory.recall.grown import Grown

HEAD = 192  # of 384: on 100,000 sentences, fewer leave too many to read, more cost as much as reading all
SAMPLE = 20_000
MANY = 8  # as few as that share of the vectors are picked
TRIED = 3  # times as many as are wanted are read for the bar
SLACK = 1e-4  # above the rounding of float32 products
GIVEN_UP, AGAIN = 2, 64  # after so many searches that heads did not shorten, the next so many do without

Array = NDArray[np.float32]


class Heads:
    """The heads of many vectors, and how long what is behind each of them is."""

    def __init__(self, vectors: Array) -> None:
        step = max(1, len(vectors) // SAMPLE)
        sample = vectors[::step].astype(np.float64)
        _, axes = np.linalg.eigh(sample.T @ sample)
        self.axes: Array = np.ascontiguousarray(axes[:, ::-1][:, :HEAD], np.float32)
        self.misses = 0
        self.heads, self.rests = Grown(np.float32, self.axes.shape[1]), Grown(np.float32)
        self.sync(vectors)

    def sync(self, vectors: Array) -> None:
        """Take in the vectors (n, d) that are new behind those known."""
        new = vectors[len(self.heads) :]
        heads = new @ self.axes
        self.heads.append(heads)
        self.rests.append(np.sqrt(np.maximum((new**2).sum(1) - (heads**2).sum(1), 0.0)))

    def products(self, query: Array) -> tuple[Array, Array]:
        """(n,) the part of each product with the query (d,) that the heads know, and how far off it can be."""
        head = query @ self.axes
        slack = self.rests.rows * np.float32(np.sqrt(max(float(query @ query - head @ head), 0.0)))
        return self.heads.rows @ head, slack + np.float32(SLACK)

    def given_up(self) -> bool:
        """Whether to read everything at once: the vectors have no directions of their own, as far as was seen."""
        if self.misses < GIVEN_UP:
            return False
        self.misses = self.misses + 1 if self.misses < GIVEN_UP + AGAIN else 0
        return True


def nearest(vectors: Array, heads: Heads, query: Array, count: int, among: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The `count` vectors with the largest product, ascending numbers; of equals the lower numbers.

    among -- (n,) which may be chosen
    """
    count = min(count, int(among.sum()))
    if not count:
        return np.zeros(0, np.int64)
    if heads.given_up():
        return np.sort(best(np.where(among, vectors @ query, np.float32(-np.inf)), count))
    partial, slack = heads.products(query)
    partial[~among] = -np.inf
    likely = best(partial, TRIED * count)
    likely = likely[among[likely]]
    bar = np.sort(vectors[likely] @ query)[-count]  # so many reach this; who cannot is out
    rest = np.flatnonzero((partial + slack >= bar) & among)
    if MANY * len(rest) > len(vectors):  # vectors without directions of their own: picking would cost more than reading
        heads.misses += 1
        return np.sort(rest[best((vectors @ query)[rest], count)])
    heads.misses = 0
    return np.sort(rest[best(vectors[rest] @ query, count)])


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
