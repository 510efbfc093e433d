"""What each segmenter does by hand and beside an oracle."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tamis.errors import InvalidInput, UnknownName
from tamis.memory.segment import SEGMENTERS, Optimal, every
from tamis.memory.segment.density import DENSITY, density_of, knob
from tamis.memory.segment.grid import band, block_cosines, limited, stored
from tamis.memory.segment.optimal import best_starts
from tamis.memory.segment.tiling import depths
from tamis.memory.types import Turn
from tests.memory.segment.making import session

SESSIONS = st.tuples(st.integers(0, 10**6), st.integers(0, 40))


@pytest.mark.parametrize("name", ["texttiling", "optimal"])
def test_density_sets_how_often_it_cuts(name):
    turns, vectors = session(3, 400, topics=30)
    counts = [int(SEGMENTERS[name](density).cut(turns, vectors).sum()) for density in (0.01, 0.1, 0.3, 0.6)]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]
    for kind in DENSITY:
        assert SEGMENTERS[name](kind).cut(turns, vectors)[0]
    with pytest.raises(UnknownName, match="mumbling"):
        SEGMENTERS[name]("mumbling")
    with pytest.raises(InvalidInput, match="between 0 and 1"):
        SEGMENTERS[name](1.5)


@pytest.mark.parametrize("name", ["texttiling", "optimal"])
def test_plain_topics_are_found(name):
    a, b = np.eye(2, dtype=np.float32)
    vectors = np.array([a, a, a, a, b, b, b, b, a, a, a, a])
    opens = SEGMENTERS[name]("chat").cut((Turn("x"),) * 12, vectors)
    assert np.flatnonzero(opens).tolist() == [0, 4, 8]


def test_runs_by_hand():
    turns, vectors = session(1, 7)
    assert every(3).cut(turns, vectors).tolist() == [True, False, False, True, False, False, True]
    # two of three are there already
    assert every(3).cut(turns, vectors, known=4, length=2).tolist() == [False, True, False]
    with pytest.raises(InvalidInput, match="at least one"):
        every(0)


@given(SESSIONS, st.integers(1, 4))
def test_block_cosines_by_definition(given_, size):
    _, vectors = session(*given_)
    exact = stored(vectors)
    found = block_cosines(band(exact, 2 * size), size)
    for place in range(1, len(exact)):
        left, right = exact[max(0, place - size) : place].sum(0), exact[place : place + size].sum(0)
        wanted = left @ right / max(np.linalg.norm(left) * np.linalg.norm(right), 1e-12)
        assert found[place] == pytest.approx(wanted, abs=1e-9)


def test_depths_by_hand():
    # from .2 it rises to .9 on the left; on the right to .6, where it falls again
    assert depths(np.array([0.9, 0.2, 0.6, 0.5])) == pytest.approx([0, 0.7 + 0.4, 0, 0.1])
    assert depths(np.array([0.5, 0.5])) == pytest.approx([0, 0])


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6), st.integers(1, 8), st.floats(0.1, 2), st.integers(1, 8), st.integers(0, 8))
def test_optimal_is_the_best_of_all(seed, count, price, longest, held):
    _, vectors = session(seed, count)
    exact, held = stored(vectors), min(held, longest, count)

    def cost(starts):
        parts = np.split(exact, list(starts)[1:])
        if any(len(part) > longest for part in parts):
            return np.inf
        return sum(price + ((part - part.mean(0)) ** 2).sum() for part in parts)

    free = range(max(held, 1), count)
    every_way = [(0, *rest) for size in range(count) for rest in itertools.combinations(free, size)]
    found = best_starts(exact, price, longest=longest, pinned=held)
    assert tuple(found) in every_way
    assert cost(found) == pytest.approx(min(map(cost, every_way)), abs=1e-6)


def test_optimal_keeps_the_open_segment_whole():
    a, b = np.eye(2, dtype=np.float32)
    vectors = np.array([a, a, b, b, b])
    opens = Optimal(0.2).cut((Turn("x"),) * 5, vectors, known=2, length=2)
    assert opens.tolist() == [True, False, False]
    assert Optimal(0.2).cut((Turn("x"),) * 3, vectors[2:], known=1, length=9).tolist() == [False, False]


@given(st.lists(st.booleans(), max_size=40), st.integers(0, 10), st.integers(1, 6))
def test_limit_only_adds_cuts_and_only_where_needed(opens, length, longest):
    made = limited(np.array(opens, bool), length, longest).tolist()
    for place, (before, after) in enumerate(zip(opens, made, strict=True)):
        assert after >= before
        run = next((n for n in range(place) if made[place - 1 - n]), None)
        held = run + 1 if run is not None else length + place
        assert after == (before or held == 0 or held >= longest)


def test_knob_lies_between_the_points():
    curve = ((0.1, 3.0), (0.4, 1.0))
    assert knob(0.1, curve) == 3
    assert knob(0.2, curve) == pytest.approx(2)  # half way from .1 to .4 in doublings
    assert knob(0.9, curve) == 1
    assert density_of("chat") == DENSITY["chat"]
