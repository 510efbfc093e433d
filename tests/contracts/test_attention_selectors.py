"""One contract over all selectors: what they make is a valid plan of the tensors, within the budget, the same again."""

from __future__ import annotations

import json

import pytest

torch = pytest.importorskip("torch")

from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

from tamis.attention.backends import attend  # noqa: E402
from tamis.attention.budget import Flops, Keys, Mass, Ratio, Relative, quota  # noqa: E402
from tamis.attention.patterns import SELECTORS, selector  # noqa: E402
from tamis.attention.plan import BlockPlan  # noqa: E402
from tamis.errors import InvalidBudget, InvalidInput, InvalidPlan, UnknownName  # noqa: E402

SMALL = {
    "dense": {}, "a_shape": {"n_sink": 8, "n_local": 100}, "tri_shape": {"n_sink": 8, "n_local": 100, "n_last": 20},
    "tri_mix": {"start": 1}, "dilated": {"n_sink": 8, "n_local": 64, "window": 320}, "vertical_slash": {},
    "block_mean": {}, "xattention": {"stride": 8}, "flex_prefill": {"min_keys": 64}, "oracle": {}, "random": {},
    "minference": {},
}  # fmt: skip
BUDGETED = ["block_mean", "xattention", "oracle", "random", "vertical_slash"]
CONFIG = [{"0": ["vertical_and_slash", 30, 50, 1], "1": ["stream_llm", 8, 80, 1], "2": ["block_sparse", 2, 0, 1],
           "3": ["vertical_and_slash", 40, 120, 1]}] * 2  # fmt: skip


def made(name, **more):
    options = {**SMALL[name], **more}
    return selector(name, **options) if name == "tri_mix" else selector(name, block=64, **options)


def tensors(b=2, h=4, kv=2, tq=300, tk=300, d=16, seed=0):
    maker = torch.Generator().manual_seed(seed)
    return torch.randn(b, h, tq, d, generator=maker), torch.randn(b, kv, tk, d, generator=maker)


def padding(tk, left, right):
    """(2, tk): one item padded on both sides, one without padding."""
    valid = torch.ones(2, tk, dtype=torch.bool)
    valid[0, :left] = False
    valid[0, tk - right :] = False
    return valid


lengths = st.integers(1, 330).flatmap(lambda tk: st.tuples(st.integers(1, tk), st.just(tk)))


