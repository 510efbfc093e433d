"""FlexPrefill (arXiv 2502.20766): each head is read by blocks or by lines, whichever its last queries call for."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from tamis.attention.budget import Mass
from tamis.attention.geometry import BLOCK
from tamis.attention.patterns.choose import diagonals
from tamis.attention.patterns.estimate import grouped, key_means, pooled_mass, sample_rows
from tamis.attention.patterns.grid import BlockGrid
from tamis.attention.patterns.lines import block_lines
from tamis.attention.patterns.protocol import Pattern
from tamis.attention.plan import BlockPlan
from tamis.errors import InvalidInput
from tamis.models.transformers.attended import Attended

GAMMA = Mass(0.95)


@dataclass(frozen=True, slots=True)
class FlexPrefill(Pattern):
    """Adaptive: no configuration, each head as many blocks as hold a share of its estimated attention.

    Where pooled keys predict well what the last queries look at, blocks are chosen by pooled scores over all rows;
    elsewhere columns and diagonals are, from those queries' own attention.

    Attributes:
        budget: the share of estimated attention to cover, gamma of the paper.
        tau: predicted well = the square root of the Jensen-Shannon divergence (in nats) is below this.
        last_q: last queries to look at.
        min_keys: never fewer keys than this for a query: the nearest blocks fill up.
        share: the query heads of a key/value head share one list.
    """

    budget: Mass = GAMMA
    tau: float = 0.1
    last_q: int = BLOCK
    min_keys: int = 1024
    share: bool = True
    block: int = BLOCK

    def __post_init__(self) -> None:
        if not isinstance(self.budget, Mass):
            raise InvalidInput(f"flex_prefill with {self.budget!r}.", hint="It covers a share: Mass(0.95).")
        if self.tau < 0 or self.min_keys < 0:
            raise InvalidInput(f"tau {self.tau}, min_keys {self.min_keys}.", hint="Both are at least 0.")

    def choose(self, attended: Attended) -> BlockPlan:
        """See `Selector`."""
        grid = BlockGrid.of(attended, self.block)
        rows = sample_rows(grid, self.last_q, 0)
        mass, slashes = block_lines(attended, rows, grid, share=self.share)
        aware = divergence(_predicted(attended, rows, grid, share=self.share), mass.sum(2)) < self.tau
        by_rows = self._blocks(pooled_mass(attended, grid, share=self.share), grid)
        lines = self._lines(mass.sum(2), diagonals(slashes, self.block), grid)
        blocks = torch.where(aware[..., None, None], by_rows, lines) | grid.forced() | self._near(grid)
        return grid.plan(blocks & grid.allowed())

    @classmethod
    def of_share(cls, share: float, block: int) -> FlexPrefill:
        """That share of the estimated attention."""
        return cls(Mass(share), last_q=min(64, block), min_keys=block, block=block)

    def _blocks(self, pooled: Tensor, grid: BlockGrid) -> Tensor:
        """The best blocks of the whole triangle that together hold the share: (b, l, r, c) bool."""
        return covering(pooled.masked_fill(~grid.allowed(), 0.0).flatten(2), self.budget).view(pooled.shape)

    def _lines(self, columns: Tensor, slashes: Tensor, grid: BlockGrid) -> Tensor:
        """The columns and the diagonals that each hold the share: (b, l, r, c) bool."""
        away = grid.away().clamp(min=0)
        return covering(columns, self.budget)[:, :, None, :] | covering(slashes, self.budget)[..., away]

    def _near(self, grid: BlockGrid) -> Tensor:
        """(r, c) bool: the nearest blocks, `min_keys` keys in all, the first block aside."""
        away = grid.away()
        return (away >= 0) & (away < self.min_keys // self.block - 1)


def covering(mass: Tensor, budget: Mass) -> Tensor:
    """The fewest entries of the last dimension that hold the share of its sum: bool, ties to the lower index."""
    order = mass.double().argsort(stable=True, dim=-1, descending=True)
    ranked = mass.double().gather(-1, order)
    keep = ranked.cumsum(-1) - ranked < budget.share * ranked.sum(-1, keepdim=True)
    return torch.zeros_like(keep).scatter(-1, order, keep)


def divergence(one: Tensor, other: Tensor) -> Tensor:
    """Square root of the Jensen-Shannon divergence in nats of two distributions over the last dimension.

    They are scaled to sum to 1; where one of them is all 0, the result is 0.
    """
    p, q = (x.double() / x.double().sum(-1, keepdim=True).clamp(min=1e-30) for x in (one, other))
    middle = (p + q) / 2
    parts = (torch.special.xlogy(x, x / middle.clamp(min=1e-300)).sum(-1) for x in (p, q))
    return (sum(parts, torch.zeros_like(p[..., 0])) / 2).clamp(min=0).sqrt()


def _predicted(attended: Attended, rows: Tensor, grid: BlockGrid, *, share: bool) -> Tensor:
    """(b, l, c): what the mean of the sampled queries looks at, over mean keys."""
    q = attended.required_queries()
    group, live = q.shape[1] // attended.heads, (rows >= 0).float()
    picked = q.float().gather(2, rows.clamp(min=0)[:, None, :, None].expand(q.shape[0], q.shape[1], -1, q.shape[3]))
    mean = (picked * live[:, None, :, None]).sum(2) / live.sum(-1).clamp(min=1)[:, None, None]
    keys = key_means(attended.keys, grid).repeat_interleave(group, 1)
    scores = (keys @ mean[..., None])[..., 0] * attended.score_scale
    scores = scores.masked_fill(~grid.allowed()[:, :, -1], -torch.inf)
    return grouped(scores.softmax(-1).nan_to_num(0.0), group if share else 1)
