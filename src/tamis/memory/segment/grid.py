"""Similarities of neighbouring turns, and the longest segment. Everything segmenters share.

Vectors are taken as float16, which is how a memory stores them. The product of two float16 numbers, and the sum of a
few thousand of them below 32, are exact in float64: a turn gets the same similarities in whatever batch it comes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tamis.core import Bools, Floats
from tamis.memory.segment.protocol import Vectors

LONGEST = 256  # turns of a segment, so that one that never ends cannot grow without bound


def stored(vectors: Vectors) -> NDArray[np.float64]:
    """The vectors as a memory stores them; what is no number counts as 0."""
    finite = np.nan_to_num(np.asarray(vectors, np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    return finite.astype(np.float16).astype(np.float64)


def band(vectors: NDArray[np.float64], width: int) -> Floats:
    """(n, width + 1) column l: the product of each turn with the l-th before it; 0 where there is none."""
    columns = np.zeros((len(vectors), width + 1))
    for lag in range(min(width + 1, len(vectors))):
        columns[lag:, lag] = np.einsum("nd,nd->n", vectors[lag:], vectors[: len(vectors) - lag])
    return columns


def block_cosines(products: Floats, size: int) -> Floats:
    """(n,) cosine of the sum of up to `size` turns before each turn and of up to `size` from it on; 0 for the first.

    products -- (n, at least 2 * size) of `band`
    """
    count = len(products)
    across, left, right = np.zeros(count), np.zeros(count), np.zeros(count)
    for ahead in range(size):  # turn i + ahead and turn i - back, back = 1..size
        for back in range(1, size + 1):
            if ahead + back < count:
                across[back : count - ahead] += products[back + ahead :, back + ahead]
    for first in range(size):
        for second in range(size):
            low, high, lag = min(first, second), max(first, second), abs(first - second)
            right[: count - high] += products[high:, lag]
            left[high + 1 :] += products[: count - high - 1, lag] if lag == 0 else _late(products, low, high)
    cosines: Floats = across / np.sqrt(np.maximum(left * right, 1e-24))
    cosines[:1] = 0
    return np.clip(cosines, -1, 1)


def _late(products: Floats, low: int, high: int) -> Floats:
    """(n - high - 1,) products of turns i - 1 - low and i - 1 - high, for i from high + 1 on."""
    count = len(products)
    return products[high - low : count - low - 1, high - low]


def limited(opens: Bools, length: int, longest: int) -> Bools:
    """The cuts with further ones wherever a segment would exceed `longest` turns.

    length -- of the segment that is open before the first of them; 0: the first of them opens one
    """
    cuts = np.array(opens, np.bool_)
    for place, new in enumerate(cuts.tolist()):
        if new or length == 0 or length >= longest:
            cuts[place], length = True, 0
        length += 1
    return cuts
