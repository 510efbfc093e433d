"""The top-k of tensors beside `core.select.top`: a head of a cache and a row of a plan keep what core keeps.

`tamis.cache.select.keep` and `tamis.attention.patterns.choose.choose` are batched; one list of units at a time, both
are core's selection: equal scores go to the earlier one, and a larger budget never loses what a smaller one kept.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

from tamis.attention.budget import Keys, Mass, Ratio, quota  # noqa: E402
from tamis.attention.patterns.choose import choose  # noqa: E402
from tamis.attention.patterns.grid import BlockGrid  # noqa: E402
from tamis.cache.select import keep  # noqa: E402
from tamis.core import Scored, Total, top  # noqa: E402
from tamis.core.scored import FREE, PINNED  # noqa: E402

BLOCK = 64


@given(st.lists(st.integers(0, 3), min_size=1, max_size=20), st.integers(0, 25))
def test_one_head_keeps_what_core_keeps(values, budget):
    mine = keep(
        torch.tensor(values)[None, None].float(), torch.tensor([[budget]]), valid=torch.ones(1, len(values)) > 0
    )
    theirs = top(Scored(tuple(values), np.array(values)), Total(budget))
    assert mine[0, 0].tolist() == theirs.tolist()


@st.composite
def grids(draw):
    """The grid of a prompt's last queries, some of its keys padding, and scores of few values: many are equal."""
    blocks = draw(st.integers(1, 8))
    kv_len = draw(st.integers((blocks - 1) * BLOCK + 1, blocks * BLOCK))
    q_len = draw(st.integers(1, kv_len))
    valid = torch.ones(1, kv_len, dtype=torch.bool)
    valid[:, : draw(st.integers(0, kv_len - 1))] = False
    padded = valid if draw(st.booleans()) else None
    grid = BlockGrid(q_len, kv_len, 8, BLOCK, padded, torch.device("cpu"))
    numbers = st.lists(st.integers(0, 3), min_size=grid.rows * blocks, max_size=grid.rows * blocks)
    return grid, torch.tensor(draw(numbers)).view(1, 1, grid.rows, blocks).float()


@given(grids(), st.one_of(st.integers(1, 700).map(Keys), st.floats(0, 1).map(Ratio)))
@settings(max_examples=150, deadline=None)
def test_one_row_of_a_plan_lists_what_core_keeps(case, budget):
    """Rows whose budget holds the blocks that are always listed: core would refuse the others, a plan lists them."""
    grid, scores = case
    listed = choose(scores, budget, grid)[0, 0]
    allowed, forced = grid.allowed()[0, 0], (grid.forced() & grid.allowed())[0, 0]
    limits = quota(budget, grid.lengths, BLOCK)
    for row in range(grid.rows):
        blocks = allowed[row].nonzero().flatten()
        pinned = forced[row, blocks]
        if not len(blocks):
            assert not bool(listed[row].any())
            continue
        priority = np.where(pinned.numpy(), PINNED, FREE)
        scored = Scored(tuple(blocks.tolist()), scores[0, 0, row, blocks].double().numpy(), priority=priority)
        expected = top(scored, Total(max(int(limits[row]), int(pinned.sum()))))
        assert listed[row, blocks].tolist() == expected.tolist()


@given(grids(), st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_a_share_of_the_attention_is_cores_shortest_prefix_that_reaches_it(case, share):
    grid, scores = case
    listed = choose(scores, Mass(share), grid)[0, 0]
    allowed, forced = grid.allowed()[0, 0], (grid.forced() & grid.allowed())[0, 0]
    for row in range(grid.rows):
        blocks = allowed[row].nonzero().flatten()
        values, pinned = scores[0, 0, row, blocks].double(), forced[row, blocks]
        goal, sizes = share * float(values.sum()), range(int(pinned.sum()), len(blocks) + 1)
        priority = np.where(pinned.numpy(), PINNED, FREE)
        scored = Scored(tuple(blocks.tolist()), values.numpy(), priority=priority)
        prefixes = (top(scored, Total(size)) for size in sizes)
        expected = next((mask for mask in prefixes if values.numpy()[mask].sum() >= goal), None)
        if expected is not None:
            assert listed[row, blocks].tolist() == expected.tolist()
