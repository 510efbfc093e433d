"""How good a classifier is on texts that it never saw, judged word by word through the very files that ship."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from tamis.core import Bools, Floats
from tamis.distill.auc import auc
from tamis.distill.calibrate import calibration_error
from tamis.distill.label import Marked
from tamis.models.scores import TokenScores
from tamis.text.align import pool_tokens

THRESHOLD = 0.5


class Keeper(Protocol):
    """What gives every piece of a text a keep-probability."""

    def keep(self, texts: Sequence[str]) -> list[TokenScores]:
        """The scores of each text, "keep" among them."""


def figures(keeper: Keeper, marked: Sequence[Marked]) -> dict[str, float]:
    """Figures over all words of the texts, at a threshold of one half where one is needed.

    "rate, teacher" and "rate, model" are the shares of words that are kept.
    """
    chance, wanted = word_chances(keeper, marked)
    kept = chance >= THRESHOLD
    right = int((kept & wanted).sum())
    figures_by_name = {
        "accuracy": float((kept == wanted).mean()) if len(wanted) else 0.0,
        "precision": right / max(1, int(kept.sum())),
        "recall": right / max(1, int(wanted.sum())),
        "F1": 2 * right / max(1, int(kept.sum()) + int(wanted.sum())),
        "calibration error": calibration_error(chance, wanted.astype(np.float64)),
        "rate, teacher": float(wanted.mean()) if len(wanted) else 0.0,
        "rate, model": float(kept.mean()) if len(wanted) else 0.0,
        "words": float(len(wanted)),
    }
    if wanted.any() and not wanted.all():
        figures_by_name["AUC"] = auc(chance.astype(np.float32), wanted)
    return {name: round(value, 4) for name, value in figures_by_name.items()}


def word_chances(keeper: Keeper, marked: Sequence[Marked]) -> tuple[Floats, Bools]:
    """The keep-probability of every word of the texts (mean over its pieces), and whether the teacher kept it."""
    chances, wanted = [np.zeros(0)], [np.zeros(0, np.bool_)]
    for one, scores in zip(marked, keeper.keep([one.text for one in marked]), strict=True):
        units, keep = one.labels()
        chances.append(pool_tokens(scores.offsets, scores.values["keep"], units.starts, units.ends))
        wanted.append(keep)
    return np.concatenate(chances), np.concatenate(wanted)
