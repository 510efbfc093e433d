"""Fitting on the dev documents: how tiers and salience make one score, and how ranking features add up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from training.encoder.evaluate import Blind, Kept, Mix, blind, keep_auc
from training.encoder.labels import Floats

_TIERS = (  # shapes tried: weight of P(tier <= 0..3)
    (0.25, 0.25, 0.25, 0.25),
    (0.1, 0.6, 0.2, 0.1),
    (0.4, 0.4, 0.1, 0.1),
    (0.2, 0.3, 0.3, 0.2),
    (0.5, 0.2, 0.2, 0.1),
)
_SALIENCE = (0.0, 0.2, 0.35, 0.5, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 1.0)
KEEP: Mix = lambda words: words[:, 1]  # noqa: E731 - P(tier <= 1), the `keep` label itself


@dataclass(frozen=True)
class Blend:
    """score = (1 - salience) * sum_k tiers[k] * P(tier <= k) + salience * P(asked about), in 0..1."""

    tiers: tuple[float, float, float, float]
    salience: float

    def __call__(self, words: Floats) -> Floats:
        """Scores (n,) of word probabilities (n, 5)."""
        tiers = words[:, :4] @ np.array(self.tiers, np.float32)
        return ((1 - self.salience) * tiers + self.salience * words[:, 4]).astype(np.float32)


def candidates() -> Iterator[Blend]:
    """The blends tried."""
    for tiers in _TIERS:
        for salience in _SALIENCE:
            yield Blend(tiers, salience)


def fit_blend(questions: Blind, kept: Kept, shares: Sequence[float] = (0.5, 1 / 3)) -> Blend:
    """The dev documents' best sum of answers kept whole at 2x, at 3x, and keep-AUC; the first of equals.

    Answers alone would take nearly salience only (1 to 2 points more of them), which no longer reads as a compression.
    """

    def worth(mix: Blend) -> float:
        return sum(blind(questions, mix, share) for share in shares) + keep_auc(kept, mix)["all"]

    return max(candidates(), key=worth)
