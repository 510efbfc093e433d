"""How far predictions of what is left are from the truth; papers differ in the truth they take, so both are given."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tamis.core import Floats

CAP = 125.0  # cycles of an engine: the "piecewise linear" label of the C-MAPSS papers (Heimes 2008)


@dataclass(frozen=True, slots=True)
class LifeErrors:
    """Errors under one convention.

    Attributes:
        rmse: root of the mean squared error, in steps.
        score: of the PHM08 challenge (Saxena et al. 2008): late is worse than early; a sum, so it grows with the count.
        count: of predictions.
    """

    rmse: float
    score: float
    count: int

    @staticmethod
    def of(predictions: Floats, left: Floats, cap: float = np.inf) -> LifeErrors:
        """Of predictions against what was left, both taken as `cap` at most.

        predictions, left -- (n,) in steps
        """
        late = np.minimum(predictions, cap) - np.minimum(left, cap)
        return LifeErrors(float(np.sqrt((late**2).mean())), float(phm08(late).sum()), late.size)


def phm08(late: Floats) -> Floats:
    """(n,) exp(-d / 13) - 1 where d < 0, which is early, else exp(d / 10) - 1; d = predicted - true."""
    return np.asarray(np.expm1(np.where(late < 0, -late / 13, late / 10)))
