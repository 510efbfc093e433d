"""From logits to what can be said of them: the share of ordinary texts that look so, and a probability at even odds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tamis.core import Floats
from tamis.novelty.calibration import HeldOut

_CLIP = 30.0
_HIGH = 0.95  # the quantile whose growth with the length of texts is taken off
_GROWTHS = np.linspace(0.0, 1.5, 31)
_SHORT = 8  # windows up to which a text is not long


@dataclass(frozen=True, eq=False)
class GuardCalibration:
    """What held-out texts say of the logits of one place.

    The logit of a text is that of its most suspect window. A long text has more chances to look suspect, so `length`
    times the logarithm of the number of windows, in eights, is taken off it.

    Attributes:
        ordinary: logits of ordinary texts, less what their length is good for.
        slope, shift: of the probability of an attack where half of the texts are attacks (Platt 1999).
        length: how much a logit grows where a long text has e times as many windows.
    """

    ordinary: HeldOut
    slope: float = 1.0
    shift: float = 0.0
    length: float = 0.0

    def probability(self, logit: float, windows: int = 1) -> float:
        """Of an attack, where half of the texts are."""
        score = logit - self.allowance(windows)
        return float(1 / (1 + np.exp(-np.clip(self.slope * score + self.shift, -_CLIP, _CLIP))))

    def p(self, logit: float, windows: int = 1) -> float:
        """The share of ordinary texts that look as much like an attack."""
        return float(self.ordinary.p_values(np.array([logit - self.allowance(windows)]))[0])

    def threshold(self, rate: float, windows: int = 1) -> float:
        """The logit above which a text of so many windows is flagged."""
        return self.ordinary.threshold(rate) + self.allowance(windows)

    def allowance(self, windows: int) -> float:
        """What is taken off the logit of a text of so many windows."""
        return self.length * float(_size(np.array(windows)))

    @staticmethod
    def of(ordinary: Floats, attacks: Floats) -> GuardCalibration:
        """Of both kinds, (n, 2) logits and numbers of windows; without attacks the logit is taken at its word."""
        length = growth(ordinary)
        ordinary, attacks = (rows[:, 0] - length * _size(rows[:, 1]) for rows in (ordinary, attacks))
        held = HeldOut.of(ordinary)
        if not len(attacks) or not len(ordinary):
            return GuardCalibration(held, length=length)
        x = np.concatenate([ordinary, attacks])
        few, many = len(ordinary), len(attacks)
        y = np.concatenate([np.full(few, 1 / (few + 2)), np.full(many, 1 - 1 / (many + 2))])
        heavy = np.concatenate([np.full(few, 0.5 / few), np.full(many, 0.5 / many)])
        return GuardCalibration(held, *_logistic(x, y, heavy), length)


def _size(windows: Floats) -> Floats:
    return np.asarray(np.log(np.maximum(windows / _SHORT, 1.0)))


def growth(rows: Floats) -> float:
    """How much a high quantile of logits grows with the length of texts, (n, 2) logits and numbers of windows.

    Quantile regression (Koenker and Bassett 1978) on a grid; 0 where texts are few or of one length.
    """
    sizes = _size(rows[:, 1])
    if len(rows) < 1 / (1 - _HIGH) or not sizes.any():
        return 0.0
    rests = rows[:, 0] - _GROWTHS[:, None] * sizes
    rests -= np.quantile(rests, _HIGH, axis=1, keepdims=True)
    losses = np.maximum(_HIGH * rests, (_HIGH - 1) * rests).mean(1)
    return float(_GROWTHS[int(losses.argmin())])


def _logistic(x: Floats, y: Floats, heavy: Floats) -> tuple[float, float]:
    """Slope and intercept of a weighted logistic regression, by Newton's steps that are held short."""
    weights, rows = np.array([1.0, 0.0]), np.stack([x, np.ones_like(x)], 1)
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(rows @ weights, -_CLIP, _CLIP)))
        hessian = (rows * (heavy * p * (1 - p))[:, None]).T @ rows + 1e-4 * np.eye(2)
        step = np.linalg.solve(hessian, rows.T @ (heavy * (y - p)))
        weights = weights + np.clip(step, -0.5, 0.5)
    return float(max(weights[0], 0.05)), float(weights[1])
