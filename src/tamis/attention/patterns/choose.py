"""The top-k of attention: scores of blocks, or of lines of blocks, within a budget. Nested; ties go to the lower index.

`core.select.top` on tensors, batched: a contract test ties the two.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from tamis.attention.budget import Budget, Mass, quota
from tamis.attention.plan import causal_grid, row_count


@dataclass(frozen=True, slots=True)
class Shape:
    """What a selector needs to know of its tensors: queries, keys, head size, block, padding."""

    q_len: int
    kv_len: int
    size: int
    block: int
    valid: Tensor | None
    device: torch.device

    @classmethod
    def of(cls, q: Tensor, k: Tensor, block: int, valid: Tensor | None) -> Shape:
        """From (b, h, tq, d) and (b, kv, tk, d)."""
        return cls(q.shape[2], k.shape[2], q.shape[3], block, valid, q.device)

    @property
    def lengths(self) -> tuple[int, int, int]:
        """Queries, keys, head size."""
        return self.q_len, self.kv_len, self.size

    @property
    def rows(self) -> int:
        """Rows of queries."""
        return row_count(self.q_len, self.kv_len, self.block)

    @property
    def key_blocks(self) -> int:
        """Blocks of keys."""
        return math.ceil(self.kv_len / self.block)

    @property
    def first_row(self) -> int:
        """Number of the first row on the absolute grid."""
        return (self.kv_len - self.q_len) // self.block

    def absolute(self) -> Tensor:
        """(r, 1) int64: numbers of the rows on the absolute grid."""
        return torch.arange(self.first_row, self.first_row + self.rows, device=self.device)[:, None]

    def allowed(self) -> Tensor:
        """(b or 1, 1, r, c) bool: blocks that are not ahead, with a key that is not padding."""
        grid = causal_grid(self.q_len, self.kv_len, self.block, self.device)[None, None]
        return grid if self.valid is None else grid & blocks_with(self.valid, self.block)[:, None, None, :]

    def ends(self) -> tuple[Tensor, Tensor]:
        """(b or 1,) int64, twice: the first key that is not padding, and the place behind the last one."""
        if self.valid is None:
            return torch.tensor([0], device=self.device), torch.tensor([self.kv_len], device=self.device)
        some, flags = self.valid.any(-1), self.valid.int()
        first = torch.where(some, flags.argmax(-1), 0)
        return first, torch.where(some, self.kv_len - flags.flip(-1).argmax(-1), 0)

    def sinks(self, count: int = 1) -> Tensor:
        """(b or 1, c) bool: the blocks of the first `count` keys that are not padding."""
        first, start = self.ends()[0][:, None], torch.arange(self.key_blocks, device=self.device) * self.block
        return (start + self.block > first) & (start < first + count)

    def forced(self) -> Tensor:
        """(b or 1, 1, r, c) bool: the block of the first key, which holds the sinks, and the row's own."""
        own = torch.arange(self.key_blocks, device=self.device)[None, :] == self.absolute()
        return own | self.sinks()[:, None, None, :]


def blocks_with(valid: Tensor, block: int) -> Tensor:
    """(b, c) bool: blocks that hold a key that is not padding."""
    padded = torch.nn.functional.pad(valid, (0, -valid.shape[1] % block))
    return padded.view(valid.shape[0], -1, block).any(-1)


def choose(scores: Tensor, budget: Budget, shape: Shape) -> Tensor:
    """The blocks to list: (b, l, r, c) bool from scores (b, l, r, c), higher = keep.

    Under `Mass` the scores are shares of attention, at least 0. The first block and the row's own come first.
    """
    allowed = shape.allowed().expand(*scores.shape)
    forced = shape.forced() & allowed
    ranked = scores.double().masked_fill(forced, math.inf).masked_fill(~allowed, -math.inf)
    order = ranked.argsort(stable=True, dim=-1, descending=True)
    if isinstance(budget, Mass):
        share = scores.double().masked_fill(~allowed, 0.0)
        mine = share.gather(-1, order)
        # Kept: what is needed until the share is reached. What comes before an entry counts, not the entry itself.
        goal = budget.share * share.sum(-1, keepdim=True)
        keep = mine.cumsum(-1) - mine < goal
    else:
        limit = quota(budget, shape.lengths, shape.block).to(scores.device)
        keep = torch.arange(shape.key_blocks, device=scores.device) < limit[:, None]
        keep = keep.expand(*scores.shape)
    return (torch.zeros_like(allowed).scatter(-1, order, keep) | forced) & allowed


