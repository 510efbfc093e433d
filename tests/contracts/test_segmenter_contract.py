"""One contract over all segmenters of the table."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tamis.memory.segment import SEGMENTERS, Optimal, Runs, TextTiling, every
from tamis.memory.types import Turn
from tests.memory.segment.making import session

ALL = [make() for make in SEGMENTERS.values()]


CAUSAL = [one for one in ALL if not isinstance(one, TextTiling | Optimal) and not getattr(one, "wide", False)]


each = pytest.mark.parametrize("segmenter", ALL, ids=list(SEGMENTERS))


SESSIONS = st.tuples(st.integers(0, 10**6), st.integers(0, 40))


few = settings(max_examples=25, deadline=None)


def in_parts(segmenter, turns, vectors, sizes):
    """Told in batches, the way a memory does it."""
    opens: list[bool] = []
    for size in sizes:
        start = len(opens)
        known = min(start, max(1, segmenter.context))
        seen = slice(start - known, start + size)
        length = next((n for n, new in enumerate(reversed(opens), 1) if new), 0)
        opens += segmenter.cut(turns[seen], vectors[seen], known=known, length=length).tolist()
    return opens


@each
@few
@given(given_=SESSIONS, cut=st.integers(0, 40))
def test_every_new_turn_gets_an_answer_and_the_first_opens(segmenter, given_, cut):
    turns, vectors = session(*given_)
    opens = segmenter.cut(turns, vectors)
    assert opens.dtype == np.bool_
    assert opens.shape == (len(turns),)
    assert opens[:1].all()
    known = min(cut, len(turns))
    later = segmenter.cut(turns, vectors, known=known, length=min(known, 3))
    assert later.shape == (len(turns) - known,)
    assert (segmenter.cut(turns, vectors) == opens).all()


@pytest.mark.parametrize("segmenter", CAUSAL, ids=repr)
@few
@given(given_=SESSIONS, sizes=st.lists(st.integers(1, 9), min_size=40, max_size=40))
def test_causal_segmenters_do_not_care_how_turns_arrive(segmenter, given_, sizes):
    turns, vectors = session(*given_)
    whole = segmenter.cut(turns, vectors).tolist()
    assert in_parts(segmenter, turns, vectors, [1] * len(turns)) == whole
    assert in_parts(segmenter, turns, vectors, sizes)[: len(turns)] == whole
    stored_ = vectors.astype(np.float16).astype(np.float32)  # what a memory gives back
    assert segmenter.cut(turns, stored_).tolist() == whole


def test_there_are_causal_ones_to_test():
    assert {type(one).__name__ for one in CAUSAL} >= {"Runs"}


@each
@pytest.mark.parametrize("longest", [1, 2, 5])
def test_no_segment_is_longer_than_allowed(segmenter, longest):
    if isinstance(segmenter, Runs):
        segmenter = every(longest)
    else:
        segmenter = replace(segmenter, longest=longest)
    turns, vectors = session(5, 60, topics=1)
    for opens in (segmenter.cut(turns, vectors).tolist(), in_parts(segmenter, turns, vectors, [7] * 9)):
        assert all(sum(1 for _ in run) < longest for new, run in itertools.groupby(opens) if not new)


@each
def test_odd_sessions(segmenter):
    one, vector = session(1, 1)
    assert segmenter.cut((), np.zeros((0, 12), np.float32)).tolist() == []
    assert segmenter.cut(one, vector).tolist() == [True]
    same = (Turn("again and again"),) * 50
    for vectors in (np.repeat(vector, 50, axis=0), np.zeros((50, 12), np.float32), np.full((50, 12), np.nan)):
        opens = segmenter.cut(same, vectors.astype(np.float32))
        assert opens.shape == (50,)
        assert opens[0]
    huge = (Turn("word " * 50_000), Turn(""), Turn("\n\t "), Turn("é😀" * 1000))
    assert segmenter.cut(huge, np.repeat(vector, 4, axis=0)).shape == (4,)


@each
def test_a_session_of_thousands(segmenter):
    turns, vectors = session(2, 3_000, topics=40)
    opens = segmenter.cut(turns, vectors)
    assert opens.shape == (3_000,)
