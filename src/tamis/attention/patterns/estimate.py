"""What selectors look at: the attention of a few queries in full, and means of blocks."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn.functional import pad

from tamis.attention.patterns.choose import Shape
from tamis.errors import InvalidInput


def sample_rows(shape: Shape, last: int, spaced: int) -> Tensor:
    """(b or 1, s) int64: the last queries, and so many evenly spaced ones before them; -1 where there are too few.

    The last ones alone see what the end of a prompt asks for (MInference takes 64); spaced ones do not depend on it.
    Queries of padding are not counted.
    """
    if last < 1 or spaced < 0:
        raise InvalidInput(f"{last} last and {spaced} spaced queries.", hint="last >= 1, spaced >= 0.")
    offset = shape.kv_len - shape.q_len
    bounds = torch.stack(shape.ends(), 1).sub(offset).clamp(min=0).tolist()
    found = [_between(low, high, last, spaced) for low, high in bounds]
    most = max(len(rows) for rows in found)
    return torch.tensor([[-1] * (most - len(rows)) + rows for rows in found], dtype=torch.int64, device=shape.device)


def _between(low: int, high: int, last: int, spaced: int) -> list[int]:
    tail = max(low, high - last)
    spaced = min(spaced, tail - low)
    return [low + i * (tail - low) // spaced for i in range(spaced)] + list(range(tail, high))


def attention_of(
    q: Tensor, k: Tensor, rows: Tensor, *, scale: float | None = None, valid: Tensor | None = None
) -> Iterator[tuple[int, int, Tensor]]:
    """For each item and key/value head: (item, head, weights (g, s, tk) in float32) of the queries at `rows`.

    Exact softmax over all keys up to each query. 0 for padding, for queries that are padding or see nothing else, and
    for those numbered -1.

    rows -- (b or 1, s)
    """
    scale = q.shape[-1] ** -0.5 if scale is None else scale
    group, offset = q.shape[1] // k.shape[1], k.shape[2] - q.shape[2]
    for item in range(q.shape[0]):
        at = rows[item % rows.shape[0]]
        position, dead = at.clamp(min=0) + offset, at < 0
        low = int(position.min()) + 1 if at.numel() else 0  # keys from here on are not seen by all
        later = torch.arange(low, k.shape[2], device=q.device)[None, :] > position[:, None]
        if valid is not None:
            dead = dead | ~valid[item, position]
        for head in range(k.shape[1]):
            some = q[item, head * group : (head + 1) * group, at.clamp(min=0)].float() * scale
            scores = some @ k[item, head].float().T
            scores[..., low:].masked_fill_(later, -math.inf)
            if valid is not None:
                scores.masked_fill_(~valid[item], -math.inf)
            yield item, head, scores.softmax(-1).masked_fill_(dead[:, None], 0.0)


def block_mass(q: Tensor, k: Tensor, rows: Tensor, shape: Shape, *, scale: float | None, share: bool) -> Tensor:
    """(b, l, s, c) float32: attention of the queries at `rows` (b or 1, s) on each key block.

    l -- key/value heads, the query heads of one summed (`share`), or query heads
    """
    b, kv, group = q.shape[0], k.shape[1], q.shape[1] // k.shape[1]
    made = torch.zeros(b, kv, group, rows.shape[1], shape.key_blocks, device=q.device)
    for item, head, weights in attention_of(q, k, rows, scale=scale, valid=shape.valid):
        made[item, head] = by_block(weights, shape.block)
    return made.sum(2) if share else made.flatten(1, 2)


def by_block(x: Tensor, block: int) -> Tensor:
    """(..., c): sums over blocks of the last dimension."""
    return torch.unflatten(pad(x, (0, -x.shape[-1] % block)), -1, (-1, block)).sum(-1)


def row_means(q: Tensor, shape: Shape) -> Tensor:
    """(b, h, r, d) float32: the mean query of each row, padded ones left aside."""
    offset = shape.kv_len - shape.q_len
    valid = None if shape.valid is None else shape.valid[:, offset:]
    return _means(q, offset % shape.block, shape.block, valid)


def key_means(k: Tensor, shape: Shape) -> Tensor:
    """(b, kv, c, d) float32: the mean key of each block, padded ones left aside."""
    return _means(k, 0, shape.block, shape.valid)


def _means(x: Tensor, lead: int, block: int, valid: Tensor | None) -> Tensor:
    """Means over blocks of the third dimension; the first block lacks `lead` entries."""
    live = torch.ones(1, x.shape[2], device=x.device) if valid is None else valid.float()
    x = x.float() if valid is None else x.float().masked_fill(~valid[:, None, :, None], 0.0)
    tail = -(lead + x.shape[2]) % block
    sums = torch.unflatten(pad(x, (0, 0, lead, tail)), 2, (-1, block)).sum(3)
    counts = torch.unflatten(pad(live, (lead, tail)), 1, (-1, block)).sum(-1)
    return sums / counts.clamp(min=1)[:, None, :, None]


def pooled_mass(q: Tensor, k: Tensor, shape: Shape, *, scale: float | None, share: bool) -> Tensor:
    """(b, l, r, c) float32: attention of each row's mean query on the mean keys, a softmax over the row's blocks."""
    group = q.shape[1] // k.shape[1]
    rows, keys = row_means(q, shape), key_means(k, shape).repeat_interleave(group, 1)
    scores = rows @ keys.transpose(-1, -2) * (q.shape[-1] ** -0.5 if scale is None else scale)
    scores = scores.masked_fill(~shape.allowed(), -math.inf)
    return grouped(scores.softmax(-1).nan_to_num(0.0), group if share else 1)


def grouped(x: Tensor, group: int) -> Tensor:
    """(b, l, ...): the heads of each group summed."""
    return x if group == 1 else torch.unflatten(x, 1, (-1, group)).sum(2)
