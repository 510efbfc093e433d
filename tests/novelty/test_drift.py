"""Drift: unchanged streams rarely alarm, changed ones soon do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.errors import InvalidInput
from tamis.novelty import Detector, Drift, HeldOut
from tamis.novelty.drift import permutation_test
from tests.novelty.making import KNOWN, NOVEL


class Numbers:
    """A detector whose texts are their own scores."""

    def __init__(self, scores):
        self.calibration = HeldOut.of(scores)

    def scores(self, texts):
        return np.array([float(text) for text in texts])


def stream(values):
    return [str(value) for value in values]


def test_of_a_hundred_unchanged_streams_few_alarm():
    alarms = windows = changed = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        monitor = Drift(Numbers(rng.normal(size=200)), rate=0.1, window=50)
        monitor.add(stream(rng.normal(size=300)))
        alarms += monitor.alarm is not None
        windows += len(monitor.windows)
        changed += sum(window.changed for window in monitor.windows)
    assert alarms <= 18  # Ville: 10 expected at most; 18 or more of 100 has a chance of 0.01
    assert changed / windows <= 0.16


@pytest.mark.parametrize("shift", [1.0, -1.0])
def test_a_shift_in_either_direction_is_noticed(shift):
    rng = np.random.default_rng(1)
    monitor = Drift(Numbers(rng.normal(size=300)), rate=0.01)
    monitor.add(stream(rng.normal(size=300)))
    assert monitor.alarm is None
    monitor.add(stream(rng.normal(size=300) + shift))
    assert 300 <= monitor.alarm < 500
    assert [window.changed for window in monitor.windows] == [False] * 3 + [True] * 3


def test_it_does_not_matter_in_which_pieces_texts_come():
    rng = np.random.default_rng(2)
    numbers, texts = Numbers(rng.normal(size=100)), stream(rng.normal(0.5, size=130))
    whole, pieces = Drift(numbers, window=20), Drift(numbers, window=20)
    whole.add(texts)
    for text in texts:
        pieces.add([text])
    assert whole.windows == pieces.windows
    assert whole.capital == pytest.approx(pieces.capital)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=12), st.lists(st.integers(0, 5), min_size=1, max_size=12))
def test_the_distance_is_that_of_distribution_functions(ours, theirs):
    distance, p = permutation_test(np.array(ours, float), np.array(theirs, float), 0.5, np.random.default_rng(0))
    naive = max(
        abs(sum(x <= v for x in ours) / len(ours) - sum(x <= v for x in theirs) / len(theirs)) for v in range(6)
    )
    assert distance == pytest.approx(naive, abs=1e-6)
    assert 0 < p <= 1


def test_on_texts():
    monitor = Drift(Detector.fit(KNOWN[::2], encoder=None), window=20, rate=0.01)
    monitor.add(NOVEL * 10)
    assert monitor.windows[0].changed
    assert monitor.windows[0].novel == 0  # twenty held out: no single text can be called novel at 1 %


def test_settings_that_cannot_be():
    with pytest.raises(InvalidInput, match="at least 10"):
        Drift(Numbers(np.arange(5.0)), window=3)
    with pytest.raises(InvalidInput, match="between 0 and 1"):
        Drift(Numbers(np.arange(5.0)), rate=2)
