"""The top-k of attention: scores of blocks, or of lines of blocks, within a budget. Nested; ties go to the lower index.

`core.select.top` on tensors, batched: tests/contracts/test_topk.py ties the two.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from tamis.attention.budget import Budget, Mass, quota
from tamis.attention.patterns.grid import BlockGrid


def choose(scores: Tensor, budget: Budget, grid: BlockGrid) -> Tensor:
    """The blocks to list: (b, l, r, c) bool from scores (b, l, r, c), higher = keep.

    Under `Mass` the scores are shares of attention, at least 0. The first block and the row's own come first.
    """
    allowed = grid.allowed().expand(*scores.shape)
    forced = grid.forced() & allowed
    ranked = scores.double().masked_fill(forced, math.inf).masked_fill(~allowed, -math.inf)
    order = ranked.argsort(stable=True, dim=-1, descending=True)
    if isinstance(budget, Mass):
        share = scores.double().masked_fill(~allowed, 0.0)
        ranked_share = share.gather(-1, order)
        # Kept: what is needed until the share is reached. What comes before an entry counts, not the entry itself.
        goal = budget.share * share.sum(-1, keepdim=True)
        keep = ranked_share.cumsum(-1) - ranked_share < goal
    else:
        limit = quota(budget, grid.lengths, grid.block).to(scores.device)
        keep = torch.arange(grid.key_blocks, device=scores.device) < limit[:, None]
        keep = keep.expand(*scores.shape)
    return (torch.zeros_like(allowed).scatter(-1, order, keep) | forced) & allowed


def choose_lines(mass: Tensor, slashes: Tensor, budget: Budget, grid: BlockGrid, rows: Tensor) -> Tensor:
    """Whole columns and diagonals of blocks, the best first: (b, l, r, c) bool.

    The first column and the first two diagonals come first. Under `Mass` so many lines as together cover the share of
    the samples' attention; else so many as cost, row by row, no more than the budget would allow in all.

    Args:
        mass: (b, l, s, c) attention of sampled queries on each block.
        slashes: (b, l, c) attention that each diagonal of blocks would hold.
        budget: for the plan as a whole.
        grid: of the tensors.
        rows: (b or 1, s) the row of each sample on the absolute grid.
    """
    count, device = grid.key_blocks, mass.device
    value = torch.cat([mass.double().sum(2), slashes.double()], -1)
    first = torch.cat([grid.sinks(), (torch.arange(count, device=device) < 2).expand(grid.sinks().shape)], -1)
    order = value.masked_fill(first[:, None], math.inf).argsort(stable=True, dim=-1, descending=True)
    rank = torch.empty_like(order).scatter_(-1, order, torch.arange(2 * count, device=device).expand_as(order))
    away = grid.away().clamp(min=0)
    best = torch.minimum(rank[:, :, None, :count].expand(-1, -1, grid.rows, -1), rank[:, :, count:][..., away])
    limit = _covering(mass, rank, rows, budget) if isinstance(budget, Mass) else _affordable(best, budget, grid)
    return ((best < limit[..., None, None]) | grid.forced()) & grid.allowed()


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
    total = int(quota(budget, grid.lengths, grid.block).sum())
    allowed = grid.allowed().expand(*best.shape).flatten(2)
    covered = torch.zeros(*best.shape[:2], 2 * grid.key_blocks, dtype=torch.int64, device=best.device)
    covered.scatter_add_(-1, best.flatten(2), allowed.long())  # blocks that a line adds to those before it
    return (covered.cumsum(-1) <= total).sum(-1)
