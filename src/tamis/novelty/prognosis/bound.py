"""From predictions to a promise: "at least N steps left, wrong in one case of ten".

Each series that ended was predicted by a model that had not seen it. The ratio of what was really left to what was
predicted, at moments all over its life, says how predictions go wrong; the prediction of a new series times each ratio
gives the spread of what is left. Series weigh the same however long they are, and the new series counts as one more of
which nothing is known (hierarchical conformal prediction, Lee, Barber and Willett 2023). The model that a ratio comes
from also makes the prediction that it is multiplied with (CV+, Barber et al. 2021): at a rate a the bound is too high
in at most 2 a of cases whatever the data, and in about a in practice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tamis.core import Floats, Ints


@dataclass(frozen=True, eq=False)
class Ratios:
    """How predictions go wrong.

    Attributes:
        values: (m,) of (what was left + 1) to (what was predicted + 1); the ends of lives would divide by zero.
        folds: (m,) by which model.
        weights: (m,) that sum to n / (n + 1) over n series.
    """

    values: Floats
    folds: Ints
    weights: Floats

    @staticmethod
    def of(parts: list[tuple[int, Floats, Floats]]) -> Ratios:
        """For each series its fold, predictions and what was left at the same moments."""
        values = [(left + 1) / (np.maximum(predictions, 0) + 1) for _, predictions, left in parts]
        weights = [np.full(len(part), 1 / (len(part) * (len(parts) + 1))) for part in values]
        folds = [np.full(len(part), fold) for part, (fold, _, _) in zip(values, parts, strict=True)]
        return Ratios(np.concatenate(values), np.concatenate(folds), np.concatenate(weights))

    def quantile(self, predictions: Floats, share: float) -> float:
        """What is left in all but a share of cases, in steps, 0 at least.

        predictions -- (folds,) of each model
        """
        left = (np.maximum(predictions, 0)[self.folds] + 1) * self.values - 1
        order = np.argsort(left)
        below = 1 - self.weights.sum() + self.weights[order].cumsum() - self.weights[order]  # mass under each
        fits = np.flatnonzero(below <= share + 1e-9)
        return max(0.0, float(left[order[fits[-1]]])) if fits.size else 0.0
