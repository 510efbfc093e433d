"""RateLimiter: no minute holds more than it may, wherever it begins."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.distill.limiter import RateLimiter

STEPS = st.lists(st.tuples(st.floats(0, 5), st.integers(1, 400)), min_size=1, max_size=60)


@given(steps=STEPS, requests=st.integers(1, 50), tokens=st.integers(400, 3000))
def test_no_minute_holds_too_many(steps, requests, tokens):
    pace, now, starts = RateLimiter(requests, tokens), 100.0, []
    for passed, cost in steps:
        now += passed
        starts.append((now + pace.book(now, cost), cost))
    for begin, _ in starts:  # a minute that holds most begins with a request
        inside = [cost for at, cost in starts if begin <= at < begin + 60 - 1e-6]
        assert len(inside) <= requests
        assert sum(inside[:-1]) <= tokens  # the last one's tokens are spread over the time behind it
    assert all(b >= a for (a, _), (b, _) in pairwise(starts))


def test_without_limits_nobody_waits():
    pace = RateLimiter()
    assert [pace.book(5.0, 1000) for _ in range(3)] == [0, 0, 0]


def test_hand_worked():
    pace = RateLimiter(requests=60)  # one a second
    assert [pace.book(10.0, 1) for _ in range(3)] == [0, 1, 2]
    assert pace.book(20.0, 1) == 0  # what was not used is not saved up


def test_a_pause_holds_back_everyone():
    pace = RateLimiter(requests=60)
    pace.pause(10.0, 5.0)
    assert pace.book(10.0, 1) == pytest.approx(5)
    pace.pause(11.0, 1.0)  # a shorter one does not end it
    assert pace.paused(12.0) == pytest.approx(3)
    assert pace.paused(20.0) == 0
