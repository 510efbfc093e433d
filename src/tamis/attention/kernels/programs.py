"""The Triton programs: one query block of one head each, online softmax over the keys that its plan lists.

Three stages share one state: listed key blocks that every query of the row may see (no mask at all), listed key blocks
that the causal diagonal or the end of the keys cuts (masked), and single columns, gathered (the vertical lines of
MInference, arXiv 2407.02490, section 3.2; PIT). Scores are kept in base 2: exp2 is what the hardware has.

Shapes in the comments: M queries of a row, N keys of a tile, D head size. Knows tensors only; see `launch` for plans.
"""

from __future__ import annotations

import triton
import triton.language as tl


@triton.jit
def _step(acc, m, l, q, k, v, keep, scale, MASKED: tl.constexpr, UPCAST: tl.constexpr):
    """Take one tile of keys into the state (acc (M, D), m (M,), l (M,)); k (N, D), v (N, D), keep (M, N)."""
    if UPCAST:  # the interpreter multiplies the bit patterns of bfloat16
        q, k, v = q.to(tl.float32), k.to(tl.float32), v.to(tl.float32)
    s = tl.dot(q, tl.trans(k), input_precision="ieee") * scale
    if MASKED:
        s = tl.where(keep, s, float("-inf"))
    top = tl.maximum(m, tl.max(s, 1))
    safe = tl.where(top == float("-inf"), 0.0, top)  # a row that has seen no key yet: exp2(-inf - 0) = 0, no NaN
    p = tl.exp2(s - safe[:, None])
    shrink = tl.exp2(m - safe)
    l = l * shrink + tl.sum(p, 1)
    acc = acc * shrink[:, None] + tl.dot(p.to(v.dtype), v, input_precision="ieee")
    return acc, top, l


@triton.jit
def _tile(base, stride, at, inside, D: tl.constexpr, PADDED: tl.constexpr, MASKED: tl.constexpr):
    """(N, PADDED) rows `at` of keys or values; what lies outside is 0."""
    column = tl.arange(0, PADDED)
    where = base + at[:, None].to(tl.int64) * stride + column[None, :]
    if MASKED or D != PADDED:
        return tl.load(where, mask=inside[:, None] & (column[None, :] < D), other=0.0)
    return tl.load(where)


