import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.errors import UnknownName
from tamis.text.align import POOLS, pool_tokens

# "unbelievable good!" in wordpieces un|believ|able, good, ! between two special tokens (empty offsets).
OFFSETS = np.array([[0, 0], [0, 2], [2, 8], [8, 12], [13, 17], [17, 18], [0, 0]])
SCORES = np.array([9.0, 0.2, 0.9, 0.4, 0.5, 0.1, 9.0])
STARTS, ENDS = np.array([0, 13, 17]), np.array([12, 17, 18])


@pytest.mark.parametrize(
    ("how", "expected"),
    [("mean", [0.5, 0.5, 0.1]), ("max", [0.9, 0.5, 0.1]), ("first", [0.2, 0.5, 0.1])],
)
def test_worked_example(how, expected):
    np.testing.assert_allclose(pool_tokens(OFFSETS, SCORES, STARTS, ENDS, how=how), expected)


def test_a_token_over_two_units_counts_for_both_and_a_unit_without_tokens_gets_the_fill():
    offsets = np.array([[0, 4]])  # one token over the units [0,2) and [2,4)
    scores = pool_tokens(offsets, np.array([3.0]), np.array([0, 2, 4]), np.array([2, 4, 6]), fill=-1.0)
    assert scores.tolist() == [3.0, 3.0, -1.0]


def test_first_is_by_place_and_not_by_order_of_the_tokens():
    offsets = np.array([[2, 4], [0, 2]])
    assert pool_tokens(offsets, np.array([7.0, 5.0]), np.array([0]), np.array([4]), how="first").tolist() == [5.0]


def test_no_tokens_and_no_units():
    none = np.zeros(0, np.int64)
    assert pool_tokens(np.zeros((0, 2), np.int64), np.zeros(0), STARTS, ENDS, fill=2.0).tolist() == [2.0] * 3
    assert pool_tokens(OFFSETS, SCORES, none, none).size == 0


def test_an_unknown_way_lists_the_known_ones():
    with pytest.raises(UnknownName, match=r"'median'.*first, max, mean"):
        pool_tokens(OFFSETS, SCORES, STARTS, ENDS, how="median")


@st.composite
def cases(draw):
    bounds = sorted(draw(st.lists(st.integers(0, 40), min_size=2, max_size=24)))
    units = list(zip(bounds[::2], bounds[1::2], strict=False))
    pairs = draw(st.lists(st.tuples(st.integers(0, 42), st.integers(0, 42)), max_size=20))
    scores = draw(st.lists(st.floats(-5, 5), min_size=len(pairs), max_size=len(pairs)))
    return pairs, scores, units


def naive(pairs, scores, units, how, fill):
    pooled = []
    for start, end in units:
        inside = [(a, k) for k, (a, b) in enumerate(pairs) if max(a, start) < min(b, end)]
        mine = [scores[k] for _, k in sorted(inside)]
        pooled.append({"mean": np.mean, "max": max, "first": lambda x: x[0]}[how](mine) if mine else fill)
    return pooled


@given(cases(), st.sampled_from(sorted(POOLS)))
def test_equals_the_naive_loop(case, how):
    pairs, scores, units = case
    offsets = np.array(pairs, np.int64).reshape(-1, 2)
    edges = np.array(units, np.int64).reshape(-1, 2)
    found = pool_tokens(offsets, np.array(scores), edges[:, 0], edges[:, 1], how=how, fill=-9.0)
    np.testing.assert_allclose(found, naive(pairs, scores, units, how, -9.0), atol=1e-12)
