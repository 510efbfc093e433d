"""The measurements of novelty at tiny size: that they measure."""

from __future__ import annotations

import numpy as np

from benchmarks.novelty.clinc import _alarm, _row
from benchmarks.novelty.episodes import METHODS, QUERIES, WAYS, _guesses


def test_a_row_has_figures_with_intervals():
    rng = np.random.default_rng(0)
    row = _row("any", rng.normal(size=200), rng.normal(2, size=50))
    low, high = map(float, str(row["auroc 95 %"]).split(" to "))
    assert low <= float(str(row["auroc"])) <= high
    assert _alarm("a", "b", 0.05, 5, 100)["95 %"] == "1.64 to 11.28"  # Clopper and Pearson


def test_classes_that_lie_apart_are_told_apart_by_every_method():
    centres = np.eye(WAYS, 8, dtype=np.float32)
    guesses = _guesses(centres[:, None], np.repeat(centres, QUERIES, axis=0), centres)
    assert set(guesses) == set(METHODS)
    for guess in guesses.values():
        assert guess.tolist() == np.repeat(np.arange(WAYS), QUERIES).tolist()
