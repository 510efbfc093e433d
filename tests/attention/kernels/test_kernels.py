"""The Triton programs, interpreted on the CPU, against the masked softmax that they stand for."""

from __future__ import annotations

import math

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("triton")

from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

from tamis.attention.kernels import Lists, SinkWindow, a_shape, sparse  # noqa: E402
from tamis.attention.kernels.launch import unmasked  # noqa: E402
from tamis.errors import InvalidPlan  # noqa: E402

TOLERANCE = {torch.float32: 1e-5, torch.float16: 2e-3, torch.bfloat16: 2e-2}


def tensors(b, h, kv, tq, tk, d, *, dtype=torch.float32, seed=0):
    made = torch.Generator().manual_seed(seed)
    q = torch.randn(b, h, tq, d, generator=made)
    k, v = torch.randn(b, kv, tk, d, generator=made), torch.randn(b, kv, tk, d, generator=made)
    return q.to(dtype), k.to(dtype), v.to(dtype)


def oracle(q, k, v, mask, scale=None):
    """Masked softmax in float64; mask (b, h, tq, tk)."""
    group = q.shape[1] // k.shape[1]
    q, k, v = q.double(), k.double().repeat_interleave(group, 1), v.double().repeat_interleave(group, 1)
    scores = (q @ k.transpose(-1, -2)) * (q.shape[-1] ** -0.5 if scale is None else scale)
    scores = scores.masked_fill(~mask, -math.inf)
    lse = torch.logsumexp(scores, -1)
    weights = torch.where(mask, (scores - lse[..., None]).exp(), 0.0)
    return torch.nan_to_num(weights) @ v, lse


def drawn(q, k, block, *, lists, share, columns, seed=0):
    """Random lists, and the mask (b, h, tq, tk) of the same keys."""
    b, h, tq, _ = q.shape
    tk, rows = k.shape[2], -(-tq // block)
    made = torch.Generator().manual_seed(seed)
    at, single = [], []
    first, column_first = [0], [0]
    mask = torch.zeros(b, lists, tq, tk, dtype=torch.bool)
    for item in range(b):
        for number in range(lists):
            for row in range(rows):
                last = (min((row + 1) * block, tq) - 1 + tk - tq) // block
                chosen = [j for j in range(last + 1) if j == last or torch.rand(1, generator=made) < share]
                at += chosen
                free = [c for c in range(tk) if c // block not in chosen and torch.rand(1, generator=made) < columns]
                single += free
                first.append(len(at))
                column_first.append(len(single))
                span = slice(row * block, (row + 1) * block)
                for j in chosen:
                    mask[item, number, span, j * block : (j + 1) * block] = True
                if free:
                    mask[item, number, span, free] = True
    causal = torch.ones(tq, tk, dtype=torch.bool).tril(tk - tq)
    made_lists = Lists(
        block,
        torch.tensor(at, dtype=torch.int32),
        torch.tensor(first, dtype=torch.int32),
        lists,
        torch.tensor(single, dtype=torch.int32) if columns else None,
        torch.tensor(column_first, dtype=torch.int32) if columns else None,
    )
    return made_lists, mask.repeat_interleave(h // lists, 1) & causal


def same(found, expected, dtype):
    out, lse = found
    wanted, wanted_lse = expected
    torch.testing.assert_close(out.double(), wanted, atol=TOLERANCE[dtype], rtol=TOLERANCE[dtype])
    torch.testing.assert_close(lse.double(), wanted_lse, atol=TOLERANCE[dtype], rtol=TOLERANCE[dtype])


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
@pytest.mark.parametrize(
    ("b", "h", "kv", "lists", "tq", "tk", "d", "block"),
    [
        (1, 2, 1, 1, 128, 128, 64, 64),
        (2, 4, 2, 2, 129, 129, 64, 64),
        (1, 4, 1, 4, 63, 191, 16, 32),  # a chunk at the end of a longer cache; a list for each head
        (1, 2, 2, 2, 1, 300, 80, 64),  # one query; a head size that is no power of two
        (1, 2, 1, 1, 200, 256, 128, 64),
    ],
)
@pytest.mark.parametrize("columns", [0.0, 0.05])
def test_blocks_and_columns(dtype, b, h, kv, lists, tq, tk, d, block, columns):
    q, k, v = tensors(b, h, kv, tq, tk, d, dtype=dtype)
    listed, mask = drawn(q, k, block, lists=lists, share=0.4, columns=columns)
    same(sparse(q, k, v, listed), oracle(q, k, v, mask), dtype)


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 90), st.integers(0, 90), st.sampled_from([1, 2, 4]), st.floats(0, 1), st.integers(0, 2**32))
def test_any_length(tq, before, group, share, seed):
    q, k, v = tensors(1, group, 1, tq, tq + before, 16, seed=seed)
    listed, mask = drawn(q, k, 16, lists=1, share=share, columns=0.1, seed=seed)
    same(sparse(q, k, v, listed), oracle(q, k, v, mask), torch.float32)


def test_every_block_is_dense():
    q, k, v = tensors(1, 4, 2, 150, 150, 32)
    listed, mask = drawn(q, k, 32, lists=1, share=2.0, columns=0.0)
    out, _ = sparse(q, k, v, listed)
    group = torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
    torch.testing.assert_close(out, group, atol=1e-5, rtol=1e-5)
    assert mask.sum() == 4 * 150 * 151 // 2


@pytest.mark.parametrize(("sinks", "local"), [(0, 1), (4, 20), (64, 64), (100, 7), (1000, 1000), (3, 90)])
@pytest.mark.parametrize(("tq", "tk"), [(130, 130), (40, 170), (1, 77)])
def test_a_shape_is_exact_to_the_token(sinks, local, tq, tk):
    q, k, v = tensors(2, 4, 2, tq, tk, 32)
    i, j = torch.arange(tq)[:, None] + tk - tq, torch.arange(tk)[None]
    mask = ((j <= i) & ((j < sinks) | (i - j < local))).expand(2, 4, tq, tk)
    same(a_shape(q, k, v, SinkWindow(sinks, local, 32)), oracle(q, k, v, mask), torch.float32)


@pytest.mark.parametrize("left", [True, False])
def test_padding_is_not_seen_and_a_query_without_keys_gives_zero(left):
    q, k, v = tensors(2, 2, 1, 96, 96, 16)
    valid = torch.ones(2, 96, dtype=torch.bool)
    valid[0, slice(0, 50) if left else slice(46, None)] = False
    listed, mask = drawn(q, k, 32, lists=1, share=0.6, columns=0.1)
    mask = mask & valid[:, None, None]
    out, lse = sparse(q, k, v, listed, valid=valid)
    same((out, lse), oracle(q, k, v, mask), torch.float32)
    if left:
        assert (out[0, :, 0] == 0).all()
        assert torch.isneginf(lse[0, :, 0]).all()
    i, j = torch.arange(96)[:, None], torch.arange(96)[None]
    near = ((j <= i) & ((j < 8) | (i - j < 40))) & valid[:, None, None]
    found = a_shape(q, k, v, SinkWindow(8, 40, 32), valid=valid)
    same(found, oracle(q, k, v, near.expand(2, 2, 96, 96)), torch.float32)


def test_strided_tensors():
    q, k, v = (x.transpose(1, 2).contiguous().transpose(1, 2) for x in tensors(1, 2, 2, 64, 64, 32))
    listed, mask = drawn(q, k, 32, lists=2, share=0.5, columns=0.0)
    same(sparse(q, k, v, listed), oracle(q, k, v, mask), torch.float32)


def test_which_blocks_need_no_mask():
    # 2 rows of 32 queries at 40..103: row 0 begins at 40, so block 0 (0..31) is whole, block 1 (32..63) is cut.
    lists = Lists(32, torch.tensor([0, 1, 2, 0, 1, 3], dtype=torch.int32), torch.tensor([0, 3, 6]), 1)
    assert unmasked(lists, 2, 64, 104).tolist() == [1, 2]


@pytest.mark.parametrize(
    ("q", "k"), [((1, 3, 8, 16), (1, 2, 8, 16)), ((1, 2, 9, 16), (1, 2, 8, 16)), ((1, 2, 8, 16), (1, 2, 8, 32))]
)
def test_what_does_not_fit_together(q, k):
    with pytest.raises(InvalidPlan, match="do not fit together"):
        a_shape(torch.zeros(q), torch.zeros(k), torch.zeros(k), SinkWindow(1, 1))


def test_windows_and_lists_that_cannot_be():
    with pytest.raises(InvalidPlan, match="0 local"):
        SinkWindow(1, 0)
    q, k, _ = tensors(1, 2, 2, 64, 64, 16)
    listed, _ = drawn(q, k, 32, lists=1, share=1.0, columns=0.0)
    with pytest.raises(InvalidPlan, match="x 4 are needed"):
        sparse(*tensors(1, 2, 2, 128, 128, 16), listed)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16])
