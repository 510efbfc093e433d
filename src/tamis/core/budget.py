"""Budgets: how much may be kept. A type, not four optional numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

from tamis.errors import InvalidBudget


@dataclass(frozen=True, slots=True)
class Ratio:
    """At most this share of the total cost, 0 to 1."""

    share: float

    def __post_init__(self) -> None:
        if not (isinstance(self.share, (int, float)) and 0 <= self.share <= 1):
            raise InvalidBudget(
                f"A rate must lie between 0 and 1, got {self.share!r}.",
                hint="It is the share that is kept: 0.33 keeps a third.",
            )


@dataclass(frozen=True, slots=True)
class Total:
    """At most this much cost in all."""

    cost: int

    def __post_init__(self) -> None:
        if isinstance(self.cost, bool) or not isinstance(self.cost, int) or self.cost < 0:
            raise InvalidBudget(f"A total must be a whole number of at least 0, got {self.cost!r}.")


@dataclass(frozen=True, slots=True)
class AtLeast:
    """Everything that scores at least this, whatever it costs."""

    score: float

    def __post_init__(self) -> None:
        if not isinstance(self.score, (int, float)) or math.isnan(self.score):
            raise InvalidBudget(f"A threshold must be a number, got {self.score!r}.")


Budget: TypeAlias = Ratio | Total | AtLeast
