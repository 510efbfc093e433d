"""Budgets that no row starves under: what each row may list, by hand and for every pattern."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tamis.attention import Fair, Flops, Keys, Mass, Ratio, Relative, selector
from tamis.attention.budget import density_of, least, level, near_blocks, quota, rows_of
from tamis.errors import InvalidBudget

BLOCK = 64
SHAPES = st.tuples(st.integers(0, 700), st.integers(1, 700), st.just(8)).map(lambda s: (min(s[0], s[1]), s[1], s[2]))
COUNTED = st.one_of(
    st.integers(1, 900).map(Keys),
    st.floats(0, 1).map(Ratio),
    st.floats(0, 1).map(Relative),
    st.floats(1, 1e9).map(Flops),
)
LENGTHS = st.integers(0, 800)


@given(COUNTED, LENGTHS, LENGTHS, LENGTHS, SHAPES)
def test_no_row_gets_less_than_its_floor_or_more_than_there_is(inner, short, floor, near, shape):
    budget = Fair(inner, short, floor, near)
    allowed, most = quota(budget, shape, BLOCK), rows_of(shape, BLOCK)
    floors = [_least(int(count), short, floor, near) for count in most]
    assert (allowed <= most).all()
    assert least(budget, most, BLOCK).tolist() == floors
    assert all(count >= at_least for count, at_least in zip(allowed.tolist(), floors, strict=True))
    if not isinstance(inner, Ratio):  # a ratio is one of what is left
        assert (allowed >= quota(inner, shape, BLOCK)).all()


def _least(most: int, short: int, floor: int, near: int) -> int:
    """The naive way: a row whose last key is among the first `short` ones sees all of them."""
    if most * BLOCK <= short:
        return most
    return min(most, max(math.ceil(floor / BLOCK), 2 + math.ceil(near / BLOCK)))


def test_a_fair_ratio_by_hand():
    # Eight rows of 64: two are short, the others have a floor of three blocks and half of what is left.
    budget = Fair(Ratio(0.5), short=128, floor=192, near=0)
    assert quota(budget, (512, 512, 8), 64).tolist() == [1, 2, 3, 3, 4, 4, 5, 5]
    assert density_of(budget, (512, 512, 8), 64) == pytest.approx(27 / 36)


@given(st.floats(0, 1))
def test_the_level_of_a_share_computes_that_share(share):
    x = level(share).share
    assert x * x / 2 + x * (1 - x) == pytest.approx(share / 2, abs=1e-9)  # a triangle, and then a band


BUDGETS = (Fair(Ratio(0.0), 128, 192, 64), Fair(Keys(100), 256, 0, 100), Fair(Mass(0.3), 64, 320, 0))
PATTERNS = ("block_mean", "xattention", "vertical_slash", "oracle", "random")


@pytest.mark.parametrize("q_len", [700, 300])
@pytest.mark.parametrize("budget", BUDGETS, ids=str)
@pytest.mark.parametrize("name", PATTERNS)
def test_every_pattern_keeps_the_floor_the_first_block_and_the_nearest(name, budget, q_len):
    generator = torch.Generator().manual_seed(0)
    q = torch.randn(1, 4, q_len, 16, generator=generator)
    k = torch.randn(1, 2, 700, 16, generator=generator)
    grid = selector(name, budget=budget, block=BLOCK)(q, k).grid[0]
    most = rows_of((q_len, 700, 16), BLOCK)
    assert (grid.sum(-1) >= least(budget, most, BLOCK)).all()
    for row, count in enumerate(most.tolist()):
        assert grid[:, row, 0].all()
        assert grid[:, row, max(count - near_blocks(budget, BLOCK), 0) : count].all()
        assert count * BLOCK > budget.short or grid[:, row, :count].all()


@pytest.mark.parametrize("name", ["block_mean", "random", "oracle"])
def test_what_a_fair_budget_computes_is_known_beforehand(name):
    q = torch.randn(1, 2, 700, 16, generator=torch.Generator().manual_seed(1))
    pattern = selector(name, budget=Fair(Ratio(0.3), 128, 192, 64), block=BLOCK)
    assert pattern(q, q).block_density == pytest.approx(pattern.likely_density(700, 700, 16))


@pytest.mark.parametrize("bad", [{"short": -1}, {"floor": -1}, {"near": -1}, {"budget": Fair(Ratio(0.5))}])
def test_a_budget_that_is_none_is_refused(bad):
    with pytest.raises(InvalidBudget):
        Fair(**{"budget": Ratio(0.5), **bad})
