"""Runs of so many turns: the segmenter that looks at nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tamis.core import Bools
from tamis.errors import InvalidInput
from tamis.memory.segment.protocol import Vectors
from tamis.memory.types import Turn


@dataclass(frozen=True)
class Runs:
    """Runs of so many turns, whatever they say."""

    size: int = 4
    context: int = 1

    def __post_init__(self) -> None:
        if self.size < 1:
            raise InvalidInput(f"A run has at least one turn, got {self.size}.")

    def cut(self, turns: Sequence[Turn], vectors: Vectors, *, known: int = 0, length: int = 0) -> Bools:
        """See `Segmenter`."""
        return np.array([(length + place) % self.size == 0 for place in range(len(turns) - known)], np.bool_)


def every(size: int) -> Runs:
    """Runs of `size` turns: the baseline that any other segmenter is to beat."""
    return Runs(size)
