"""How sure a recogniser may be: the balance between precision and recall, and confidence that is right that often."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

Spans = list[tuple[int, int, str, float]]
BIASES = (0.0, 0.5, 1.0, 1.5, 2.0)
_CLIP = 12.0


@dataclass(frozen=True, slots=True)
class SpanCalibration:
    """What was fitted on texts that the network has not seen.

    Attributes:
        bias: taken from the score of "no name".
        temperature: the logit of a span's probability is divided by it.
        shift: and this is added.
    """

    bias: float = 0.0
    temperature: float = 1.0
    shift: float = 0.0

    def confidence(self, probability: float) -> float:
        """How often a span of this probability is right."""
        return float(1 / (1 + np.exp(-np.clip(_logit(probability) / self.temperature + self.shift, -_CLIP, _CLIP))))

    def to_dict(self) -> dict[str, float]:
        """The three numbers."""
        return {name: round(float(value), 6) for name, value in asdict(self).items()}


def calibrate(read: Callable[[float], list[Spans]], gold: Sequence[set[tuple[int, int, str]]]) -> SpanCalibration:
    """The bias with the best F1, then temperature and shift of the least surprise (Platt 1999, with its priors).

    read -- the spans of each text, given a bias
    gold -- those that are right
    """
    results = {bias: read(bias) for bias in BIASES}
    bias = max(BIASES, key=lambda one: (f1(results[one], gold), -one))
    pairs = [(span[3], span[:3] in right) for row, right in zip(results[bias], gold, strict=True) for span in row]
    if len(pairs) < 20 or len({right for _, right in pairs}) < 2:
        return SpanCalibration(bias)
    logits = np.array([float(_logit(probability)) for probability, _ in pairs])
    good = sum(right for _, right in pairs)
    high, low = (good + 1) / (good + 2), 1 / (len(pairs) - good + 2)
    slope, shift = _logistic(logits, np.array([high if right else low for _, right in pairs]))
    return SpanCalibration(bias, 1 / max(slope, 0.05), shift)


def f1(rows: Sequence[Spans], gold: Sequence[set[tuple[int, int, str]]]) -> float:
    """Strict F1, micro-averaged: place and type must be right."""
    right = sum(len({span[:3] for span in row} & good) for row, good in zip(rows, gold, strict=True))
    return 2 * right / max(1, sum(map(len, rows)) + sum(map(len, gold)))


def _logit(probability: float) -> float:
    inside = min(max(probability, 1e-6), 1 - 1e-6)
    return float(np.log(inside / (1 - inside)))


def _logistic(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[float, float]:
    """Slope and intercept of a logistic regression, by Newton's steps."""
    weights = np.array([1.0, 0.0])
    rows = np.stack([x, np.ones_like(x)], 1)
    for _ in range(30):
        p = 1 / (1 + np.exp(-np.clip(rows @ weights, -_CLIP, _CLIP)))
        hessian = (rows * (p * (1 - p))[:, None]).T @ rows + 1e-3 * np.eye(2)
        step = np.linalg.solve(hessian, rows.T @ (y - p) - 1e-3 * (weights - np.array([1.0, 0.0])))
        weights = weights + np.clip(step, -1, 1)
    return float(weights[0]), float(weights[1])
