"""The second look: which candidates, how they differ, which one is chosen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.models.trees import Forest
from tamis.screen.pointer_ask import COLUMNS as ASKS
from tamis.screen.pointer_candidates import (
    CLICK_COLUMNS,
    COLUMNS,
    HEAD,
    MOST,
    PointerQuestion,
    candidate_rows,
    candidates_of,
    choice_of,
)
from tamis.screen.pointer_looks import COLUMNS as LOOKS
from tamis.screen.pointer_match import COLUMNS as MATCHES

NOTHING = Forest(np.zeros((1, 1), np.int64), np.zeros((1, 1), np.float32), np.zeros((1, 2), np.float32))


def asked(seed: int, n: int, *, meant: np.ndarray | None = None) -> PointerQuestion:
    random = np.random.default_rng(seed)
    parts = (random.normal(size=size).astype(np.float32) for size in (n + 1, (n, len(LOOKS)), len(ASKS)))
    logits, looks, asks = parts
    matches = random.integers(-1, 3, (n, len(MATCHES))).astype(np.float32)
    places = np.eye(n, dtype=bool)
    return PointerQuestion(logits, np.ones(n, dtype=bool) if meant is None else meant, places, looks, asks, matches)


@given(st.integers(0, 500), st.integers(1, 30), st.data())
def test_candidates_may_be_meant_come_once_and_the_best_of_the_head_first(seed, n, data):
    meant = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)), dtype=bool)
    one = asked(seed, n, meant=meant)
    some = candidates_of(one).tolist()
    assert len(set(some)) == len(some)
    assert meant[some].all()
    logits = one.logits[some]
    assert (np.diff(logits) <= 0).all()
    best = sorted(np.flatnonzero(meant).tolist(), key=lambda i: -one.logits[i])[:MOST]
    assert set(best) <= set(some)


@given(st.integers(0, 500), st.integers(1, 20))
def test_a_row_says_how_a_candidate_differs_from_the_best_of_the_others(seed, n):
    one = asked(seed, n)
    some = candidates_of(one)
    rows = candidate_rows(one, some)
    assert rows.shape == (len(some), len(COLUMNS))
    for at, element in enumerate(some.tolist()):
        others = [i for i in some.tolist() if i != element]
        for number in (0, 5, len(MATCHES) - 1):
            best = max((float(one.matches[i, number]) for i in others), default=0.0)
            assert rows[at, len(HEAD) + number] == pytest.approx(one.matches[element, number] - best)
            assert rows[at, len(HEAD) + len(MATCHES) + number] == one.matches[element, number]


def test_what_lies_at_one_place_is_chosen_together():
    one = asked(1, 3)
    places = np.array([[True, True, False], [True, True, False], [False, False, True]])
    one = PointerQuestion(
        np.log([0.3, 0.25, 0.35, 0.1]).astype(np.float32), one.meant, places, one.looks, one.asks, one.matches
    )
    choice = choice_of(one, NOTHING)
    assert choice is not None
    assert choice.some[choice.best] == 0  # though the third alone has more
    assert choice.shares.sum() == pytest.approx(1)
    assert choice.row.shape == (len(CLICK_COLUMNS),)
    assert choice.row[:2].tolist() == pytest.approx([0.55 / 0.9, 0.35 / 0.9], abs=1e-5)


def test_trees_overrule_the_head():
    one = asked(2, 4)
    column = COLUMNS.index("literal")
    one.matches[:, MATCHES.index("literal")] = [0, 0, 1, 0]
    sure = Forest(np.array([[column]]), np.array([[0.5]], np.float32), np.array([[0.0, 50.0]], np.float32))
    choice = choice_of(one, sure)
    assert choice is not None
    assert choice.some[choice.best] == 2


def test_where_nothing_may_be_meant_nothing_is_chosen():
    assert choice_of(asked(3, 4, meant=np.zeros(4, dtype=bool)), NOTHING) is None
