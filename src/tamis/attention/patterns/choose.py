"""The top-k of attention: scores of blocks, or of lines of blocks, within a budget. Nested; ties go to the lower index.

`core.select.top` on tensors, batched: tests/contracts/test_topk.py ties the two.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from tamis.attention.budget import Budget, Mass, least, mass_of, near_blocks, quota, rows_of
from tamis.attention.patterns.grid import BlockGrid


def choose(scores: Tensor, budget: Budget, grid: BlockGrid) -> Tensor:
    """The blocks to list: (b, l, r, c) bool from scores (b, l, r, c), higher = keep.

    Under `Mass` the scores are shares of attention, at least 0. The first block and the nearest ones come first.
    """
    allowed = grid.allowed().expand(*scores.shape)
    forced = grid.forced(near_blocks(budget, grid.block)) & allowed
    ranked = scores.double().masked_fill(forced, math.inf).masked_fill(~allowed, -math.inf)
    order = ranked.argsort(stable=True, dim=-1, descending=True)
    limit = _rows(budget, grid).to(scores.device)
    keep = (torch.arange(grid.key_blocks, device=scores.device) < limit[:, None]).expand(*scores.shape)
    if mass := mass_of(budget):
        keep = keep | _sufficient(scores.double().masked_fill(~allowed, 0.0).gather(-1, order), mass)
    return (torch.zeros_like(allowed).scatter(-1, order, keep) | forced) & allowed


def _rows(budget: Budget, grid: BlockGrid) -> Tensor:
    """(r,) blocks of each row: those that a budget allows, or, of a share of the attention, what it lists anyway."""
    if isinstance(budget, Mass):
        return torch.zeros(grid.rows, dtype=torch.int64)
    return quota(budget, grid.lengths, grid.block)


def _sufficient(ranked: Tensor, mass: Mass) -> Tensor:
    """Of shares in the order in which they are kept: what is needed until the mass is reached."""
    # What comes before an entry counts, not the entry itself.
    return ranked.cumsum(-1) - ranked < mass.share * ranked.sum(-1, keepdim=True)


def choose_lines(mass: Tensor, slashes: Tensor, budget: Budget, grid: BlockGrid, rows: Tensor) -> Tensor:
    """Whole columns and diagonals of blocks, the best first: (b, l, r, c) bool.

    The first column and the nearest diagonals, two at least, come first. Under `Mass` so many lines as together cover
    the share of the samples' attention; else so many as cost, row by row, no more than the budget would allow in all.
    Rows to which the lines give less than the budget's floor get their nearest blocks.

    Args:
        mass: (b, l, s, c) attention of sampled queries on each block.
        slashes: (b, l, c) attention that each diagonal of blocks would hold.
        budget: for the plan as a whole.
        grid: of the tensors.
        rows: (b or 1, s) the row of each sample on the absolute grid.
    """
    count, device = grid.key_blocks, mass.device
    value = torch.cat([mass.double().sum(2), slashes.double()], -1)
    near = max(2, near_blocks(budget, grid.block))
    first = torch.cat([grid.sinks(), (torch.arange(count, device=device) < near).expand(grid.sinks().shape)], -1)
    order = value.masked_fill(first[:, None], math.inf).argsort(stable=True, dim=-1, descending=True)
    rank = torch.empty_like(order).scatter_(-1, order, torch.arange(2 * count, device=device).expand_as(order))
    away = grid.away().clamp(min=0)
    best = torch.minimum(rank[:, :, None, :count].expand(-1, -1, grid.rows, -1), rank[:, :, count:][..., away])
    goal = mass_of(budget)
    limit = _covering(mass, rank, rows, goal) if goal else _affordable(best, budget, grid)
    forced = grid.forced(near_blocks(budget, grid.block))
    return topped((best < limit[..., None, None]) | forced, budget, grid)


def topped(blocks: Tensor, budget: Budget, grid: BlockGrid) -> Tensor:
    """The blocks (b, l, r, c), and in rows that list less than the budget's floor the nearest others, up to it."""
    allowed = grid.allowed()
    blocks = blocks & allowed
    base = least(budget, rows_of(grid.lengths, grid.block), grid.block).to(blocks.device)
    missing = (base[:, None] - blocks.sum(-1, keepdim=True)).clamp(min=0)
    free = allowed & ~blocks
    return blocks | (free & (free.flip(-1).cumsum(-1).flip(-1) <= missing))


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
    covered = torch.zeros(*mass.shape[:2], 2 * count, dtype=torch.float64, device=mass.device)
    covered = covered.scatter_add(-1, better.flatten(2), mass.double().flatten(2)).cumsum(-1)
    # Rounding of sums must not ask for one more line than there are.
    goal = budget.share * covered[..., -1:] * (1 - 1e-12)
    return (covered < goal).sum(-1) + 1


def _affordable(best: Tensor, budget: Budget, grid: BlockGrid) -> Tensor:
    """(b, l): how many lines, from the best on, cover no more blocks than the rows' quotas together.

    best -- (b, l, r, c) rank of the better one of the two lines that cross in a block
    """
    assert not isinstance(budget, Mass)
    limit, base = quota(budget, grid.lengths, grid.block), least(budget, rows_of(grid.lengths, grid.block), grid.block)
    short = grid.short(base)  # what rows list anyway is not spent on lines
    total = int(limit.to(best.device)[~short[:, 0]].sum())
    allowed = (grid.allowed() & ~short).expand(*best.shape).flatten(2)
    covered = torch.zeros(*best.shape[:2], 2 * grid.key_blocks, dtype=torch.int64, device=best.device)
    covered.scatter_add_(-1, best.flatten(2), allowed.long())  # blocks that a line adds to those before it
    return (covered.cumsum(-1) <= total).sum(-1)
