"""What a segmenter is: turns and their vectors in, the turns that open a segment out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tamis.core import Bools
from tamis.memory.types import Turn

Vectors = NDArray[np.float32]


class Segmenter(Protocol):
    """Cuts one session into runs of turns about one topic.

    What was cut stays: a new turn extends the open segment or begins another. A causal segmenter, which looks at no
    turn behind the one it decides on, gives the same for a session turn by turn and at once.
    """

    @property
    def context(self) -> int:
        """How many of the turns before the new ones it looks at."""
        ...

    def cut(self, turns: Sequence[Turn], vectors: Vectors, *, known: int = 0, length: int = 0) -> Bools:
        """(n - known,) whether each of the new turns opens a segment; the first of a session does.

        turns -- n turns of one session in order: the last `known` ones that are stored already, then the new ones
        vectors -- (n, d) of unit length, of their texts
        length -- of the open segment, in turns; 0 where known is 0
        """
        ...
