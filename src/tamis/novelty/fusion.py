"""Several scores become one: each is put on the scale of known texts, then they are added with fixed weights.

On that scale 0 is the median of known texts and 1 what one in twenty of them exceeds. The scale is fitted once, on
known texts that the components have not seen, without labels and without anything novel.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tamis.core import Floats
from tamis.novelty.components.protocol import Look
from tamis.novelty.components.table import COMPONENTS, Ensemble
from tamis.novelty.inputs import Inputs

TAIL = 0.95  # the quantile that becomes 1
Scale = tuple[float, float]


@dataclass(frozen=True, slots=True)
class ScoreFusion:
    """Scales (median, distance from it to the tail) and weights by component."""

    scales: Mapping[str, Scale]
    weights: Mapping[str, float]

    @staticmethod
    def fit(ensemble: Ensemble, unseen: Inputs) -> ScoreFusion:
        """The scales of components on known texts that they were not fitted on."""
        scales = {name: _scale(look.scores) for name, look in ensemble.look(unseen).items()}
        total = sum(COMPONENTS[name].weight for name in scales)
        return ScoreFusion(scales, {name: COMPONENTS[name].weight / total for name in scales})

    def evidence(self, looks: Mapping[str, Look]) -> dict[str, Floats]:
        """(n,) for each component: its scores on the scale of known texts."""
        return {name: (look.scores - self.scales[name][0]) / self.scales[name][1] for name, look in looks.items()}

    def fused(self, evidence: Mapping[str, Floats]) -> Floats:
        """(n,) the weighted mean."""
        return np.asarray(sum(self.weights[name] * values for name, values in evidence.items()))


def _scale(scores: Floats) -> Scale:
    middle, tail = (float(np.quantile(scores, share)) for share in (0.5, TAIL))
    spread = tail - middle
    return middle, spread if spread > 1e-6 else max(0.1 * abs(middle), 1e-3)  # (few texts may score all alike)
