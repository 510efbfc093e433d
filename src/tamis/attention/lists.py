"""What each row of queries sees, as data: ragged lists of blocks and columns, a static part, padding.

`BlockPlan` (plan.py) is this with everything that can be done with it; what is done with it (checks, counts, unions,
maps, JSON) stands on this class and knows nothing of plans.

Shapes: b batch, l lists (heads that share one list count once), r rows, c key blocks, tq queries, tk keys.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from tamis.attention.geometry import BLOCK, BlockRows

if TYPE_CHECKING:
    from typing_extensions import Self


@dataclass(frozen=True, eq=False, repr=False)
class RowLists(BlockRows):
    """The keys that each block of queries sees; see `BlockPlan` for its attributes."""

    q_len: int
    kv_len: int
    blocks: Tensor
    first: Tensor
    batch: int = 1
    lists: int = 1
    block: int = BLOCK
    columns: Tensor | None = None
    column_first: Tensor | None = None
    n_sink: int = 0
    n_local: int = 0
    causal: bool = True
    valid: Tensor | None = None

    def replace(self, **changes: object) -> Self:
        """The same with other values in some fields."""
        return replace(self, **changes)  # type: ignore[arg-type]

    def row_of(self, first: Tensor) -> Tensor:
        """(n,) int64: the row, over all batch items and lists, of each entry of a ragged list."""
        counts = first.long().diff()
        return torch.repeat_interleave(torch.arange(counts.numel(), device=first.device), counts)

    @cached_property
    def grid(self) -> Tensor:
        """(batch, l, r, c) bool: the listed blocks, without the static part."""
        grid = torch.zeros(
            self.batch * self.lists * self.rows, self.key_blocks, dtype=torch.bool, device=self.blocks.device
        )
        grid[self.row_of(self.first), self.blocks.long()] = True
        return grid.view(self.batch, self.lists, self.rows, self.key_blocks)

    @property
    def column_grid(self) -> Tensor | None:
        """(batch, l, r, tk) bool: the single columns; None without any."""
        if self.columns is None or self.column_first is None:
            return None
        shape = self.batch * self.lists * self.rows, self.kv_len
        grid = torch.zeros(shape, dtype=torch.bool, device=self.columns.device)
        grid[self.row_of(self.column_first), self.columns.long()] = True
        return grid.view(self.batch, self.lists, self.rows, self.kv_len)

    @property
    def static_grid(self) -> Tensor:
        """(r, c) bool: blocks that the static part touches."""
        device, block = self.blocks.device, self.block
        spans = torch.tensor(self.spans, dtype=torch.int64, device=device).view(-1, 2)
        start = torch.arange(self.key_blocks, device=device)[None, :] * block
        low, high = spans[:, :1], spans[:, 1:]
        near = (start < high) & (start + block > low - self.n_local + 1) if self.n_local else start < 0
        sinks = (start < self.n_sink) & ((start < high) if self.causal else (high >= 0))
        return sinks | near

    @cached_property
    def touched(self) -> Tensor:
        """(batch, l, r, c) bool: the blocks of which a row sees some part, columns left aside."""
        return self.grid | self.static_grid
