"""p-values hold what they promise: by hand, by law, and against naive sums."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.errors import InvalidInput
from tamis.novelty import HeldOut
from tamis.novelty.binomial import at_least, interval, order_interval

SCORES = st.lists(st.integers(0, 20), min_size=1, max_size=40)


def test_by_hand():
    # four held out: 1, 2, 2, 5. A score of 2 has three at least as high, itself one more: 4 of 5
    calibration = HeldOut.of(np.array([2.0, 5.0, 1.0, 2.0]))
    assert calibration.p_values(np.array([0.0, 2.0, 2.5, 5.0, 6.0])).tolist() == [1.0, 0.8, 0.4, 0.4, 0.2]


@given(SCORES, st.integers(0, 20))
def test_as_the_definition_says(scores, score):
    naive = (1 + sum(other >= score for other in scores)) / (len(scores) + 1)
    assert HeldOut.of(np.array(scores)).p_values(np.array([score]))[0] == pytest.approx(naive)


@given(SCORES, st.floats(0.01, 0.99))
def test_whichever_of_them_is_new_few_are_called_novel(scores, rate):
    """The conformal law, exactly: of n + 1 exchangeable scores each is the new one as often as any other."""
    values = np.array(scores, float)
    alarms = [
        HeldOut.of(np.delete(values, place)).p_values(values[place : place + 1])[0] <= rate
        for place in range(len(values))
    ]
    assert sum(alarms) <= rate * len(values) + 1e-9


@given(SCORES, st.floats(0.01, 0.99), st.integers(-1, 22))
def test_the_threshold_says_what_the_p_value_says(scores, rate, score):
    calibration = HeldOut.of(np.array(scores))
    p = calibration.p_values(np.array([score]))[0]
    assert (p <= rate) == (score > calibration.threshold(rate))


@pytest.mark.parametrize("rate", [0.01, 0.05])
def test_false_alarms_of_many_detectors_are_within_the_binomial_interval(rate):
    rng = np.random.default_rng(4)
    trials, alarms = 4_000, 0
    for _ in range(trials):
        scores = rng.exponential(size=200)
        alarms += HeldOut.of(scores[1:]).p_values(scores[:1])[0] <= rate  # 199 held out: (n + 1) * rate is whole
    low, high = interval(alarms, trials, 0.999)
    assert low <= rate <= high


@given(st.integers(0, 12), st.integers(1, 12), st.floats(0, 1))
def test_the_tail_is_the_sum_of_its_terms(count, total, chance):
    naive = sum(comb(total, k) * chance**k * (1 - chance) ** (total - k) for k in range(count, total + 1))
    assert at_least(count, total, chance) == pytest.approx(naive, abs=1e-9)


def test_intervals_of_the_literature():
    assert interval(0, 10) == pytest.approx((0.0, 0.3085), abs=1e-4)  # the rule 1 - 0.025 ** (1 / 10)
    assert interval(5, 10) == pytest.approx((0.1871, 0.8129), abs=1e-4)
    assert interval(10, 10)[1] == 1.0


@given(st.integers(1, 30), st.integers(1, 12))
def test_an_interval_holds_the_share(total, count):
    low, high = interval(min(count, total), total)
    assert low <= min(count, total) / total <= high


def test_what_a_detector_will_show_lies_where_order_statistics_say():
    rng = np.random.default_rng(0)
    low, high = order_interval(5, 99)
    above = [1 - np.sort(rng.random(99))[-5] for _ in range(2_000)]  # the share above the fifth largest of 99
    assert np.mean([low <= share <= high for share in above]) == pytest.approx(0.95, abs=0.02)


def test_too_few_promise_nothing():
    promise = HeldOut.of(np.arange(9.0)).promise(0.05)
    assert not promise.kept
    assert promise.smallest == pytest.approx(0.1)
    assert "19 held out would do" in str(promise)
    assert HeldOut.of(np.arange(19.0)).promise(0.05).kept


@pytest.mark.parametrize("rate", [0, 1, -0.1, 7])
def test_a_rate_that_is_none(rate):
    with pytest.raises(InvalidInput, match="between 0 and 1"):
        HeldOut.of(np.arange(9.0)).promise(rate)


def test_scores_that_are_no_numbers_are_refused():
    with pytest.raises(InvalidInput, match="1 of 3 scores"):
        HeldOut.of([1.0, float("nan"), 2.0])
