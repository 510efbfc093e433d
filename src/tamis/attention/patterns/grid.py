"""The grid of rows and key blocks that a pattern fills: which blocks may be listed, which must be, and its plan."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from tamis.attention.geometry import BlockRows, blocks_with, causal_grid
from tamis.attention.plan import BlockPlan
from tamis.models.transformers.attended import Attended


@dataclass(frozen=True, slots=True)
class BlockGrid(BlockRows):
    """Queries, keys, head size, block and padding of tensors, and the blocks that they make.

    Attributes:
        size: of a head.
        valid: (b, tk) bool: keys that are not padding; None where all are.
        device: of the tensors.
    """

    q_len: int
    kv_len: int
    size: int
    block: int
    valid: Tensor | None
    device: torch.device

    @classmethod
    def of(cls, attended: Attended, block: int) -> BlockGrid:
        """That of a layer's queries and keys."""
        queries = attended.required_queries()
        return cls(queries.shape[2], attended.length, queries.shape[3], block, attended.valid, queries.device)

    @property
    def lengths(self) -> tuple[int, int, int]:
        """Queries, keys, head size."""
        return self.q_len, self.kv_len, self.size

    def plan(self, grid: Tensor) -> BlockPlan:
        """The plan that lists these blocks, (b, l, r, c) bool."""
        return BlockPlan.from_grid(grid, self.q_len, self.kv_len, block=self.block, valid=self.valid)

    def absolute(self) -> Tensor:
        """(r, 1) int64: numbers of the rows on the absolute grid."""
        return torch.arange(self.first_row, self.first_row + self.rows, device=self.device)[:, None]

    def away(self) -> Tensor:
        """(r, c) int64: how many blocks each key block lies before the row's own; below 0 ahead of it."""
        return self.absolute() - torch.arange(self.key_blocks, device=self.device)[None, :]

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

    def forced(self, near: int = 1) -> Tensor:
        """(b or 1, 1, r, c) bool: the block of the first key, which holds the sinks, and the `near` last ones."""
        away = self.away()
        return ((away >= 0) & (away < near)) | self.sinks()[:, None, None, :]

    def short(self, base: Tensor) -> Tensor:
        """(r, 1) bool: rows of which all blocks are listed, where (r,) blocks are listed at least."""
        return (base.to(self.device) > self.absolute()[:, 0])[:, None]
