"""What capabilities ask of models, whoever makes them. Types only; nothing is imported with them but NumPy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Encoder(Protocol):
    """What makes vectors of texts."""

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, d) of unit length."""
        ...
