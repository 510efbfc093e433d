"""Selectors that rank key blocks row by row: pooled means, antidiagonals, the truth, chance."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import pad

from tamis.attention.budget import FAIR_SIXTEENTH, FAITHFUL, Budget, Relative, level
from tamis.attention.geometry import BLOCK
from tamis.attention.patterns.choose import choose
from tamis.attention.patterns.estimate import attention_of, by_block, grouped, pooled_mass
from tamis.attention.patterns.grid import BlockGrid
from tamis.attention.patterns.protocol import Budgeted, Pattern
from tamis.attention.plan import BlockPlan
from tamis.errors import InvalidInput
from tamis.models.transformers.attended import Attended


@dataclass(frozen=True, slots=True)
class BlockMean(Budgeted):
    """The blocks whose mean key suits the row's mean query best (MInference's block-sparse, arXiv 2407.02490).

    Attributes:
        budget: how many blocks.
        share: the query heads of a key/value head share one list.
    """

    budget: Budget = FAIR_SIXTEENTH
    share: bool = True
    block: int = BLOCK

    def choose(self, attended: Attended) -> BlockPlan:
        """See `Selector`."""
        grid = BlockGrid.of(attended, self.block)
        return grid.plan(choose(pooled_mass(attended, grid, share=self.share), self.budget, grid))

    @classmethod
    def of_share(cls, share: float, block: int) -> BlockMean:
        """That share of all pairs."""
        return cls(level(share), block=block)

    @classmethod
    def of_head(cls, block: int, *, share: float) -> BlockMean:
        """Rows of that share of the length, a list for each query head."""
        return cls(Relative(share), share=False, block=block)


@dataclass(frozen=True, slots=True)
class XAttention(Pattern):
    """The blocks whose antidiagonals hold most attention (XAttention, arXiv 2503.16428).

    Each `stride` queries and keys are folded into one, the phases of one of them reversed, so that one product gives
    sums along antidiagonals; a softmax over these stands for the attention of their block.
    """

    budget: Budget = FAITHFUL
    stride: int = 16
    share: bool = True
    block: int = BLOCK

    def __post_init__(self) -> None:
        if self.stride < 1 or self.block % self.stride:
            raise InvalidInput(f"A stride of {self.stride}.", hint=f"It must divide the block of {self.block}.")

    def choose(self, attended: Attended) -> BlockPlan:
        """See `Selector`."""
        grid, q, k = BlockGrid.of(attended, self.block), attended.required_queries(), attended.keys
        valid, offset, per = grid.valid, grid.offset, self.block // self.stride
        queries = self._folded(q if valid is None else _blank(q, valid[:, offset:]), offset % self.block, flip=True)
        keys = self._folded(k if valid is None else _blank(k, valid), 0, flip=False)
        live, live_queries = self._live(grid, 0), self._live(grid, offset)
        mass = torch.zeros(*q.shape[:2], grid.rows, grid.key_blocks, device=q.device)
        for row in range(0, grid.rows, 8):
            rows = slice(row, min(row + 8, grid.rows))
            some = self._rows(queries, keys, live, rows, attended.score_scale / self.stride, grid)
            folds = slice((grid.first_row + rows.start) * per, (grid.first_row + rows.stop) * per)
            some = torch.unflatten(some * live_queries[:, None, folds, None], 2, (-1, per))
            mass[:, :, rows, : some.shape[-1]] = some.sum(3)
        group = q.shape[1] // k.shape[1] if self.share else 1
        return grid.plan(choose(grouped(mass, group), self.budget, grid))

    @classmethod
    def of_share(cls, share: float, block: int) -> XAttention:
        """That share of all pairs."""
        return cls(level(share), stride=min(16, block // 2), block=block)

    def _rows(self, q: Tensor, k: Tensor, live: Tensor, rows: slice, scale: float, grid: BlockGrid) -> Tensor:
        """(b, h, folds of some rows, c up to the last of them): attention on each block."""
        per, last = self.block // self.stride, grid.first_row + rows.stop
        some = q[:, :, rows.start * per : rows.stop * per]
        seen = k[:, :, : last * per].repeat_interleave(q.shape[1] // k.shape[1], 1)
        scores = some @ seen.transpose(-1, -2) * scale
        i = torch.arange(some.shape[2], device=q.device) + (grid.first_row + rows.start) * per
        j = torch.arange(seen.shape[2], device=q.device)
        scores = scores.masked_fill(j[None, :] > i[:, None], -math.inf).masked_fill(
            ~live[:, None, None, : j.numel()], -math.inf
        )
        return by_block(scores.softmax(-1).nan_to_num_(0.0), per)

    def _folded(self, x: Tensor, lead: int, *, flip: bool) -> Tensor:
        """(b, h, n / stride, stride * d) float32, whole blocks."""
        whole = pad(x.float(), (0, 0, lead, -(lead + x.shape[2]) % self.block))
        whole = torch.unflatten(whole, 2, (-1, self.stride))
        return (whole.flip(3) if flip else whole).flatten(3)

    def _live(self, grid: BlockGrid, start: int) -> Tensor:
        """(b or 1, n / stride) bool: folds that hold, from `start` on, something other than padding."""
        all_ = torch.ones(1, grid.kv_len, dtype=torch.bool, device=grid.device)
        valid = (all_ if grid.valid is None else grid.valid).clone()
        valid[:, :start] = False
        return torch.unflatten(pad(valid, (0, -grid.kv_len % self.block)), 1, (-1, self.stride)).any(-1)


@dataclass(frozen=True, slots=True)
class OracleTopK(Budgeted):
    """The blocks that hold most of the true attention of the row: an upper bound, as dear as dense attention."""

    budget: Budget = FAIR_SIXTEENTH
    share: bool = True
    block: int = BLOCK

    def choose(self, attended: Attended) -> BlockPlan:
        """See `Selector`."""
        grid = BlockGrid.of(attended, self.block)
        return grid.plan(choose(true_mass(attended, grid, share=self.share), self.budget, grid))

    @classmethod
    def of_share(cls, share: float, block: int) -> OracleTopK:
        """That share of all pairs."""
        return cls(level(share), block=block)


@dataclass(frozen=True, slots=True)
class RandomBlocks(Budgeted):
    """Blocks by chance: a lower bound. The generator, or else the seed, decides; a seed gives the same every call."""

    budget: Budget = FAIR_SIXTEENTH
    seed: int = 0
    generator: torch.Generator | None = None
    share: bool = True
    block: int = BLOCK

    def choose(self, attended: Attended) -> BlockPlan:
        """See `Selector`."""
        grid = BlockGrid.of(attended, self.block)
        generator = self.generator or torch.Generator().manual_seed(self.seed)
        heads = attended.heads if self.share else attended.required_queries().shape[1]
        size = attended.keys.shape[0], heads, grid.rows, grid.key_blocks
        scores = torch.rand(size, generator=generator, device=generator.device).to(grid.device)
        return grid.plan(choose(scores, self.budget, grid))

    @classmethod
    def of_share(cls, share: float, block: int) -> RandomBlocks:
        """That share of all pairs."""
        return cls(level(share), block=block)


def true_mass(attended: Attended, grid: BlockGrid, *, share: bool) -> Tensor:
    """(b, l, r, c) float32: the mean attention of each row's queries on each block; share -- as in `pooled_mass`."""
    queries = attended.required_queries()
    group = queries.shape[1] // attended.heads
    mass = torch.zeros(queries.shape[0], attended.heads, group, grid.rows, grid.key_blocks, device=grid.device)
    for row, span in enumerate(grid.spans):
        numbers = torch.arange(*span, device=grid.device) - grid.offset
        for item, head, weights in attention_of(attended, numbers[None]):
            mass[item, head, :, row] = by_block(weights, grid.block).mean(1)
    return mass.sum(2) if share else mass.flatten(1, 2)


def _blank(x: Tensor, valid: Tensor) -> Tensor:
    return x.masked_fill(~valid[:, None, :, None], 0.0)