@triton.jit
def sparse_rows(
    Q, K, V, OUT, LSE,
    BLOCKS, FIRST, WHOLE, COLUMNS, COLUMN_FIRST, VALID,
    q_batch, q_head, q_row, k_batch, k_head, k_row, v_batch, v_head, v_row, o_batch, o_head, o_row,
    heads, group, index_group, rows, q_len, kv_len, scale,
    D: tl.constexpr, PADDED: tl.constexpr, BLOCK: tl.constexpr, TILE: tl.constexpr, GATHER: tl.constexpr,
    HAS_COLUMNS: tl.constexpr, HAS_VALID: tl.constexpr, UPCAST: tl.constexpr,
):  # fmt: skip
    """Queries of one row over listed blocks and columns.

    FIRST (b * lists * rows + 1) where each row's blocks begin in BLOCKS; WHOLE (b * lists * rows) how many of them, the
    first ones, need no mask; COLUMN_FIRST and COLUMNS alike. `lists` = heads / index_group share one list.
    """
    row = rows - 1 - tl.program_id(0)  # the last rows have the most keys: they start first
    batch, head = tl.program_id(1) // heads, tl.program_id(1) % heads
    place = (batch * (heads // index_group) + head // index_group) * rows + row
    mine = row * BLOCK + tl.arange(0, BLOCK)
    position = mine + (kv_len - q_len)
    column = tl.arange(0, PADDED)
    live = mine < q_len
    inside = live[:, None] & (column[None, :] < D)
    q_base = Q + batch.to(tl.int64) * q_batch + head.to(tl.int64) * q_head
    q = tl.load(q_base + mine[:, None].to(tl.int64) * q_row + column[None, :], mask=inside, other=0.0)
    k_base = K + batch.to(tl.int64) * k_batch + (head // group).to(tl.int64) * k_head
    v_base = V + batch.to(tl.int64) * v_batch + (head // group).to(tl.int64) * v_head
    valid = VALID + batch.to(tl.int64) * kv_len
    acc = tl.zeros([BLOCK, PADDED], tl.float32)
    m = tl.full([BLOCK], float("-inf"), tl.float32)
    l = tl.zeros([BLOCK], tl.float32)
    step = tl.arange(0, TILE)
    PER: tl.constexpr = BLOCK // TILE
    first, whole = tl.load(FIRST + place), tl.load(WHOLE + place)
    for t in range(0, whole * PER):
        at = tl.load(BLOCKS + first + t // PER) * BLOCK + (t % PER) * TILE + step
        keep = at < kv_len
        if HAS_VALID:
            keep = tl.load(valid + at) != 0
        k = _tile(k_base, k_row, at, keep, D, PADDED, HAS_VALID)
        v = _tile(v_base, v_row, at, keep, D, PADDED, HAS_VALID)
        acc, m, l = _step(acc, m, l, q, k, v, keep[None, :], scale, HAS_VALID, UPCAST)
    count = tl.load(FIRST + place + 1) - first
    for t in range(whole * PER, count * PER):
        at = tl.load(BLOCKS + first + t // PER) * BLOCK + (t % PER) * TILE + step
        keep = at < kv_len
        if HAS_VALID:
            keep = keep & (tl.load(valid + at, mask=keep, other=0) != 0)
        k = _tile(k_base, k_row, at, keep, D, PADDED, True)
        v = _tile(v_base, v_row, at, keep, D, PADDED, True)
        seen = keep[None, :] & (at[None, :] <= position[:, None])
        acc, m, l = _step(acc, m, l, q, k, v, seen, scale, True, UPCAST)
    if HAS_COLUMNS:
        start, end = tl.load(COLUMN_FIRST + place), tl.load(COLUMN_FIRST + place + 1)
        for t in range(start, end, GATHER):
            number = t + tl.arange(0, GATHER)
            at = tl.load(COLUMNS + number, mask=number < end, other=0)
            keep = number < end
            if HAS_VALID:
                keep = keep & (tl.load(valid + at, mask=keep, other=0) != 0)
            k = _tile(k_base, k_row, at, keep, D, PADDED, True)
            v = _tile(v_base, v_row, at, keep, D, PADDED, True)
            seen = keep[None, :] & (at[None, :] <= position[:, None])
            acc, m, l = _step(acc, m, l, q, k, v, seen, scale, True, UPCAST)
    _write(OUT, LSE, acc, m, l, batch, head, mine, inside, live, o_batch, o_head, o_row, heads, q_len, PADDED)


@triton.jit
def a_shape_rows(
    Q, K, V, OUT, LSE, VALID,
    q_batch, q_head, q_row, k_batch, k_head, k_row, v_batch, v_head, v_row, o_batch, o_head, o_row,
    heads, group, rows, q_len, kv_len, scale, sinks, local,
    D: tl.constexpr, PADDED: tl.constexpr, BLOCK: tl.constexpr, TILE: tl.constexpr,
    HAS_VALID: tl.constexpr, UPCAST: tl.constexpr,
):  # fmt: skip
    """Queries of one row over the first `sinks` keys and the `local` last ones up to themselves: no list to read."""
    row = rows - 1 - tl.program_id(0)
    batch, head = tl.program_id(1) // heads, tl.program_id(1) % heads
    mine = row * BLOCK + tl.arange(0, BLOCK)
    position = mine + (kv_len - q_len)
    column = tl.arange(0, PADDED)
    live = mine < q_len
    inside = live[:, None] & (column[None, :] < D)
    q_base = Q + batch.to(tl.int64) * q_batch + head.to(tl.int64) * q_head
    q = tl.load(q_base + mine[:, None].to(tl.int64) * q_row + column[None, :], mask=inside, other=0.0)
    k_base = K + batch.to(tl.int64) * k_batch + (head // group).to(tl.int64) * k_head
    v_base = V + batch.to(tl.int64) * v_batch + (head // group).to(tl.int64) * v_head
    valid = VALID + batch.to(tl.int64) * kv_len
    acc = tl.zeros([BLOCK, PADDED], tl.float32)
    m = tl.full([BLOCK], float("-inf"), tl.float32)
    l = tl.zeros([BLOCK], tl.float32)
    step = tl.arange(0, TILE)
    lowest = row * BLOCK + (kv_len - q_len)  # position of the row's first query
    highest = tl.minimum(lowest + BLOCK, kv_len)  # behind its last one
    near = tl.maximum(lowest - local + 1, 0) // TILE * TILE  # first tile that any query sees as local
    far = tl.minimum(near, tl.cdiv(tl.minimum(sinks, highest), TILE) * TILE)
    clear = tl.maximum(tl.minimum(tl.cdiv(highest - local, TILE) * TILE, lowest // TILE * TILE), near)
    even = tl.maximum(lowest // TILE * TILE, clear)  # clear..even: every query sees every key
    for start in range(0, far, TILE):
        acc, m, l = _cut(
            acc, m, l, q, k_base, k_row, v_base, v_row, valid, start + step, position, kv_len, sinks, local, scale,
            D, PADDED, HAS_VALID, UPCAST,
        )  # fmt: skip
    for start in range(near, clear, TILE):
        acc, m, l = _cut(
            acc, m, l, q, k_base, k_row, v_base, v_row, valid, start + step, position, kv_len, sinks, local, scale,
            D, PADDED, HAS_VALID, UPCAST,
        )  # fmt: skip
    for start in range(clear, even, TILE):
        at = start + step
        keep = at < kv_len
        if HAS_VALID:
            keep = tl.load(valid + at) != 0
        k = _tile(k_base, k_row, at, keep, D, PADDED, HAS_VALID)
        v = _tile(v_base, v_row, at, keep, D, PADDED, HAS_VALID)
        acc, m, l = _step(acc, m, l, q, k, v, keep[None, :], scale, HAS_VALID, UPCAST)
    for start in range(even, highest, TILE):
        acc, m, l = _cut(
            acc, m, l, q, k_base, k_row, v_base, v_row, valid, start + step, position, kv_len, sinks, local, scale,
            D, PADDED, HAS_VALID, UPCAST,
        )  # fmt: skip
    _write(OUT, LSE, acc, m, l, batch, head, mine, inside, live, o_batch, o_head, o_row, heads, q_len, PADDED)


@triton.jit
def _cut(
    acc, m, l, q, k_base, k_row, v_base, v_row, valid, at, position, kv_len, sinks, local, scale,
    D: tl.constexpr, PADDED: tl.constexpr, HAS_VALID: tl.constexpr, UPCAST: tl.constexpr,
):  # fmt: skip
    """A tile that the edge of the sinks, of the window, or of the diagonal may cut."""
    keep = at < kv_len
    if HAS_VALID:
        keep = keep & (tl.load(valid + at, mask=keep, other=0) != 0)
    k = _tile(k_base, k_row, at, keep, D, PADDED, True)
    v = _tile(v_base, v_row, at, keep, D, PADDED, True)
    near = (position[:, None] - at[None, :] < local) | (at[None, :] < sinks)
    seen = keep[None, :] & (at[None, :] <= position[:, None]) & near
    return _step(acc, m, l, q, k, v, seen, scale, True, UPCAST)


@triton.jit
def _write(
    OUT, LSE, acc, m, l, batch, head, mine, inside, live, o_batch, o_head, o_row, heads, q_len,
    PADDED: tl.constexpr,
):  # fmt: skip
    """The state as output (0 for a query that saw no key) and log-sum-exp in nats (-inf for it)."""
    column = tl.arange(0, PADDED)
    some = l > 0
    out = acc / tl.where(some, l, 1.0)[:, None]
    base = OUT + batch.to(tl.int64) * o_batch + head.to(tl.int64) * o_head
    where = base + mine[:, None].to(tl.int64) * o_row + column[None, :]
    tl.store(where, out.to(OUT.dtype.element_ty), mask=inside)
    ln2: tl.constexpr = 0.6931471805599453
    lse = tl.where(some, (m + tl.log2(tl.where(some, l, 1.0))) * ln2, float("-inf"))
    tl.store(LSE + (batch.to(tl.int64) * heads + head) * q_len + mine, lse, mask=live)