def choose_lines(mass: Tensor, slashes: Tensor, budget: Budget, shape: Shape, rows: Tensor) -> Tensor:
    """Whole columns and diagonals of blocks, the best first: (b, l, r, c) bool.

    The first column and the first two diagonals come first. Under `Mass` so many lines as together cover the share of
    the samples' attention; else so many as cost, row by row, no more than the budget would allow in all.

    Args:
        mass: (b, l, s, c) attention of sampled queries on each block.
        slashes: (b, l, c) attention that each diagonal of blocks would hold.
        budget: for the plan as a whole.
        shape: of the tensors.
        rows: (b or 1, s) the row of each sample on the absolute grid.
    """
    count, device = shape.key_blocks, mass.device
    at = torch.arange(count, device=device)
    value = torch.cat([mass.double().sum(2), slashes.double()], -1)
    first = torch.cat([shape.sinks(), (at < 2).expand(shape.sinks().shape)], -1)
    order = value.masked_fill(first[:, None], math.inf).argsort(stable=True, dim=-1, descending=True)
    rank = torch.empty_like(order).scatter_(-1, order, torch.arange(2 * count, device=device).expand_as(order))
    away = (shape.absolute() - at).clamp(min=0)
    best = torch.minimum(rank[:, :, None, :count].expand(-1, -1, shape.rows, -1), rank[:, :, count:][..., away])
    limit = _covering(mass, rank, rows, budget) if isinstance(budget, Mass) else _affordable(best, budget, shape)
    return ((best < limit[..., None, None]) | shape.forced()) & shape.allowed()


def diagonals(slashes: Tensor, block: int) -> Tensor:
    """(..., c): attention by distance (..., tk) as attention on diagonals of blocks.

    Distance a * block + r lies on diagonal a for the queries of a row from the r-th on, on diagonal a + 1 for those
    before; which of them were sampled does not matter.
    """
    padded = torch.nn.functional.pad(slashes.double(), (0, -slashes.shape[-1] % block))
    parts = padded.view(*slashes.shape[:-1], -1, block)
    far = torch.arange(block, device=slashes.device, dtype=torch.float64) / block
    near, over = (parts * (1 - far)).sum(-1), (parts * far).sum(-1)
    return near + torch.nn.functional.pad(over[..., :-1], (1, 0))


def _covering(mass: Tensor, rank: Tensor, rows: Tensor, budget: Mass) -> Tensor:
    """(b, l): how many lines, from the best on, hold the share of the mass; an entry is held by its better line."""
    count = mass.shape[-1]
    away = (rows[..., None] - torch.arange(count, device=mass.device)).clamp(min=0)[:, None].expand(mass.shape)
    slash = rank[..., count:].gather(-1, away.flatten(2)).view(mass.shape)
    better = torch.minimum(rank[:, :, None, :count], slash)
    held = torch.zeros(*mass.shape[:2], 2 * count, dtype=torch.float64, device=mass.device)
    held = held.scatter_add(-1, better.flatten(2), mass.double().flatten(2)).cumsum(-1)
    # Rounding of sums must not ask for one more line than there are.
    goal = budget.share * held[..., -1:] * (1 - 1e-12)
    return (held < goal).sum(-1) + 1


def _affordable(best: Tensor, budget: Budget, shape: Shape) -> Tensor:
    """(b, l): how many lines, from the best on, cover no more blocks than the rows' quotas together.

    best -- (b, l, r, c) rank of the better one of the two lines that cross in a block
    """
    assert not isinstance(budget, Mass)
    total = int(quota(budget, shape.lengths, shape.block).sum())
    allowed = shape.allowed().expand(*best.shape).flatten(2)
    covered = torch.zeros(*best.shape[:2], 2 * shape.key_blocks, dtype=torch.int64, device=best.device)
    covered.scatter_add_(-1, best.flatten(2), allowed.long())  # blocks that a line adds to those before it
    return (covered.cumsum(-1) <= total).sum(-1)
