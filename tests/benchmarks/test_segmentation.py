"""Measures of segmentations: by hand, beside slow oracles, and as laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.memory.segmentation import (
    Labelled,
    averaged,
    boundary_f1,
    coverage,
    measured,
    pk,
    purity,
    run,
    score,
    told,
    window_diff,
    window_of,
)
from tamis.errors import InvalidInput
from tamis.memory.segment.runs import every
from tamis.memory.types import Turn


def cuts(text):
    """`|` opens a segment: "..|.." is five turns... of which the third opens one."""
    return [mark == "|" for mark in text]


PAIRS = st.integers(1, 30).flatmap(
    lambda n: st.tuples(*[st.lists(st.booleans(), min_size=n, max_size=n).map(lambda x: [True, *x[1:]])] * 2)
)


def naive(truth, guess, k, different):
    """The definition, window by window."""
    n = len(truth)
    wrong = 0
    for start in range(n - k + 1):
        counts = [sum(bool(o[i + 1]) for i in range(start, start + k) if i + 1 < n) for o in (truth, guess)]
        wrong += different(*counts)
    return wrong / (n - k + 1)


@given(PAIRS, st.integers(1, 30))
def test_windows_agree_with_their_definition(pair, k):
    truth, guess = pair
    k = min(k, len(truth))
    assert pk(truth, guess, k) == pytest.approx(naive(truth, guess, k, lambda a, b: (a > 0) != (b > 0)))
    assert window_diff(truth, guess, k) == pytest.approx(naive(truth, guess, k, lambda a, b: a != b))


@given(PAIRS)
def test_measures_lie_between_0_and_1_and_are_best_for_the_truth(pair):
    truth, guess = pair
    found, own = measured(truth, guess), measured(truth, truth)
    for value in (found.pk, found.window_diff, found.f1, found.score, found.purity, found.coverage, found.density):
        assert 0 <= value <= 1
    assert (own.pk, own.window_diff, own.purity, own.coverage) == (0, 0, 1, 1)
    assert own.f1 == float(any(truth[1:]))
    assert found.pk <= found.window_diff  # a window that differs in kind differs in number


@given(PAIRS)
def test_purity_and_coverage_by_sets(pair):
    truth, guess = pair
    segments = [np.split(np.arange(len(o)), np.flatnonzero(o[1:]) + 1) for o in (truth, guess)]
    best = sum(max(len(set(mine) & set(theirs)) for theirs in segments[0]) for mine in segments[1])
    assert purity(truth, guess) == pytest.approx(best / len(truth))
    assert coverage(truth, guess) == pytest.approx(purity(guess, truth))


def test_by_hand():
    # four turns in two pairs; guessed is a cut one turn late. k = max(2, round(4 / 2 / 2)) = 2: windows of two gaps,
    # gaps behind turns (0 1)(1 2)(2 3); the truth has a cut behind 1, the guess behind 2
    truth, guess = cuts("|.|."), cuts("|..|")
    assert window_of(truth) == 2
    assert pk(truth, guess) == pytest.approx(2 / 3)  # (0 1): yes/no, (1 2): yes/yes, (2 3): no/yes
    assert window_diff(truth, guess) == pytest.approx(2 / 3)
    assert boundary_f1(truth, guess) == 0
    assert score(truth, guess) == pytest.approx((1 / 3 + 1 / 3) / 4)
    assert purity(truth, guess) == 3 / 4  # {0 1 2} has two of the first pair, {3} one of the second
    assert coverage(truth, guess) == 3 / 4  # {0 1} whole in the first, {2 3} half


def test_window_diff_counts_what_pk_only_sees():
    truth, guess = cuts("|...|..."), cuts("|..||...")  # k = 2
    assert pk(truth, guess) == pytest.approx(1 / 7)  # only behind (1 2)
    assert window_diff(truth, guess) == pytest.approx(2 / 7)  # and behind (2 3): one cut against two


def test_no_cut_and_all_cuts():
    truth = cuts("|.|...|.")
    assert coverage(truth, cuts("|.......")) == 1
    assert purity(truth, cuts("||||||||")) == 1
    assert boundary_f1(cuts("|..."), cuts("|...")) == 0  # none to be found: SuperDialseg's convention
    assert boundary_f1(truth, cuts("||||||||")) == pytest.approx(2 * 2 / (2 + 7))


def test_window_is_half_the_mean_segment_at_least_two():
    assert window_of([True] + [False] * 19) == 10
    assert window_of([True] * 20) == 2
    assert window_of([True]) == 1
    assert pk([True], [True]) == 0


def test_average_counts_sessions_alike():
    whole = averaged([measured(cuts("|."), cuts("||")), measured(cuts("|||||"), cuts("|||||"))])
    assert whole.f1 == 0.5


@pytest.mark.parametrize("measure", [pk, window_diff, boundary_f1, purity, coverage, score, measured])
def test_different_lengths(measure):
    with pytest.raises(InvalidInput, match=r"[23] and [23] turns"):
        measure([True, False], [True, False, False])


def test_bad_windows_and_nothing_to_average():
    with pytest.raises(InvalidInput, match="window of 5"):
        pk([True, False], [True, True], 5)
    with pytest.raises(InvalidInput, match="no session"):
        averaged([])


@pytest.mark.parametrize("by", [0, 1, 3, 100])
def test_told_in_parts_as_a_memory_does(by):
    turns = tuple(Turn(str(n)) for n in range(7))
    session = Labelled(turns, np.zeros((7, 2), np.float32), np.array(cuts("|..|..|")))
    assert told(every(3), session, by=by).tolist() == cuts("|..|..|")
    assert run(every(3), [session], by=by).score == 1
