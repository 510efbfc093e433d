"""Values: spans, and scored units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]
Priorities: TypeAlias = NDArray[np.int8]

FREE = 0
PREFERRED = 1
PINNED = 2

T = TypeVar("T")
Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open character offsets of one source text: `text[start:end]`.

    Example: Span(0, 5).of("hello world") -> "hello"
    """

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """Return the characters that the span covers."""
        return text[self.start : self.end]


def _array(values: ArrayLike | None, default: float, size: int, dtype: type[Scalar]) -> NDArray[Scalar]:
    array = np.full(size, default, dtype) if values is None else np.asarray(values, dtype)
    assert array.shape == (size,), f"expected shape ({size},), got {array.shape}"
    return array


@dataclass(frozen=True, slots=True, eq=False, init=False)
class Scored(Generic[T]):
    """Units, and what we think of them.

    Attributes:
        units: the units, in source order.
        scores: (n,) higher = keep; no NaN.
        costs: (n,) what one unit spends of the budget; 1 each by default.
        priority: (n,) FREE, PREFERRED or PINNED; FREE by default.
    """

    units: tuple[T, ...]
    scores: Floats
    costs: Ints
    priority: Priorities

    def __init__(
        self,
        units: tuple[T, ...],
        scores: ArrayLike,
        costs: ArrayLike | None = None,
        priority: ArrayLike | None = None,
    ) -> None:
        n = len(units)
        object.__setattr__(self, "units", units)
        object.__setattr__(self, "scores", _array(scores, 0, n, np.float64))
        object.__setattr__(self, "costs", _array(costs, 1, n, np.int64))
        object.__setattr__(self, "priority", _array(priority, FREE, n, np.int8))
        assert not np.isnan(self.scores).any(), "scores must not be NaN"

    def __len__(self) -> int:
        return len(self.units)

    @property
    def pinned(self) -> Bools:
        """(n,) kept whatever the score."""
        pinned: Bools = self.priority == PINNED
        return pinned

    def cost_of(self, mask: Bools) -> int:
        """Return what the kept units cost together."""
        return int(self.costs[mask].sum())
