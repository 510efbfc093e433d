from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.core import FREE, PINNED, PREFERRED, AtLeast, Ratio, Scored, Total, fill, packed, whole
from tamis.core.pack import knapsack
from tamis.errors import BudgetTooSmall

ROW = st.tuples(st.integers(0, 9), st.integers(0, 9))
UNIT = st.tuples(st.integers(0, 9), st.integers(0, 9), st.sampled_from([FREE, FREE, FREE, PREFERRED, PINNED]))


def scored_of(rows):
    scores, costs, priority = zip(*rows, strict=True) if rows else ((), (), ())
    return Scored(tuple(range(len(rows))), scores, costs, priority)


@given(st.lists(ROW, max_size=8), st.integers(0, 30))
def test_the_knapsack_equals_trying_every_subset(rows, room):
    values, costs = (
        (np.array(column, dtype) for column, dtype in zip(zip(*rows, strict=True), (float, int), strict=True))
        if rows
        else (np.zeros(0), np.zeros(0, int))
    )
    chosen = knapsack(values, costs, room)
    assert costs[chosen].sum() <= room
    subsets = (np.array(flags, bool) for flags in product([False, True], repeat=len(rows)))
    assert values[chosen].sum() == max(values[s].sum() for s in subsets if costs[s].sum() <= room)


def test_two_small_ones_beat_the_best():
    # Best first takes the first alone: 3 of 4 spent, worth 9. The other two are worth 10.
    scored = Scored(("a", "b", "c"), [3, 2.5, 2.5], [3, 2, 2])
    values = scored.scores * scored.costs
    assert fill(scored, Total(4)).tolist() == [True, False, False]
    assert packed(scored, values, Total(4)).tolist() == [False, True, True]


def test_what_costs_less_together_than_apart_leaves_more_room():
    # Each costs 4 by itself; with a token saved on each, three of them fit into 9.
    scored = Scored(tuple("abcd"), [4, 3, 2, 1], [4, 4, 4, 4])
    mask = packed(scored, scored.scores, Total(9), cost=lambda mask: 3 * int(mask.sum()))
    assert mask.tolist() == [True, True, True, False]


@given(st.lists(UNIT, max_size=12), st.integers(0, 60), st.integers(0, 3))
def test_it_fits_keeps_the_pins_and_is_worth_no_less_than_fill(rows, budget, surcharge):
    scored = scored_of(rows)
    values = scored.scores * scored.costs

    def cost(mask):  # not the sum of its parts: every gap costs something
        return scored.cost_of(mask) + surcharge * int((np.diff(mask.astype(int)) != 0).sum())

    try:
        plain = fill(scored, Total(budget), cost=cost)
    except BudgetTooSmall:
        with pytest.raises(BudgetTooSmall):
            packed(scored, values, Total(budget), cost=cost)
        return
    mask = packed(scored, values, Total(budget), cost=cost)
    assert cost(mask) <= budget
    assert values[mask].sum() >= values[plain].sum()
    assert (mask | ~scored.pinned).all()
    assert (mask == plain)[scored.priority > FREE].all()


def test_a_threshold_is_a_threshold():
    scored = Scored(("a", "b"), [0.9, 0.1], [3, 2])
    assert packed(scored, scored.scores, AtLeast(0.5)).tolist() == [True, False]


def test_a_large_table_is_not_made():
    scored = Scored(tuple(range(3000)), np.arange(3000.0), np.full(3000, 7))
    np.testing.assert_array_equal(packed(scored, scored.scores, Ratio(0.5)), fill(scored, Ratio(0.5)))


def test_whole_groups_by_hand():
    scored = Scored(tuple("abcd"), [3, 3, 2, 1])
    assert whole(scored, np.array([0, 0, 1, 1]), Total(3)).tolist() == [True, True, False, False]
    assert whole(scored, np.array([0, 1, 0, 1]), Total(2)).tolist() == [True, False, True, False]


def test_the_best_group_stays_though_two_others_are_worth_more_together():
    scored = Scored(tuple("abcdefg"), [3, 3, 3, 2.5, 2.5, 2.5, 2.5])
    groups = np.array([0, 0, 0, 1, 1, 2, 2])
    assert whole(scored, groups, Total(4)).tolist() == [False] * 3 + [True] * 4
    assert whole(scored, groups, Total(4), how="fill").tolist() == [True] * 3 + [False] * 4


@given(st.lists(UNIT, max_size=12), st.data())
def test_groups_stay_or_go_together_within_the_budget(rows, data):
    scored = scored_of(rows)
    groups = np.array(data.draw(st.lists(st.integers(0, 4), min_size=len(rows), max_size=len(rows))), int)
    budget = data.draw(st.integers(0, 60))
    try:
        mask = whole(scored, groups, Total(budget))
    except BudgetTooSmall:
        return
    assert scored.cost_of(mask) <= budget
    assert (mask | ~scored.pinned).all()
    assert all(len(set(mask[groups == group].tolist())) == 1 for group in set(groups.tolist()))


@given(st.lists(UNIT, max_size=12), st.integers(0, 60))
def test_units_by_themselves_are_packed(rows, budget):
    scored = scored_of(rows)
    try:
        mask = whole(scored, np.arange(len(rows)), Total(budget))
    except BudgetTooSmall:
        return
    np.testing.assert_array_equal(mask, packed(scored, scored.scores * np.maximum(scored.costs, 1), Total(budget)))
