"""Patterns whose size is a share of the prompt's length, so that one choice serves prompts of any length.

All are of whole blocks and spend the same quota: `Relative(x)` lets every row list as many blocks as x of the prompt
has, whichever pattern spends them. That is what makes them comparable, head by head (`tamis.attention.search`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from tamis.attention.budget import SIXTEENTH, Relative, quota
from tamis.attention.geometry import BLOCK
from tamis.attention.patterns.choose import diagonals
from tamis.attention.patterns.estimate import sample_rows
from tamis.attention.patterns.grid import BlockGrid
from tamis.attention.patterns.lines import VerticalSlash, block_lines
from tamis.attention.patterns.protocol import Pattern
from tamis.attention.patterns.static import AShape
from tamis.attention.plan import BlockPlan
from tamis.errors import InvalidInput
from tamis.models.transformers.attended import Attended


@dataclass(frozen=True, slots=True)
class RelativeWindow(Pattern):
    """A-shape of whole blocks: those of the first keys, and as many of the nearest as the budget leaves.

    Attributes:
        budget: for each row, its sinks included.
        n_sink: first keys; their number does not grow with the prompt.
    """

    budget: Relative = SIXTEENTH
    n_sink: int = BLOCK
    block: int = BLOCK

    def __post_init__(self) -> None:
        if self.n_sink < 0:
            raise InvalidInput(f"{self.n_sink} sinks.", hint="n_sink >= 0.")

    def choose(self, attended: Attended) -> BlockPlan:
        """See `Selector`."""
        limit = quota(self.budget, BlockGrid.of(attended, self.block).lengths, self.block)
        sinks = math.ceil(self.n_sink / self.block)
        near = max(1, (int(limit.max()) if limit.numel() else 1) - sinks)
        # A window of one key more than whole blocks touches one block more: the row's own.
        static = AShape(sinks * self.block, (near - 1) * self.block + 1, self.block)
        return static.choose(attended).snapped()

    @classmethod
    def of_head(cls, block: int, *, share: float, n_sink: int) -> RelativeWindow:
        """Rows of that share of the length."""
        return cls(Relative(share), n_sink, block)


@dataclass(frozen=True, slots=True)
class Lines(Pattern):
    """Columns and diagonals of blocks, each with a share of the budget: the vertical-slash of MInference, split.

    `VerticalSlash` ranks the two together; a split is a choice made beforehand, as in arXiv 2407.02490, section 3.2.

    Attributes:
        budget: for the plan as a whole.
        split: columns may spend this share of what the first block and each row's own leave; diagonals spend the rest.
        last_q: last queries to look at.
        share: the query heads of a key/value head share one list.
    """

    budget: Relative = SIXTEENTH
    split: float = 0.5
    last_q: int = 64
    share: bool = True
    block: int = BLOCK

    def __post_init__(self) -> None:
        if not 0 <= self.split <= 1:
            raise InvalidInput(f"A split of {self.split!r}.", hint="The share of columns, 0 to 1.")

    def choose(self, attended: Attended) -> BlockPlan:
        """See `Selector`."""
        grid = BlockGrid.of(attended, self.block)
        mass, slashes = block_lines(attended, sample_rows(grid, self.last_q, 0), grid, share=self.share)
        lines = mass.double().sum(2), diagonals(slashes, self.block)
        return grid.plan(split_lines(*lines, self.budget, self.split, grid))

    @staticmethod
    def of_head(block: int, *, share: float, split: float | None, last_q: int) -> Pattern:
        """Rows of that share of the length, a list for each query head.

        split -- None = columns and diagonals are ranked together, which is `VerticalSlash`
        """
        if split is None:
            return VerticalSlash(Relative(share), last_q=last_q, share=False, block=block)
        return Lines(Relative(share), split, last_q, share=False, block=block)


def split_lines(columns: Tensor, slashes: Tensor, budget: Relative, split: float, grid: BlockGrid) -> Tensor:
    """The best columns that cover no more blocks than their share, then diagonals as far as the rest goes.

    columns, slashes -- (b, l, c) attention of each; returns (b, l, r, c) bool
    The first block and each row's own are always there. A block in which two lines cross counts once.
    """
    total = quota(budget, grid.lengths, grid.block).sum().to(columns.device)
    free = grid.allowed().expand(*columns.shape[:2], -1, -1)
    column = _rank(columns, grid.sinks())[:, :, None, :].expand(free.shape)
    near = torch.arange(grid.key_blocks, device=columns.device) < 2
    slash = _rank(slashes, near)[..., grid.away().clamp(min=0)]
    blocks = (grid.forced() & grid.allowed()).expand(free.shape)
    rest = (total - blocks.sum((-1, -2))).clamp(min=0)
    columns_too = blocks | _within(column, free & ~blocks, (split * rest).floor())
    rest = rest - (columns_too & ~blocks).sum((-1, -2))
    return columns_too | _within(slash, free & ~columns_too, rest)


def _rank(value: Tensor, first: Tensor) -> Tensor:
    """(b, l, c): the place of each line, best first, ties to the lower index; first -- (b or 1, c) or (c,) bool."""
    first = first if first.dim() == 1 else first[:, None]
    order = value.double().masked_fill(first, math.inf).argsort(stable=True, dim=-1, descending=True)
    places = torch.arange(order.shape[-1], device=order.device).expand_as(order)
    return torch.empty_like(order).scatter_(-1, order, places)


def _within(rank: Tensor, free: Tensor, total: Tensor) -> Tensor:
    """Those free blocks (b, l, r, c) that the best lines cover, as many lines as cover no more than `total` of them."""
    covered = torch.zeros(*rank.shape[:2], rank.shape[-1], dtype=torch.int64, device=rank.device)
    covered.scatter_add_(-1, rank.flatten(2), free.long().flatten(2))
    lines = (covered.cumsum(-1) <= total[..., None]).sum(-1)
    return free & (rank < lines[..., None, None])
