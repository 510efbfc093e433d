"""Boosted trees: what they learn, and what they answer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.errors import ModelCorrupt
from tamis.models.trees import Forest, forest_of
from training.screen.pointer_trees import Growth, grow, listwise, logistic

SMALL = Growth(trees=40, levels=3, rate=0.2, hold=1.0, groups=1.0, columns=1.0)


def forest(seed: int, *, trees: int = 5, levels: int = 3, width: int = 4) -> Forest:
    random = np.random.default_rng(seed)
    return Forest(
        random.integers(0, width, (trees, levels)), random.normal(size=(trees, levels)).astype(np.float32),
        random.normal(size=(trees, 2**levels)).astype(np.float32), 0.5,
    )  # fmt: skip


def naive(one: Forest, row: np.ndarray) -> float:
    """From the root to a leaf, a tree at a time."""
    total = one.start
    for columns, borders, leaves in zip(one.columns, one.borders, one.leaves, strict=True):
        leaf = 0
        for level, (column, border) in enumerate(zip(columns, borders, strict=True)):
            if row[column] > border:
                leaf += 2**level
        total += float(leaves[leaf])
    return total


@given(st.integers(0, 1000), st.integers(0, 6))
def test_all_trees_at_once_are_each_tree_alone(seed, count):
    one, rows = forest(seed), np.random.default_rng(seed + 1).normal(size=(count, 4)).astype(np.float32)
    assert one(rows).tolist() == pytest.approx([naive(one, row) for row in rows])


def test_a_tree_by_hand():
    one = Forest(np.array([[0, 1]]), np.array([[0.5, 2.0]], np.float32), np.array([[1, 2, 4, 8]], np.float32), 10.0)
    rows = np.array([[0, 0], [1, 0], [0, 3], [1, 3], [0.5, 2.0]], np.float32)
    assert one(rows).tolist() == [11, 12, 14, 18, 11]  # (on a border is not above it)


def test_a_forest_is_read_as_it_was_written_and_refused_if_it_does_not_fit():
    one = forest(3)
    tensors = dict(one.tensors("choice"))
    again, rows = forest_of(tensors, "choice", width=4), np.random.default_rng(2).normal(size=(9, 4)).astype(np.float32)
    assert again(rows).tolist() == one(rows).tolist()
    with pytest.raises(ModelCorrupt, match="rows of 2 columns"):
        forest_of(tensors, "choice", width=2)
    with pytest.raises(ModelCorrupt, match="lack"):
        forest_of(tensors, "click", width=4)
    with pytest.raises(ModelCorrupt, match="do not fit"):
        forest_of({**tensors, "choice.leaves": tensors["choice.leaves"][:, :3]}, "choice", width=4)


def test_trees_learn_when_two_columns_agree():
    random = np.random.default_rng(0)
    rows = random.normal(size=(600, 5)).astype(np.float32)
    right = ((rows[:, 1] > 0) == (rows[:, 3] > 0)).astype(float)  # no column alone says anything
    grown = grow(rows, np.arange(600), logistic(right, np.ones(600)), SMALL)
    fresh = random.normal(size=(300, 5)).astype(np.float32)
    assert (((grown(fresh) > 0) == ((fresh[:, 1] > 0) == (fresh[:, 3] > 0))).mean()) > 0.9


def test_trees_learn_which_of_a_group():
    random = np.random.default_rng(1)
    rows, groups = random.normal(size=(900, 4)).astype(np.float32), np.repeat(np.arange(300), 3)
    best = rows[:, 2].reshape(300, 3).argmax(1)
    target = np.eye(3)[best].ravel()
    scores = grow(rows, groups, listwise(target, groups), SMALL)(rows).reshape(300, 3)
    assert (scores.argmax(1) == best).mean() > 0.85


@given(st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=4), min_size=1, max_size=4), st.integers(0, 99))
def test_slopes_are_the_derivatives_of_the_divergence(groups, seed):
    numbers = np.repeat(np.arange(len(groups)), [len(one) for one in groups])
    target = np.concatenate([np.array(one) / max(1, sum(one)) for one in groups])
    scores = np.random.default_rng(seed).normal(size=len(target))

    def loss(values):
        parts = [values[numbers == group] for group in range(len(groups))]
        logs = np.concatenate([part - np.log(np.exp(part).sum()) for part in parts])
        return -(target * logs).sum()

    first, second = listwise(target, numbers)(scores)
    step = 1e-5
    for at in range(len(scores)):
        up, down = scores.copy(), scores.copy()
        up[at], down[at] = scores[at] + step, scores[at] - step
        assert first[at] == pytest.approx((loss(up) - loss(down)) / (2 * step), abs=1e-4)
    assert (second >= 0).all()


def test_rows_that_are_all_the_same_are_left_alone():
    rows = np.ones((20, 2), np.float32)
    rows[:, 1] = np.arange(20) % 2
    grown = grow(rows, np.arange(20), logistic(rows[:, 1].astype(float), np.ones(20)), SMALL)
    assert set(grown.columns.ravel().tolist()) == {1}
    assert grown(rows)[1] > 1 > -1 > grown(rows)[0]
