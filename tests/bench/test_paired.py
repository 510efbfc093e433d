"""Differences with their intervals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.bench.paired import difference, interval
from tamis.errors import InvalidInput

SCORES = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=30)


@given(SCORES)
def test_the_mean_lies_within_and_signs_turn(pairs):
    ours, theirs = zip(*pairs, strict=True)
    found, back = difference(ours, theirs, draws=200), difference(theirs, ours, draws=200)
    assert found.low - 1e-9 <= found.mean <= found.high + 1e-9
    assert np.isclose(found.mean, -back.mean)
    assert np.isclose(found.mean, np.mean(ours) - np.mean(theirs))


def test_equal_scores_differ_by_nothing():
    found = difference([0.2, 0.9, 1.0], [0.2, 0.9, 1.0])
    assert (found.mean, found.low, found.high) == (0, 0, 0)


def test_intervals_cover_as_often_as_they_say():
    random = np.random.default_rng(1)
    hits = 0
    for _ in range(200):
        gaps = random.normal(0.1, 0.3, size=40)
        found = difference(gaps, np.zeros(40), draws=400)
        hits += found.low <= 0.1 <= found.high
    assert 0.88 <= hits / 200 <= 0.99


def test_what_cannot_be_paired_is_said():
    for ours, theirs in (([], []), ([1.0], [1.0, 0.0]), ([float("nan")], [1.0])):
        with pytest.raises(InvalidInput):
            difference(ours, theirs)
    with pytest.raises(InvalidInput):
        difference([1.0], [0.0], confidence=1.0)


def test_kinds_of_which_there_are_more_weigh_no_more():
    scores, kinds = np.array([1.0] * 9 + [0.0]), ["a"] * 9 + ["b"]
    low, high = interval(scores, strata=kinds, groups=list(range(10)))
    assert low <= 0.5 <= high <= 1.0
    assert interval(scores, strata=kinds, groups=[0] * 10) == (0.5, 0.5)
