"""Measures by hand and against naive counts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.errors import InvalidInput
from tamis.novelty.measures import separation

SCORES = st.lists(st.integers(0, 9), min_size=1, max_size=30)


def test_by_hand():
    # usual 1 2 3 8, novel 4 5 6 7: three of four usual are below all novel, 8 above all
    figures = separation([1, 2, 3, 8], [4, 5, 6, 7])
    assert figures.auroc == pytest.approx(0.75)
    assert figures.far95 == pytest.approx(0.25)  # the threshold is 4
    assert figures.aupr == pytest.approx((1 / 2 + 2 / 3 + 3 / 4 + 4 / 5) / 4)
    assert figures.missed95 == 1.0  # the threshold is 8
    assert figures.prevalence == 0.5


@given(SCORES, SCORES)
def test_as_naive_counts(usual, novel):
    pairs = [(n > u) + 0.5 * (n == u) for n in novel for u in usual]
    figures = separation(usual, novel)
    assert figures.auroc == pytest.approx(sum(pairs) / len(pairs))
    thresholds = sorted({*usual, *novel}, reverse=True)
    recall = area = 0.0
    for t in thresholds:
        hits, alarms = sum(n >= t for n in novel), sum(u >= t for u in usual)
        area += (hits / len(novel) - recall) * hits / (hits + alarms)
        recall = hits / len(novel)
    assert figures.aupr == pytest.approx(area)
    assert all(0 <= value <= 1 for value in (figures.far95, figures.missed95))


@given(SCORES, SCORES)
def test_the_other_way_round(usual, novel):
    back = separation(-np.array(novel), -np.array(usual))
    assert back.auroc == pytest.approx(separation(usual, novel).auroc)


@pytest.mark.parametrize(("usual", "novel"), [([], [1]), ([1], []), ([1], [np.nan])])
def test_no_scores(usual, novel):
    with pytest.raises(InvalidInput, match="empty or no numbers"):
        separation(usual, novel)
