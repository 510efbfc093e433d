"""What selectors look at: the attention of a few queries in full, and means of blocks."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn.functional import pad

from tamis.attention.patterns.grid import BlockGrid
from tamis.errors import InvalidInput
from tamis.models.transformers.attended import Attended


def sample_rows(grid: BlockGrid, last: int, spaced: int) -> Tensor:
    """(b or 1, s) int64: the last queries, and so many evenly spaced ones before them; -1 where there are too few.

    The last ones alone see what the end of a prompt asks for (MInference takes 64); spaced ones do not depend on it.
    Queries of padding are not counted.
    """
    if last < 1 or spaced < 0:
        raise InvalidInput(f"{last} last and {spaced} spaced queries.", hint="last >= 1, spaced >= 0.")
    bounds = torch.stack(grid.ends(), 1).sub(grid.offset).clamp(min=0).tolist()
    samples = [_between(low, high, last, spaced) for low, high in bounds]
    most = max(len(rows) for rows in samples)
    return torch.tensor([[-1] * (most - len(rows)) + rows for rows in samples], dtype=torch.int64, device=grid.device)


def _between(low: int, high: int, last: int, spaced: int) -> list[int]:
    tail = max(low, high - last)
    spaced = min(spaced, tail - low)
    return [low + i * (tail - low) // spaced for i in range(spaced)] + list(range(tail, high))


def attention_of(attended: Attended, rows: Tensor) -> Iterator[tuple[int, int, Tensor]]:
    """For each item and key/value head: (item, head, weights (g, s, tk) in float32) of the queries at `rows`.

    Exact softmax over all keys up to each query. 0 for padding, for queries that are padding or see nothing else, and
    for those numbered -1.

    rows -- (b or 1, s)
    """
    q, k = attended.required_queries(), attended.keys
    scale, valid = attended.score_scale, attended.valid
    group, offset = q.shape[1] // k.shape[1], k.shape[2] - q.shape[2]
    for item in range(q.shape[0]):
        numbers = rows[item % rows.shape[0]]
        position, dead = numbers.clamp(min=0) + offset, numbers < 0
        low = int(position.min()) + 1 if numbers.numel() else 0  # keys from here on are not seen by all
        later = torch.arange(low, k.shape[2], device=q.device)[None, :] > position[:, None]
        if valid is not None:
            dead = dead | ~valid[item, position]
        for head in range(k.shape[1]):
            some = q[item, head * group : (head + 1) * group, numbers.clamp(min=0)].float() * scale
            scores = some @ k[item, head].float().T
            scores[..., low:].masked_fill_(later, -math.inf)
            if valid is not None:
                scores.masked_fill_(~valid[item], -math.inf)
            yield item, head, scores.softmax(-1).masked_fill_(dead[:, None], 0.0)


def by_block(x: Tensor, block: int) -> Tensor:
    """(..., c): sums over blocks of the last dimension."""
    return torch.unflatten(pad(x, (0, -x.shape[-1] % block)), -1, (-1, block)).sum(-1)


def row_means(q: Tensor, grid: BlockGrid) -> Tensor:
    """(b, h, r, d) float32: the mean query of each row, padded ones left aside."""
    valid = None if grid.valid is None else grid.valid[:, grid.offset :]
    return _means(q, grid.offset % grid.block, grid.block, valid)


def key_means(k: Tensor, grid: BlockGrid) -> Tensor:
    """(b, kv, c, d) float32: the mean key of each block, padded ones left aside."""
    return _means(k, 0, grid.block, grid.valid)


def _means(x: Tensor, lead: int, block: int, valid: Tensor | None) -> Tensor:
    """Means over blocks of the third dimension; the first block lacks `lead` entries."""
    live = torch.ones(1, x.shape[2], device=x.device) if valid is None else valid.float()
    x = x.float() if valid is None else x.float().masked_fill(~valid[:, None, :, None], 0.0)
    tail = -(lead + x.shape[2]) % block
    sums = torch.unflatten(pad(x, (0, 0, lead, tail)), 2, (-1, block)).sum(3)
    counts = torch.unflatten(pad(live, (lead, tail)), 1, (-1, block)).sum(-1)
    return sums / counts.clamp(min=1)[:, None, :, None]


def pooled_mass(attended: Attended, grid: BlockGrid, *, share: bool) -> Tensor:
    """(b, l, r, c) float32: attention of each row's mean query on the mean keys, a softmax over the row's blocks.

    share -- the query heads of a key/value head are summed
    """
    queries = attended.required_queries()
    group = queries.shape[1] // attended.heads
    rows, keys = row_means(queries, grid), key_means(attended.keys, grid).repeat_interleave(group, 1)
    scores = rows @ keys.transpose(-1, -2) * attended.score_scale
    scores = scores.masked_fill(~grid.allowed(), -math.inf)
    return grouped(scores.softmax(-1).nan_to_num(0.0), group if share else 1)


def grouped(x: Tensor, group: int) -> Tensor:
    """(b, l, ...): the heads of each group summed."""
    return x if group == 1 else torch.unflatten(x, 1, (-1, group)).sum(2)
