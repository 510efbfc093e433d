"""TextTiling on sentence vectors: cut where talk before and after is less alike than around (Hearst 1997)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tamis.core import Bools, Floats
from tamis.errors import InvalidInput
from tamis.memory.segment.density import density_of, knob
from tamis.memory.segment.grid import LONGEST, band, block_cosines, limited, stored
from tamis.memory.segment.protocol import Vectors
from tamis.memory.types import Turn

CURVE = ((0.01, 4.0), (0.10, 1.2), (0.20, 0.6), (0.30, 0.2), (0.40, -0.2))  # density -> deviations


@dataclass(frozen=True)
class TextTiling:
    """Cuts at the deep valleys of the similarity of the blocks before and after each gap.

    Sees all new turns at once, so turn by turn it cuts otherwise than at once: a turn that has none after it has a
    block of one turn on that side.

    Attributes:
        density: wanted, or the kind of talk; says how many deviations above the mean a depth has to be.
        block: turns on either side.
        context: turns before the new ones that it looks at, for the mean as well.
        longest: segment, in turns.
    """

    density: float | str = "chat"
    block: int = 2
    context: int = 24
    longest: int = LONGEST

    def __post_init__(self) -> None:
        density_of(self.density)
        if self.block < 1 or self.longest < 1:
            raise InvalidInput(f"Blocks and segments have at least one turn, got {self.block} and {self.longest}.")

    def cut(self, turns: Sequence[Turn], vectors: Vectors, *, known: int = 0, length: int = 0) -> Bools:
        """See `Segmenter`."""
        cosines = block_cosines(band(stored(vectors), 2 * self.block), self.block)
        deep = depths(cosines[1:])
        level = knob(density_of(self.density), CURVE)
        opens = np.concatenate([[False], deep > deep.mean() + level * deep.std()]) if deep.size else np.zeros(1, bool)
        if len(turns) and known == 0:
            length = 0
        return limited(opens[known : len(turns)] & np.r_[False, deep > 1e-9][known : len(turns)], length, self.longest)


def depths(cosines: Floats) -> Floats:
    """(n,) how far the similarity rises to the nearest peaks on both sides of each gap, together.

    Example: [.9, .2, .6] -> [0, .7 + .4, 0].
    """
    return _rise(cosines) + _rise(cosines[::-1])[::-1]


def _rise(cosines: Floats) -> Floats:
    """(n,) up to the peak on the left: as far as it only rises, going away from the gap."""
    rises = np.zeros(len(cosines))
    for place in range(1, len(cosines)):
        if cosines[place - 1] >= cosines[place]:
            rises[place] = rises[place - 1] + cosines[place - 1] - cosines[place]
    return rises
