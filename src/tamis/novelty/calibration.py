"""Scores become p-values by texts that the detector was not fitted on: split-conformal prediction.

p(x) = (1 + the held-out scores that are at least s(x)) / (n + 1). If x comes from the same source as the n held-out
texts, in whatever order, then P(p <= rate) <= rate: the false-alarm rate is what was asked for, whatever the score is
(Vovk, Gammerman and Shafer 2005; Laxhammar and Falkman 2010). It says nothing of how much that is new is noticed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tamis.core import Floats
from tamis.errors import InvalidInput
from tamis.novelty.binomial import order_interval

_SLACK = 1e-9  # rate * (n + 1) in floats


@dataclass(frozen=True, slots=True)
class Promise:
    """What a detector can say of its false alarms at a rate.

    Attributes:
        rate: that was asked for.
        kept: it can be had; if not, `check` calls nothing novel, and what it would call so "undecided".
        smallest: the smallest rate that can be had with so few texts held out.
        count: of texts held out.
        low, high: where the rate that this very detector will show in the long run lies, with 95 % confidence: the
            promise is one over detectors, each with its own draw of texts to hold out.
    """

    rate: float
    kept: bool
    smallest: float
    count: int
    low: float
    high: float

    def __str__(self) -> str:
        """In a sentence."""
        if self.kept:
            return (
                f"at most {self.rate:.3g} of texts like the known ones are called novel; of this detector "
                f"{self.low:.3g} to {self.high:.3g} (95 %), by {self.count:,} texts held out"
            )
        more = int(np.ceil(1 / self.rate)) - 1
        return (
            f"cannot promise {self.rate:.3g}: with {self.count:,} texts held out the smallest rate is "
            f"{self.smallest:.3g}; {more:,} held out would do"
        )


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Scores of held-out texts, ascending."""

    scores: Floats

    @staticmethod
    def of(scores: Floats) -> HeldOut:
        """Of scores in any order.

        Raises:
            InvalidInput: one of them is not a number.
        """
        values = np.asarray(scores, np.float64)
        if np.isnan(values).any():
            raise InvalidInput(f"{int(np.isnan(values).sum())} of {values.size} scores are not numbers.")
        return HeldOut(np.sort(values))

    def p_values(self, scores: Floats) -> Floats:
        """(n,) how many of a hundred texts like the held-out ones score as high, as a share."""
        above = len(self.scores) - np.searchsorted(self.scores, scores, side="left")
        return np.asarray((1 + above) / (len(self.scores) + 1))

    @property
    def smallest(self) -> float:
        """The smallest p-value that there is."""
        return 1 / (len(self.scores) + 1)

    def threshold(self, rate: float) -> float:
        """The score above which a text is called novel at a rate; infinite where the rate cannot be had."""
        place = self._place(rate)
        return float(self.scores[-place]) if place else np.inf

    def promise(self, rate: float) -> Promise:
        """What can be said of false alarms at a rate.

        Raises:
            InvalidInput: not between 0 and 1.
        """
        count, place = len(self.scores), self._place(checked_rate(rate))
        low, high = order_interval(place, count)
        return Promise(rate, place > 0, self.smallest, count, low, high)

    def _place(self, rate: float) -> int:
        return min(len(self.scores), int(rate * (len(self.scores) + 1) + _SLACK))


def checked_rate(rate: float) -> float:
    """The rate.

    Raises:
        InvalidInput: not between 0 and 1.
    """
    if not 0 < rate < 1:
        raise InvalidInput(f"rate must be between 0 and 1, got {rate!r}.", hint="0.01 is one false alarm in a hundred.")
    return float(rate)
