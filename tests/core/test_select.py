import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.core import (
    FREE,
    PINNED,
    PREFERRED,
    AtLeast,
    Ratio,
    Scored,
    Total,
    fill,
    limit_of,
    snug,
    top,
)
from tamis.errors import BudgetTooSmall, InvalidBudget

SCORES = st.floats(-10, 10, allow_nan=False)
UNIT = st.tuples(SCORES, st.integers(1, 9), st.sampled_from([FREE, FREE, FREE, PREFERRED, PINNED]))


@st.composite
def scored_units(draw, pins=True):
    rows = draw(st.lists(UNIT, max_size=24))
    scores, costs, priority = zip(*rows, strict=True) if rows else ((), (), ())
    if not pins:
        priority = tuple(min(p, PREFERRED) for p in priority)
    return Scored(tuple(range(len(rows))), scores, costs, priority)


def fits_pins(scored, budget):
    return scored.cost_of(scored.pinned) <= limit_of(scored, budget)


def naive_top(scored, limit):
    """The longest prefix of the ranking that fits, by trying every length."""
    order = sorted(range(len(scored)), key=lambda i: (-scored.priority[i], -scored.scores[i], i))
    best = []
    for size in range(len(order) + 1):
        if sum(scored.costs[i] for i in order[:size]) <= limit:
            best = order[:size]
    return set(best)


def kept(mask):
    return set(np.flatnonzero(mask).tolist())


def test_top_keeps_the_two_best_of_three():
    assert top(Scored(("a", "b", "c"), [0.9, 0.1, 0.5]), Total(2)).tolist() == [True, False, True]


def test_top_stops_at_the_first_unit_that_does_not_fit():
    # Ranking a, b, c; a costs 2, b costs 4: b does not fit into 3, and c is not tried although it would.
    scored = Scored(("a", "b", "c"), [3, 2, 1], [2, 4, 1])
    assert kept(top(scored, Total(3))) == {0}
    assert kept(fill(scored, Total(3))) == {0, 2}


def test_fill_is_not_nested():
    scored = Scored(("a", "b"), [1.0, 0.9], [3, 2])
    assert kept(fill(scored, Total(2))) == {1}
    assert kept(fill(scored, Total(3))) == {0}


def test_ties_go_to_the_earlier_unit():
    assert kept(top(Scored((0, 1, 2), [1, 1, 1]), Total(2))) == {0, 1}


def test_pinned_then_preferred_then_free():
    scored = Scored((0, 1, 2), [9, 1, 0], priority=[FREE, PREFERRED, PINNED])
    assert kept(top(scored, Total(1))) == {2}
    assert kept(top(scored, Total(2))) == {1, 2}


def test_pins_that_do_not_fit_raise_with_numbers():
    with pytest.raises(BudgetTooSmall) as caught:
        top(Scored((0, 1), [1, 1], [5, 5], [PINNED, PINNED]), Total(7))
    assert (caught.value.needed, caught.value.limit) == (10, 7)


@given(scored_units(), st.integers(0, 120))
def test_top_equals_the_naive_oracle(scored, limit):
    if not fits_pins(scored, Total(limit)):
        with pytest.raises(BudgetTooSmall):
            top(scored, Total(limit))
        return
    assert kept(top(scored, Total(limit))) == naive_top(scored, limit)


@given(scored_units(pins=False), st.integers(0, 120), st.integers(0, 120))
def test_top_is_nested_in_the_budget(scored, a, b):
    small, large = top(scored, Total(min(a, b))), top(scored, Total(max(a, b)))
    assert (large | ~small).all()


@given(scored_units(pins=False), st.integers(0, 120), st.integers(0, 120), st.integers(0, 2**32 - 1))
def test_top_is_nested_and_never_over_even_under_an_unruly_cost(scored, a, b, seed):
    """A cost that is not additive and not monotone: each mask costs its sum, give or take a little."""

    def cost(mask):
        noise = np.random.default_rng([seed, *np.flatnonzero(mask).tolist()]).integers(-2, 3)
        return max(0, scored.cost_of(mask) + int(noise)) if mask.any() else 0

    small, large = (top(scored, Total(x), cost=cost) for x in sorted((a, b)))
    assert cost(small) <= min(a, b)
    assert cost(large) <= max(a, b)


@given(scored_units(), st.integers(0, 120))
def test_fill_spends_at_least_as_much_as_top_and_never_more_than_the_budget(scored, limit):
    if fits_pins(scored, Total(limit)):
        greedy = scored.cost_of(fill(scored, Total(limit)))
        assert scored.cost_of(top(scored, Total(limit))) <= greedy <= limit
        assert scored.cost_of(snug(scored, Total(limit))) <= limit


@given(scored_units(), st.integers(0, 120), st.sampled_from([top, fill, snug]))
def test_every_selector_keeps_every_pin(scored, limit, selector):
    if fits_pins(scored, Total(limit)):
        assert selector(scored, Total(limit))[scored.pinned].all()


@given(scored_units(), SCORES)
def test_at_least_is_plain_thresholding(scored, score):
    expected = (scored.scores >= score) | (scored.priority > FREE)
    assert (top(scored, AtLeast(score)) == expected).all()


@given(st.lists(st.integers(-50, 50), unique=True, max_size=20), st.randoms(use_true_random=False), st.integers(0, 20))
def test_top_is_permutation_equivariant_without_ties(scores, random, limit):
    order = list(range(len(scores)))
    random.shuffle(order)
    plain = top(Scored(tuple(scores), scores), Total(limit))
    moved = top(Scored(tuple(order), [scores[i] for i in order]), Total(limit))
    assert moved.tolist() == [bool(plain[i]) for i in order]


@given(scored_units(pins=False), st.floats(0, 1))
def test_a_ratio_never_exceeds_its_share(scored, share):
    mask = top(scored, Ratio(share))
    assert scored.cost_of(mask) <= share * scored.costs.sum() + 1e-6
    assert share < 1 or mask.all()


def test_rates_that_are_no_binary_fraction_lose_no_unit():
    # 0.29 * 100 is 28.999999999999996 in binary.
    assert top(Scored(tuple(range(100)), np.arange(100)), Ratio(0.29)).sum() == 29


@pytest.mark.parametrize(
    "make",
    [
        lambda: Ratio(1.5),
        lambda: Ratio(-0.1),
        lambda: Ratio(float("nan")),
        lambda: Total(-1),
        lambda: Total(1.5),
        lambda: Total(True),
        lambda: AtLeast(float("nan")),
        lambda: Ratio("half"),
    ],
)
def test_impossible_budgets_are_refused(make):
    with pytest.raises(InvalidBudget):
        make()
