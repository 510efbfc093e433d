"""How much each piece of evidence counts, and when a name is in no knowledge base: a conditional logit.

    p(candidate) = exp(w . evidence) / (1 + sum of exp(w . evidence) over all candidates);   the 1 is "none of them"

So candidates compete with each other and with none, and what comes out is a probability. Weights are pulled towards
`PRIOR`, which holds what a set of examples cannot teach (types and links, where it has none).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tamis.entities.linking.candidates import COLUMN, EVIDENCE, Table

PRIOR = {"exact": 2.0, "words": 1.0, "letters": 4.0, "meaning": 2.0, "share": 1.0, "context": 2.0, "kind": 1.5,
         "document": 1.5, "links": 1.5, "bias": -6.0}  # fmt: skip
SECOND_PASS = ("document", "links")
_PULL, _STEPS, _RATE = 0.002, 400, 0.05


@dataclass(frozen=True, slots=True)
class LinkWeights:
    """The weight of each piece of evidence (`EVIDENCE`), for names alone and for names in the company of others."""

    alone: tuple[float, ...]
    together: tuple[float, ...]

    def probabilities(self, evidence: Table, *, together: bool) -> NDArray[np.float64]:
        """(n + 1,) of the candidates, and last of none."""
        logits = np.append(evidence @ np.array(self.together if together else self.alone), 0.0)
        shares = np.exp(logits - logits.max())
        return np.asarray(shares / shares.sum())


def prior_weights() -> tuple[float, ...]:
    """The weights that nothing was learned for."""
    return tuple(PRIOR.get(name, 0.0) for name in EVIDENCE)


def fitted(cases: Sequence[tuple[Table, int]], *, together: bool) -> tuple[float, ...]:
    """The weights of the least surprise.

    cases -- evidence (n, len(EVIDENCE)) of the candidates of a name, and which is right; n = none of them
    together -- whether the company of other names counts
    """
    prior = np.array(prior_weights())
    live = np.array([together or name not in SECOND_PASS for name in EVIDENCE], np.float64)
    weights, mean, square = prior * live, np.zeros(len(EVIDENCE)), np.zeros(len(EVIDENCE))
    rows = np.concatenate([evidence for evidence, _ in cases])
    sizes = np.array([len(evidence) for evidence, _ in cases])
    owners = np.repeat(np.arange(len(cases)), sizes)
    right = np.zeros(len(rows))
    starts = np.cumsum(sizes) - sizes
    right[[start + gold for start, size, (_, gold) in zip(starts, sizes, cases, strict=True) if gold < size]] = 1
    for step in range(1, _STEPS + 1):
        exps = np.exp(np.clip(rows @ weights, -30, 30))
        totals = 1 + np.bincount(owners, exps, minlength=len(cases))
        gradient = rows.T @ (exps / totals[owners] - right) / len(cases) + _PULL * (weights - prior * live)
        mean += 0.1 * (gradient - mean)
        square += 0.01 * (gradient**2 - square)
        weights -= live * _RATE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
    return tuple(round(float(value), 4) for value in weights)


__all__ = ["COLUMN", "LinkWeights", "fitted", "prior_weights"]