@pytest.mark.parametrize("name", [*SELECTORS, "configured"])
@settings(max_examples=12, deadline=None)
@given(lengths=lengths, group=st.sampled_from([1, 2, 4]), padded=st.booleans(), seed=st.integers(0, 3))
def test_every_plan_fits_its_tensors(name, lengths, group, padded, seed):
    tq, tk = lengths
    q, k = tensors(tq=tq, tk=tk, kv=4 // group, seed=seed)
    valid = padding(tk, tk // 3, tk // 5) if padded else None
    choose = selector("minference", config=CONFIG, exact=True, block=64) if name == "configured" else made(name)
    plan = choose(q, k, valid=valid, layer=1)
    assert (plan.q_len, plan.kv_len) == (tq, tk)
    assert plan.batch in (1, 2)
    assert plan.lists in (1, k.shape[1], 4)
    mask = plan.dense_mask().expand(2, -1, tq, tk)
    at = torch.arange(tk - tq, tk)
    seen = torch.arange(tk)[None, :] <= at[:, None]
    assert not bool((mask & ~seen).any())
    live = torch.ones(2, tk, dtype=torch.bool) if valid is None else valid
    assert not bool((mask & ~live[:, None, None, :]).any())
    # A query that is no padding sees itself, and the first key that is none.
    own = mask[:, :, torch.arange(tq), at]
    assert bool((own | ~live[:, None, tk - tq :]).all())
    first = live.int().argmax(-1)
    for item in range(2):
        asked = live[item, tk - tq :]
        assert bool(mask[item, :, asked, first[item]].all())
    assert choose(q, k, valid=valid, layer=1) == plan
    v = torch.randn(k.shape)
    close = attend(q, k, v, plan, backend="torch"), attend(q, k, v, plan, backend="reference")
    assert torch.allclose(*close, atol=1e-5)


@pytest.mark.parametrize("name", SELECTORS)
def test_padding_on_the_left_only_moves_the_plan(name):
    if name in ("random", "a_shape", "tri_shape", "tri_mix", "dilated"):
        pytest.skip("chance, or exact to the token without padding and to the block with it")
    q, k = tensors(b=1, tq=256, tk=256)
    more_q, more_k = tensors(b=1, tq=128, tk=128, seed=9)
    valid = torch.ones(1, 384, dtype=torch.bool)
    valid[:, :128] = False
    choose = made(name) if name == "dense" else made(name, **({} if name == "minference" else {"budget": Mass(0.6)}))
    alone = choose(q, k, layer=0).dense_mask()
    padded = choose(torch.cat([more_q, q], 2), torch.cat([more_k, k], 2), valid=valid, layer=0).dense_mask()
    if name != "minference":  # its budget is a share of the length, padding included
        assert torch.equal(padded[..., 128:, 128:], alone)


@pytest.mark.parametrize("name", BUDGETED)
@pytest.mark.parametrize("kind", [Ratio, Relative, Mass])
def test_more_budget_shows_all_that_less_showed(name, kind):
    q, k = tensors(tq=500, tk=700)
    before = None
    for share in (0.0, 0.1, 0.3, 0.5, 0.8, 1.0):
        grid = made(name, budget=kind(share))(q, k).grid
        assert before is None or bool((grid | ~before).all())
        before = grid
    if kind is not Mass and name != "vertical_slash":  # lines that cross are paid for twice
        assert made(name, budget=kind(1.0))(q, k).is_dense


@pytest.mark.parametrize("name", ["block_mean", "xattention", "oracle", "random"])
@pytest.mark.parametrize("budget", [Keys(192), Ratio(0.4), Relative(0.3), Flops(4 * 16 * 64 * 64 * 20)], ids=str)
def test_the_budget_is_kept_row_by_row(name, budget):
    q, k = tensors(tq=500, tk=700)
    plan = made(name, budget=budget)(q, k)
    listed, most = plan.grid.sum(-1), quota(budget, (500, 700, 16), 64)
    # The first block and the row's own are always kept.
    assert bool((listed <= most.clamp(min=2)).all())
    assert bool((listed == torch.minimum(most.clamp(min=2), torch.arange(plan.rows) + plan.first_row + 1)).all())
    if isinstance(budget, Flops):
        assert plan.flops(16, heads=plan.lists) <= budget.total * plan.lists * plan.batch * 1.1


@pytest.mark.parametrize("budget", [Keys(256), Ratio(0.4), Relative(0.3)], ids=str)
def test_lines_keep_the_budget_as_a_whole(budget):
    q, k = tensors(tq=700, tk=700)
    plan = made("vertical_slash", budget=budget)(q, k)
    forced = 2 * plan.rows
    assert bool((plan.grid.sum((-1, -2)) <= max(int(quota(budget, (700, 700, 16), 64).sum()), forced)).all())


def test_static_plans_of_pieces_are_rows_of_the_whole():
    q, k = tensors(b=1, tq=320, tk=320)
    for name in ("dense", "a_shape", "dilated"):
        whole = made(name)(q, k).dense_mask()
        piece = made(name)(q[:, :, 130:200], k[:, :, :200]).dense_mask()
        assert torch.equal(whole[..., 130:200, :200], piece)


def test_heads_of_one_key_share_a_list_or_not():
    q, k = tensors(tq=256, tk=256)
    for name in (*BUDGETED, "flex_prefill"):
        assert made(name)(q, k).lists == 2
        assert made(name, share=False)(q, k).lists == 4


def test_a_configuration_gives_each_head_its_pattern():
    q, k = tensors(b=1, tq=320, tk=320)
    plan = selector("minference", config=CONFIG, block=64)(q, k, layer=1)
    assert plan.lists == 4
    alone = selector("a_shape", n_sink=8, n_local=80, block=64)(q[:, 1:2], k[:, :1]).snapped()
    assert torch.equal(plan.grid[:, 1], alone.grid[:, 0])
    lone = selector("block_mean", budget=Keys(128), block=64)(q[:, 2:3], k[:, 1:2])
    assert torch.equal(plan.grid[:, 2], lone.grid[:, 0])
    shared = selector("minference", config=CONFIG, share=True, block=64)(q, k, layer=1)
    assert torch.equal(shared.grid, plan.grid.unflatten(1, (2, 2)).any(2))


def test_a_configuration_from_a_file_and_bad_ones(tmp_path):
    path = tmp_path / "heads.json"
    path.write_text(json.dumps(CONFIG))
    assert selector("minference", config=path) == selector("minference", config=CONFIG)
    q, k = tensors(h=8, kv=2)
    with pytest.raises(InvalidPlan, match="4 heads in layer 0 of the configuration, 8 in the model"):
        selector("minference", config=CONFIG)(q, k, layer=0)
    with pytest.raises(InvalidPlan, match="Layer 2 of a configuration of 2"):
        selector("minference", config=CONFIG)(q[:, :4], k, layer=2)
    for bad in ([], [{"1": ["stream_llm", 1, 1, 0]}], [{"0": ["stream_llm"]}], [{"0": ["other", 1, 1, 0]}], [3]):
        with pytest.raises(InvalidPlan):
            selector("minference", config=bad)
    path.write_text("{")
    with pytest.raises(InvalidPlan, match="is not JSON"):
        selector("minference", config=path)
    with pytest.raises(OSError, match="cannot be read"):
        selector("minference", config=tmp_path / "none.json")


def test_bad_input_is_refused():
    q, k = tensors(b=1)
    with pytest.raises(UnknownName, match="vertical"):
        selector("vertical_slsh")
    for name, options in [
        ("a_shape", {"n_local": 0}), ("tri_shape", {"n_last": -1}), ("dilated", {"step": 0}),
        ("vertical_slash", {"counts": (1, -1)}), ("vertical_slash", {"exact": True}), ("xattention", {"stride": 7}),
        ("flex_prefill", {"budget": Keys(4)}), ("flex_prefill", {"tau": -1.0}),
    ]:  # fmt: skip
        with pytest.raises(InvalidInput):
            selector(name, **options)
    with pytest.raises(InvalidInput, match="no layer"):
        selector("tri_mix")(q, k)
    with pytest.raises(InvalidInput, match="last"):
        selector("vertical_slash", last_q=0)(q, k)
    for kind, value in [(Keys, 0), (Keys, 1.5), (Relative, 2), (Mass, -0.1), (Flops, 0)]:
        with pytest.raises(InvalidBudget):
            kind(value)


def test_tri_mix_is_dense_first():
    q, k = tensors(b=1, tq=900, tk=900)
    choose = selector("tri_mix", start=1)
    assert choose(q, k, layer=0) == BlockPlan.dense(900, 900)
    assert choose(q, k, layer=1).density < 0.95
