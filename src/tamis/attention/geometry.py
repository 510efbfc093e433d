"""Where rows of queries and blocks of keys lie: the grid of absolute positions that plans, patterns and costs share.

A row is a block of query positions, the queries being the last of the keys' positions. Rows lie on the grid of
absolute positions, so that a prompt read in pieces has the rows of the prompt read at once. Knows no plan.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

BLOCKS = (64, 128)
BLOCK = 128


class BlockRows:
    """The rows and key blocks of whatever has queries, keys and a block size.

    Attributes:
        q_len: queries; query i stands at position kv_len - q_len + i.
        kv_len: keys, those before the queries included.
        block: queries of a row and keys of a block.
    """

    __slots__ = ()

    q_len: int
    kv_len: int
    block: int

    @property
    def offset(self) -> int:
        """Position of the first query."""
        return self.kv_len - self.q_len

    @property
    def first_row(self) -> int:
        """Number of the first row on the grid of absolute positions."""
        return self.offset // self.block

    @property
    def rows(self) -> int:
        """Rows of queries; the first and the last may be shorter than a block."""
        return row_count(self.q_len, self.kv_len, self.block)

    @property
    def key_blocks(self) -> int:
        """Blocks of keys; the last may be shorter."""
        return math.ceil(self.kv_len / self.block)

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Half-open positions of the queries of each row."""
        starts = [max(self.offset, (self.first_row + r) * self.block) for r in range(self.rows)]
        return list(zip(starts, [*starts[1:], self.kv_len], strict=True)) if starts else []


def row_count(q_len: int, kv_len: int, block: int) -> int:
    """Rows that `q_len` queries at the end of `kv_len` positions take on the absolute grid."""
    return math.ceil(kv_len / block) - (kv_len - q_len) // block if q_len else 0


def causal_grid(q_len: int, kv_len: int, block: int, device: torch.device, *, causal: bool = True) -> Tensor:
    """(r, c) bool: key blocks of which some query of the row may see some key."""
    rows, start = row_count(q_len, kv_len, block), (kv_len - q_len) // block
    row = torch.arange(start, start + rows, device=device)[:, None]
    before = torch.arange(math.ceil(kv_len / block), device=device)[None, :] <= row
    return before if causal else torch.ones_like(before)


def blocks_with(valid: Tensor, block: int) -> Tensor:
    """(b, c) bool: blocks that hold a key that is not padding; valid -- (b, tk) bool."""
    padded = torch.nn.functional.pad(valid, (0, -valid.shape[1] % block))
    return padded.view(valid.shape[0], -1, block).any(-1)


def listed(grid: Tensor) -> tuple[Tensor, Tensor]:
    """A bool grid (..., rows, n) as ragged lists: the numbers in each row, ascending, and where each row begins."""
    flat = grid.reshape(-1, grid.shape[-1])
    first = torch.zeros(flat.shape[0] + 1, dtype=torch.int32, device=grid.device)
    first[1:] = flat.sum(-1).cumsum(0)
    return flat.nonzero()[:, 1].to(torch.int32), first
