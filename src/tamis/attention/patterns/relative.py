"""Patterns whose size is a share of the prompt's length, so that one choice serves prompts of any length.

All are of whole blocks and spend the same quota: `Relative(x)` lets every row list as many blocks as x of the prompt
has, whichever pattern spends them. That is what makes them comparable, head by head (`tamis.attention.search`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from tamis.attention.budget import SIXTEENTH, Relative, quota
from tamis.attention.patterns.blocks import BlockMean
from tamis.attention.patterns.choose import Shape, diagonals
from tamis.attention.patterns.estimate import sample_rows
from tamis.attention.patterns.lines import VerticalSlash, block_lines
from tamis.attention.patterns.protocol import Selector
from tamis.attention.patterns.static import AShape, Dense
from tamis.attention.plan import BLOCK, BLOCKS, BlockPlan
from tamis.errors import InvalidInput, InvalidPlan, TamisError


@dataclass(frozen=True, slots=True)
class Window:
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

    def __call__(
        self, q: Tensor, k: Tensor, *, scale: float | None = None, valid: Tensor | None = None, layer: int | None = None
    ) -> BlockPlan:
        """See `Selector`."""
        shape = Shape.of(q, k, self.block, valid)
        limit = quota(self.budget, shape.lengths, self.block)
        sinks = math.ceil(self.n_sink / self.block)
        near = max(1, (int(limit.max()) if limit.numel() else 1) - sinks)
        # A window of one key more than whole blocks touches one block more: the row's own.
        static = AShape(sinks * self.block, (near - 1) * self.block + 1, self.block)
        return static(q, k, valid=valid).snapped()


@dataclass(frozen=True, slots=True)
class Lines:
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

    def __call__(
        self, q: Tensor, k: Tensor, *, scale: float | None = None, valid: Tensor | None = None, layer: int | None = None
    ) -> BlockPlan:
        """See `Selector`."""
        shape = Shape.of(q, k, self.block, valid)
        mass, slashes = block_lines(q, k, sample_rows(shape, self.last_q, 0), shape, scale=scale, share=self.share)
        grid = split_lines(mass.double().sum(2), diagonals(slashes, self.block), self.budget, self.split, shape)
        return BlockPlan.from_grid(grid, *shape.lengths[:2], block=self.block, valid=valid)


def split_lines(columns: Tensor, slashes: Tensor, budget: Relative, split: float, shape: Shape) -> Tensor:
    """The best columns that cover no more blocks than their share, then diagonals as far as the rest goes.

    columns, slashes -- (b, l, c) attention of each; returns (b, l, r, c) bool
    The first block and each row's own are always there. A block in which two lines cross counts once.
    """
    at = torch.arange(shape.key_blocks, device=columns.device)
    total = quota(budget, shape.lengths, shape.block).sum().to(columns.device)
    free = shape.allowed().expand(*columns.shape[:2], -1, -1)
    column = _rank(columns, shape.sinks())[:, :, None, :].expand(free.shape)
    away = (shape.absolute() - at).clamp(min=0)
    slash = _rank(slashes, at < 2)[..., away]
    grid = (shape.forced() & shape.allowed()).expand(free.shape)
    rest = (total - grid.sum((-1, -2))).clamp(min=0)
    columns_too = grid | _within(column, free & ~grid, (split * rest).floor())
    rest = rest - (columns_too & ~grid).sum((-1, -2))
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


def _a_shape(block: int, *, share: float, n_sink: int) -> Selector:
    return Window(Relative(share), n_sink, block)


def _vertical_slash(block: int, *, share: float, split: float | None, last_q: int) -> Selector:
    if split is None:
        return VerticalSlash(Relative(share), last_q=last_q, share=False, block=block)
    return Lines(Relative(share), split, last_q, share=False, block=block)


def _block_mean(block: int, *, share: float) -> Selector:
    return BlockMean(Relative(share), share=False, block=block)


PATTERNS: Mapping[str, Callable[..., Selector]] = {
    "a_shape": _a_shape,
    "vertical_slash": _vertical_slash,
    "block_mean": _block_mean,
    "dense": Dense,
}


def pattern(name: str, arguments: Mapping[str, Any], block: int = BLOCK) -> Selector:
    """The selector of one head.

    Args:
        name: of `PATTERNS`.
        arguments: `share` of the length for each row (not for dense), `n_sink` of an A-shape; `split` (None = columns
            and diagonals are ranked together) and `last_q` of verticals and slashes.
        block: queries of a row and keys of a block.

    Raises:
        InvalidPlan: no such pattern, or not its arguments.
    """
    if name not in PATTERNS or block not in BLOCKS:
        raise InvalidPlan(f"Pattern {name!r}, blocks of {block!r}.", hint=f"{', '.join(PATTERNS)}; {BLOCKS}.")
    try:
        return PATTERNS[name](block, **arguments)
    except (TypeError, TamisError) as error:
        raise InvalidPlan(f"{name} with {dict(arguments)!r}: {error}") from error
