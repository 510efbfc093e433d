"""The area under the ROC curve of scores against labels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tamis.core import Floats


def auc(scores: Floats, labels: NDArray[np.bool_]) -> float:
    """Chance that a random positive scores above a random negative, ties counted half.

    Example: scores [3, 1, 2], labels [1, 0, 1] -> 1.0
    """
    order = np.argsort(scores, kind="stable")
    ranks = np.empty(len(scores))
    ranks[order] = np.arange(1, len(scores) + 1)
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.bincount(inverse, ranks) / counts)[inverse]
    positives = int(labels.sum())
    negatives = len(labels) - positives
    if not positives or not negatives:
        raise ValueError("AUC needs both kinds of labels")
    return float((ranks[labels].sum() - positives * (positives + 1) / 2) / (positives * negatives))
