"""From logits to what can be said of them: the share of ordinary texts that look so, and a probability at even odds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tamis.core import Floats
from tamis.novelty.calibration import HeldOut

_CLIP = 30.0


@dataclass(frozen=True, eq=False)
class GuardCalibration:
    """What held-out texts say of the logits of one place.

    Attributes:
        ordinary: logits of ordinary texts.
        slope, shift: of the probability of an attack where half of the texts are attacks (Platt 1999).
    """

    ordinary: HeldOut
    slope: float = 1.0
    shift: float = 0.0

    def probability(self, logit: float) -> float:
        """Of an attack, where half of the texts are."""
        return float(1 / (1 + np.exp(-np.clip(self.slope * logit + self.shift, -_CLIP, _CLIP))))

    def p(self, logit: float) -> float:
        """The share of ordinary texts that look as much like an attack."""
        return float(self.ordinary.p_values(np.array([logit]))[0])

    @staticmethod
    def of(ordinary: Floats, attacks: Floats) -> GuardCalibration:
        """Of the logits of both; without attacks the logit is taken at its word."""
        held = HeldOut.of(ordinary)
        if not len(attacks) or not len(ordinary):
            return GuardCalibration(held)
        x = np.concatenate([ordinary, attacks])
        few, many = len(ordinary), len(attacks)
        y = np.concatenate([np.full(few, 1 / (few + 2)), np.full(many, 1 - 1 / (many + 2))])
        heavy = np.concatenate([np.full(few, 0.5 / few), np.full(many, 0.5 / many)])
        return GuardCalibration(held, *_logistic(x, y, heavy))


def _logistic(x: Floats, y: Floats, heavy: Floats) -> tuple[float, float]:
    """Slope and intercept of a weighted logistic regression, by Newton's steps that are held short."""
    weights, rows = np.array([1.0, 0.0]), np.stack([x, np.ones_like(x)], 1)
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(rows @ weights, -_CLIP, _CLIP)))
        hessian = (rows * (heavy * p * (1 - p))[:, None]).T @ rows + 1e-4 * np.eye(2)
        step = np.linalg.solve(hessian, rows.T @ (heavy * (y - p)))
        weights = weights + np.clip(step, -0.5, 0.5)
    return float(max(weights[0], 0.05)), float(weights[1])
