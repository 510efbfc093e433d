"""One contract for every back-end: the same plan gives what a masked softmax in float64 gives, on any shape."""

from __future__ import annotations

import math

import pytest

torch = pytest.importorskip("torch")

from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

from tamis.attention import BACKENDS, BlockPlan, attend, check_finite, mass_recall  # noqa: E402
from tamis.attention.geometry import causal_grid  # noqa: E402
from tamis.errors import InvalidInput, InvalidPlan, UnknownName  # noqa: E402

RUN = [name for name in BACKENDS if name != "triton"]  # that one has tests of its own, interpreted
TOLERANCE = {torch.float32: 1e-5, torch.float16: 2e-3, torch.bfloat16: 2e-2}


def drawn(allowed, items, lists, share, made):
    """Random blocks (items, lists, r, c) of those that may be seen; the row's own is always there."""
    own = torch.zeros_like(allowed)
    own[torch.arange(len(allowed)), allowed.sum(1) - 1] = True
    return (torch.rand(items, lists, *allowed.shape, generator=made) < share) & allowed | own


@st.composite
def cases(draw):
    """Shapes of the specification, 9.3, and a plan with any of: blocks, sinks, window, columns, padding."""
    block = draw(st.sampled_from([64, 128]))
    kv_len = draw(st.sampled_from([1, 63, 64, 65, 127, 128, 191, 256, 300]))
    q_len = draw(st.sampled_from([kv_len, max(kv_len - 64, 1), max(kv_len // 2, 1), 1]))
    batch, kv, group = draw(st.sampled_from([1, 2])), draw(st.sampled_from([1, 2])), draw(st.sampled_from([1, 4, 8]))
    size = draw(st.sampled_from([16, 64, 80, 128]))
    dtype = draw(st.sampled_from(list(TOLERANCE)))
    seed = draw(st.integers(0, 10_000))
    made = torch.Generator().manual_seed(seed)
    q = torch.randn(batch, kv * group, q_len, size, generator=made).to(dtype)
    k, v = (torch.randn(batch, kv, kv_len, size, generator=made).to(dtype) for _ in "kv")
    lists, items = draw(st.sampled_from([1, kv, kv * group])), draw(st.sampled_from([1, batch]))
    allowed = causal_grid(q_len, kv_len, block, torch.device("cpu"))
    share = draw(st.sampled_from([0.0, 0.3, 1.0]))
    grid = drawn(allowed, items, lists, share, made)
    if draw(st.booleans()):
        valid = torch.ones(batch, kv_len, dtype=torch.bool)
        left = draw(st.integers(0, kv_len - 1))
        valid[0, :left] = False
    else:
        valid = None
    plan = BlockPlan.from_grid(grid, q_len, kv_len, block=block, valid=valid)
    if draw(st.booleans()):
        if draw(st.booleans()):
            plan = BlockPlan.static(q_len, kv_len, n_local=1, block=block).replace(valid=valid)
        plan = plan.replace(n_sink=draw(st.integers(0, 80)), n_local=draw(st.integers(1, 200)))
    return q, k, v, plan, dtype


def oracle(q, k, v, plan):
    """The plan's mask in full, and a softmax in float64."""
    group = q.shape[1] // k.shape[1]
    q, k, v = q.double(), k.double().repeat_interleave(group, 1), v.double().repeat_interleave(group, 1)
    mask = plan.dense_mask()
    mask = mask.repeat_interleave(q.shape[1] // mask.shape[1], 1).expand(q.shape[0], -1, -1, -1)
    scores = (q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])).masked_fill(~mask, -math.inf)
    return torch.nan_to_num(scores.softmax(-1)) @ v, scores.logsumexp(-1)


@pytest.mark.parametrize("backend", RUN)
@given(cases())
@settings(max_examples=150, deadline=None)
def test_any_plan_on_any_back_end(backend, case):
    q, k, v, plan, dtype = case
    out, lse = attend(q, k, v, plan, backend=backend, return_lse=True)
    expected, total = oracle(q, k, v, plan)
    assert out.dtype == dtype
    assert (out.double() - expected).abs().max() <= TOLERANCE[dtype]
    seen = total.isfinite()
    assert torch.equal(lse.isfinite(), seen)
    assert (lse.double() - total)[seen].abs().max() <= 5e-2 if seen.any() else True
    if dtype == torch.float32 and seen.any():
        assert (lse.double() - total)[seen].abs().max() <= 1e-5


@given(cases())
@settings(max_examples=60, deadline=None)
def test_a_plan_counts_what_its_mask_shows(case):
    q, k, _, plan, _ = case
    mask, dense = plan.dense_mask(), BlockPlan.dense(plan.q_len, plan.kv_len).replace(valid=plan.valid).dense_mask()
    items = max(mask.shape[0], dense.shape[0])
    seen, all_ = mask.expand(items, -1, -1, -1), dense.expand(items, mask.shape[1], -1, -1)
    if all_.any():
        assert plan.density == pytest.approx(float(seen.sum() / all_.sum()), abs=1e-6)
    assert BlockPlan.from_json(plan.to_json()) == plan
    assert torch.equal(plan.snapped().dense_mask() | mask, plan.snapped().dense_mask())
    recall = mass_recall(q, k, plan)
    assert bool(((recall >= -1e-4) & (recall <= 1 + 1e-4)).all())


@given(cases(), st.data())
@settings(max_examples=40, deadline=None)
def test_plans_join_and_meet_as_their_masks_do(case, data):
    _, _, _, one, _ = case
    grid = data.draw(st.sampled_from([0.2, 0.7]))
    allowed = causal_grid(one.q_len, one.kv_len, one.block, torch.device("cpu"))
    made = torch.Generator().manual_seed(data.draw(st.integers(0, 99)))
    other = BlockPlan.from_grid(
        drawn(allowed, one.batch, one.lists, grid, made), one.q_len, one.kv_len, block=one.block, valid=one.valid
    )
    assert torch.equal((one | other).dense_mask(), one.dense_mask() | other.dense_mask())
    met = (one & other).dense_mask()
    assert torch.equal(met & one.snapped().dense_mask() & other.dense_mask(), met)
    assert torch.equal(met | (one.dense_mask() & other.dense_mask()), met)


@pytest.mark.parametrize("backend", RUN)
def test_a_plan_of_everything_is_dense_attention(backend):
    made = torch.Generator().manual_seed(0)
    q, k, v = (torch.randn(1, h, 200, 64, generator=made) for h in (8, 2, 2))
    expected = torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
    assert torch.allclose(attend(q, k, v, backend=backend), expected, atol=1e-5)


def test_what_does_not_fit_is_said(monkeypatch):
    q, k = torch.randn(1, 4, 64, 16), torch.randn(1, 2, 64, 16)
    with pytest.raises(UnknownName, match="torch"):
        attend(q, k, k, backend="fast")
    with pytest.raises(InvalidPlan):
        attend(q, k, k, BlockPlan.dense(32, 64))
    with pytest.raises(InvalidPlan):
        attend(q, k.double(), k)
    with pytest.raises(InvalidPlan):
        attend(q[:, :3], k, k)
    monkeypatch.delenv("TRITON_INTERPRET", raising=False)
    with pytest.raises(InvalidPlan, match="GPU"):
        attend(q, k, k, backend="triton")
    k[0, 1, 5, 3] = float("nan")
    with pytest.raises(InvalidInput, match=r"k\[0, 1, 5, 3\]"):
        check_finite(q=q, k=k)