@pytest.mark.parametrize(("items", "lists", "q_len"), [(1, 2, 192), (2, 4, 192), (1, 1, 128)])
def test_plans_run_on_the_programs_as_on_the_oracle(dtype, items, lists, q_len):
    from tamis.attention import BlockPlan, attend
    from tamis.attention.geometry import causal_grid

    q, k, v = tensors(2, 4, 2, q_len, 192, 32, dtype=dtype)
    allowed = causal_grid(q_len, 192, 64, torch.device("cpu"))
    made = torch.Generator().manual_seed(3)
    grid = (
        (torch.rand(items, lists, *allowed.shape, generator=made) < 0.5) | torch.eye(3).bool()[-len(allowed) :]
    ) & allowed
    valid = torch.ones(2, 192, dtype=torch.bool)
    valid[0, :70] = False
    for plan in (
        BlockPlan.from_grid(grid, q_len, 192, block=64, valid=valid),
        BlockPlan.static(q_len, 192, n_sink=10, n_local=50, block=64),
    ):
        ours, lse = attend(q, k, v, plan, backend="triton", return_lse=True)
        theirs, total = attend(q, k, v, plan, backend="reference", return_lse=True)
        assert torch.allclose(ours, theirs, atol=TOLERANCE[dtype])
        assert torch.allclose(lse, total, atol=1e-2)


def test_plans_that_the_programs_cannot_run_are_refused():
    from tamis.attention import BlockPlan, attend

    _, k, v = tensors(1, 2, 2, 130, 192, 32)
    grid = torch.ones(1, 1, 3, 3, dtype=torch.bool).tril()
    mixed = BlockPlan.from_grid(grid, 192, 192, block=64).replace(n_sink=5, n_local=3)
    for plan in (BlockPlan.from_grid(grid, 130, 192, block=64), mixed):
        with pytest.raises(InvalidPlan, match="snapped"):
            attend(tensors(1, 2, 2, plan.q_len, 192, 32)[0], k, v, plan, backend="triton")
    whole = tensors(1, 2, 2, 192, 192, 32)[0]
    wide = attend(whole, k, v, mixed.snapped(), backend="triton")
    assert torch.allclose(wide, attend(whole, k, v, mixed.snapped(), backend="reference"), atol=1e-5)
