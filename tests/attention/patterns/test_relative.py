"""Patterns whose size is a share of the prompt, as configurations of heads name them."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from tamis.attention.budget import Relative, quota  # noqa: E402
from tamis.attention.patterns.registry import head_pattern  # noqa: E402
from tamis.attention.patterns.relative import Lines, RelativeWindow  # noqa: E402
from tamis.errors import InvalidPlan  # noqa: E402
from tests.attention.heads import columns  # noqa: E402


@pytest.mark.parametrize(("tq", "tk"), [(640, 640), (100, 640), (333, 333), (1, 70), (5, 5)])
@pytest.mark.parametrize("name", ["a_shape", "vertical_slash", "split", "columns", "block_mean"])
def test_patterns_fit_their_tensors_and_padding(name, tq, tk):
    options = {"a_shape": {"n_sink": 64}, "vertical_slash": {"split": None, "last_q": 64}, "block_mean": {}}
    more = {"split": {"split": 0.3, "last_q": 16}, "columns": {"split": 1.0, "last_q": 16}}
    choose = head_pattern(
        name if name in options else "vertical_slash", {**{**options, **more}[name], "share": 0.3}, 64
    )
    made = torch.Generator().manual_seed(0)
    q, k = torch.randn(2, 4, tq, 8, generator=made), torch.randn(2, 2, tk, 8, generator=made)
    valid = torch.ones(2, tk, dtype=torch.bool)
    valid[0, : tk // 3] = False
    for padded in (None, valid):
        plan = choose(q, k, valid=padded)
        assert plan.lists in (1, 4)
        assert plan == choose(q, k, valid=padded)
        assert bool(plan.dense_mask().any(-1)[-1].all())
        allowed = quota(Relative(0.3), (tq, tk, 8), 64)
        assert (
            int(plan.touched[-1].sum((-1, -2)).max()) <= int(allowed.sum()) + plan.rows
        )  # the first block comes on top of one


def test_a_window_by_hand():
    q = torch.zeros(1, 1, 64 * 6, 8)
    plan = RelativeWindow(Relative(0.5), 64, 64)(q, q)  # 3 of 6 blocks: one of sinks, the row's own, the one before it
    assert plan.ascii().splitlines() == ["#", "##", "###", "#.##", "#..##", "#...##"]
    shown = plan.grid[0, 0].int().tolist()
    assert shown == [
        [1, 0, 0, 0, 0, 0], [1, 1, 0, 0, 0, 0], [1, 1, 1, 0, 0, 0], [1, 0, 1, 1, 0, 0], [1, 0, 0, 1, 1, 0],
        [1, 0, 0, 0, 1, 1],
    ]  # fmt: skip


def test_splits_spend_on_columns_or_diagonals():
    q, k = (x[None, None] for x in columns())
    many, few = (Lines(Relative(0.4), split, block=64)(q, k).grid[0, 0] for split in (1.0, 0.0))
    whole = torch.tensor([c for c in range(16) if bool(many[c:, c].all())])
    assert {0, 1, 5} <= set(whole.tolist())
    assert bool(few.diagonal(-1).all())
    assert not bool(few[9:, 5].all())


def test_bad_patterns():
    for name, arguments, block in (
        ("xattention", {}, 64), ("a_shape", {}, 64), ("a_shape", {"share": 2, "n_sink": 64}, 64),
        ("vertical_slash", {"share": 0.1, "split": 2, "last_q": 64}, 64), ("block_mean", {"share": "a"}, 64),
        ("block_mean", {"share": 0.1}, 100), ("a_shape", {"share": 0.1, "n_sink": -1}, 64),
    ):  # fmt: skip
        with pytest.raises(InvalidPlan):
            head_pattern(name, arguments, block)
