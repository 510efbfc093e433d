"""How many query-key pairs a plan shows, and how many its blocks make a back-end compute. No N x N mask is made."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor

from tamis.attention.geometry import causal_grid
from tamis.attention.lists import RowLists

PIECE = 1 << 14  # listed blocks counted at a time: a few MB


def dense_pairs(plan: RowLists) -> int:
    """Pairs that dense attention sees: lists x queries x keys up to each, without padding."""
    return sum(_dense(plan, before) for before in _before(plan)) * plan.lists


def seen_pairs(plan: RowLists) -> int:
    """Pairs that the plan shows, each once, over all items and lists."""
    befores = _before(plan)
    listed = _per_item(plan, plan.first, len(befores))
    singles = _per_item(plan, plan.column_first, len(befores))
    total = 0
    for before, (lo, hi), (from_, to) in zip(befores, listed, singles, strict=True):
        total += plan.lists * int(_static(plan, before, _positions(plan)).sum())
        total += _in_blocks(plan, before, lo, hi) + _in_columns(plan, before, from_, to)
    return total


def computed_pairs(plan: RowLists) -> float:
    """Pairs of whole blocks and columns that a back-end computes, over all items and lists."""
    sizes = torch.tensor([b - a for a, b in plan.spans], dtype=torch.float64)
    if not plan.rows:
        return 0.0
    keys = plan.touched.sum(-1).cpu().double() * plan.block + _column_counts(plan)
    items = 1 if plan.valid is None else plan.valid.shape[0]
    return float((keys.clamp(max=plan.kv_len) * sizes).sum()) * max(1, items // plan.batch)


def block_share(plan: RowLists) -> float:
    """Touched blocks, and columns as parts of blocks, over the blocks that dense attention touches."""
    most = int(causal_grid(plan.q_len, plan.kv_len, plan.block, plan.blocks.device, causal=plan.causal).sum())
    if not most:
        return 1.0
    kept = float(plan.touched.sum()) + float(_column_counts(plan).sum()) / plan.block
    return kept / (most * plan.batch * plan.lists)


def _column_counts(plan: RowLists) -> Tensor:
    """(batch, l, r) float64."""
    shape = plan.batch, plan.lists, plan.rows
    if plan.column_first is None:
        return torch.zeros(shape, dtype=torch.float64)
    return plan.column_first.diff().view(shape).cpu().double()


def _before(plan: RowLists) -> list[Tensor]:
    """For each item, (tk + 1,) int64: keys before a position that are not padding."""
    if plan.valid is None:
        return [torch.arange(plan.kv_len + 1)] * plan.batch
    sums = torch.nn.functional.pad(plan.valid.cpu().long().cumsum(-1), (1, 0))
    return list(sums.expand(max(plan.batch, sums.shape[0]), -1))


def _per_item(plan: RowLists, first: Tensor | None, items: int) -> list[tuple[int, int]]:
    """Where the entries of each item begin and end in a ragged list."""
    if first is None:
        return [(0, 0)] * items
    bounds = first[:: plan.lists * plan.rows].tolist() if plan.rows else [0] * (plan.batch + 1)
    pairs = list(pairwise(bounds))
    return pairs if len(pairs) == items else pairs * items


def _positions(plan: RowLists) -> Tensor:
    return torch.arange(plan.offset, plan.kv_len)


def _dense(plan: RowLists, before: Tensor) -> int:
    return int(before[_positions(plan) + 1].sum()) if plan.causal else plan.q_len * int(before[-1])


def _edges(plan: RowLists, p: Tensor) -> tuple[Tensor, Tensor]:
    """For each query position: where its sinks end, and where its window begins (behind the sinks)."""
    end = p + 1 if plan.causal else torch.full_like(p, plan.kv_len)
    sinks = end.clamp(max=plan.n_sink)
    near = (end - plan.n_local).clamp(min=0) if plan.n_local else end
    return sinks, torch.maximum(near, sinks)


def _static(plan: RowLists, before: Tensor, p: Tensor) -> Tensor:
    """Keys that the static part shows to the query at each position."""
    sinks, near = _edges(plan, p)
    end = p + 1 if plan.causal else torch.full_like(p, plan.kv_len)
    return before[sinks] + before[end] - before[near]


def _in_blocks(plan: RowLists, before: Tensor, lo: int, hi: int) -> int:
    """Pairs in the listed blocks `lo` to `hi` that the static part does not show already."""
    row, blocks = plan.row_of(plan.first).cpu()[lo:hi], plan.blocks.cpu().long()[lo:hi]
    spans = torch.tensor(plan.spans, dtype=torch.int64).view(-1, 2)
    total, step = 0, torch.arange(plan.block)
    for begin in range(0, hi - lo, PIECE):
        span = spans[row[begin : begin + PIECE] % plan.rows]
        p = span[:, :1] + step
        live, p = p < span[:, 1:], p.clamp(max=plan.kv_len - 1)
        start = (blocks[begin : begin + PIECE] * plan.block)[:, None].expand_as(p)
        end = (start + plan.block).clamp(max=plan.kv_len)
        end = torch.maximum(torch.minimum(end, p + 1) if plan.causal else end, start)
        sinks, near = (torch.minimum(torch.maximum(x, start), end) for x in _edges(plan, p))
        # What the block adds lies between the sinks and the window.
        total += int(((before[near] - before[sinks]) * live).sum())
    return total


def _in_columns(plan: RowLists, before: Tensor, lo: int, hi: int) -> int:
    """Pairs in the single columns `lo` to `hi` that the static part does not show already."""
    if plan.columns is None or plan.column_first is None:
        return 0
    row, key = plan.row_of(plan.column_first).cpu()[lo:hi] % plan.rows, plan.columns.cpu().long()[lo:hi]
    spans = torch.tensor(plan.spans, dtype=torch.int64).view(-1, 2)[row]
    from_ = torch.maximum(spans[:, 0], key + plan.n_local) if plan.causal else spans[:, 0]
    count = (spans[:, 1] - from_).clamp(min=0)
    own = (before[key + 1] - before[key]) * (key >= plan.n_sink)
    return int((count * own).sum())
