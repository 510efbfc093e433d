"""The best of all segmentations: turns close to the mean of their segment, at a price for each segment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tamis.core import Bools, Floats
from tamis.errors import InvalidInput
from tamis.memory.segment.density import density_of, knob
from tamis.memory.segment.grid import LONGEST, limited, stored
from tamis.memory.segment.protocol import Vectors
from tamis.memory.types import Turn

CURVE = ((0.01, 2.5), (0.10, 1.3), (0.20, 1.0), (0.30, 0.9), (0.40, 0.8))  # density -> price of a segment


@dataclass(frozen=True)
class Optimal:
    """Minimises the squared distances of turns to the mean of their segment, plus a price for each segment.

    Dynamic programming, n * longest * d steps. Sees all new turns at once; what was cut before stays.

    Attributes:
        density: wanted, or the kind of talk; says the price.
        context: turns before the new ones that it looks at: those of the open segment.
        longest: segment, in turns.
    """

    density: float | str = "chat"
    context: int = 24
    longest: int = LONGEST

    def __post_init__(self) -> None:
        density_of(self.density)
        if self.longest < 1:
            raise InvalidInput(f"Segments have at least one turn, got {self.longest}.")

    def cut(self, turns: Sequence[Turn], vectors: Vectors, *, known: int = 0, length: int = 0) -> Bools:
        """See `Segmenter`."""
        open_turns = min(known, length)  # turns of the open segment that are at hand
        price = knob(density_of(self.density), CURVE)
        starts = best_starts(
            stored(vectors)[known - open_turns : len(turns)], price, longest=self.longest, pinned=open_turns
        )
        opens = np.zeros(len(turns) - known, np.bool_)
        opens[[start - open_turns for start in starts if start >= open_turns]] = True
        return limited(opens, length, self.longest)


def best_starts(vectors: NDArray[np.float64], price: float, *, longest: int = LONGEST, pinned: int = 0) -> list[int]:
    """Where the segments of the cheapest segmentation begin, in order; 0 is the first.

    Among equally cheap ones the one whose last segments are longest.

    pinned -- that many turns at the beginning are in one segment, whatever that costs
    """
    sums = np.concatenate([np.zeros((1, vectors.shape[1])), np.cumsum(vectors, axis=0)])
    squares = np.concatenate([[0.0], np.cumsum(np.einsum("nd,nd->n", vectors, vectors))])
    count = len(vectors)
    cost, back = np.zeros(count + 1), np.zeros(count + 1, np.int64)
    for end in range(max(pinned, 1), count + 1):
        starts = _allowed(end, pinned, longest)
        whole = cost[starts] + price + _spread(sums, squares, starts, end)
        best = int(np.argmin(whole - 1e-9 * (starts == starts[0])))
        cost[end], back[end] = whole[best], starts[best]
    cuts, end = [], count
    while end > 0:
        end = int(back[end])
        cuts.append(end)
    return cuts[::-1]


def _allowed(end: int, pinned: int, longest: int) -> NDArray[np.int64]:
    """Where the segment that ends before `end` may begin: not within the turns that belong together."""
    first = max(end - longest, pinned, 0)
    starts = np.arange(first, end)
    return np.r_[0, starts] if pinned and (end <= longest or not starts.size) else starts


def _spread(sums: NDArray[np.float64], squares: Floats, starts: NDArray[np.int64], end: int) -> Floats:
    """Sum of squared distances to the mean, of the turns from each start to the end."""
    total = sums[end] - sums[starts]
    around: Floats = squares[end] - squares[starts] - np.einsum("nd,nd->n", total, total) / (end - starts)
    return np.maximum(around, 0)
