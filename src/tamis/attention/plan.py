"""Which keys each query sees: a plan, made by a selector, run by a back-end.

A query row is a block of query positions. Each row lists the key blocks that it sees whole, may list single columns
beside them, and all rows may share a static part: the first `n_sink` keys and the last `n_local` ones. Rows lie on the
grid of absolute positions, so that a prompt read in pieces has the rows of the prompt read at once. What a plan shows
is exact to the token and the same for every back-end; `dense_mask` says it in full.

Shapes: b batch, l lists (heads that share one list count once), r rows, c key blocks, tq queries, tk keys.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from tamis.attention.algebra import intersection, snapped, union
from tamis.attention.count import block_share, computed_pairs, dense_pairs, seen_pairs
from tamis.attention.draw import ascii_map, svg_map
from tamis.attention.geometry import BLOCK, causal_grid, listed, row_count
from tamis.attention.lists import RowLists
from tamis.attention.serial import from_json, to_json
from tamis.attention.validate import validate
from tamis.errors import InvalidPlan

if TYPE_CHECKING:
    from typing_extensions import Self


@dataclass(frozen=True, eq=False, repr=False)
class BlockPlan(RowLists):
    """The keys that each block of queries sees.

    Attributes:
        q_len: queries; query i stands at position kv_len - q_len + i.
        kv_len: keys, those before the queries included.
        blocks: (n,) int32 numbers of key blocks, row after row, ascending within a row.
        first: (batch * lists * rows + 1,) int32 where each row's blocks begin.
        batch: items that have lists of their own; 1 where all share them.
        lists: lists of an item: 1, the key/value heads or the query heads.
        block: queries of a row and keys of a block, 128 or 64.
        columns: (m,) int32 single keys, ascending within a row, in none of its blocks; None without any.
        column_first: (batch * lists * rows + 1,) int32 where each row's columns begin.
        n_sink, n_local: every query sees the first `n_sink` keys and the last `n_local` ones, its own included.
        causal: no query sees a later key.
        valid: (b or 1, tk) bool: keys that are not padding; None where all are.

    Raises:
        InvalidPlan: lists out of order or range, twice the same key, a row without its own keys.
    """

    def __post_init__(self) -> None:
        validate(self)

    __hash__ = None  # type: ignore[assignment]  # tensors are compared by what they hold

    # --- making one -----------------------------------------------------------------------------------------------

    @classmethod
    def static(cls, q_len: int, kv_len: int, *, n_sink: int = 0, n_local: int = 0, block: int = BLOCK) -> Self:
        """A-shape: every query sees the first `n_sink` keys and the last `n_local` ones (arXiv 2309.17453)."""
        rows = row_count(q_len, kv_len, block)
        none, zeros = torch.zeros(0, dtype=torch.int32), torch.zeros(rows + 1, dtype=torch.int32)
        return cls(q_len, kv_len, none, zeros, block=block, n_sink=n_sink, n_local=n_local)

    @classmethod
    def dense(cls, q_len: int, kv_len: int, *, block: int = BLOCK) -> Self:
        """Every query sees every key up to itself."""
        return cls.static(q_len, kv_len, n_local=max(kv_len, 1), block=block)

    @classmethod
    def from_grid(
        cls, grid: Tensor, q_len: int, kv_len: int, *, block: int = BLOCK, valid: Tensor | None = None
    ) -> Self:
        """A plan of whole blocks; grid -- (b, l, r, c) bool, True = listed. Blocks ahead of a row are dropped."""
        rows, count = row_count(q_len, kv_len, block), math.ceil(kv_len / block)
        if grid.dim() != 4 or grid.shape[2:] != (rows, count):
            raise InvalidPlan(
                f"A grid of shape {tuple(grid.shape)} for {rows} rows and {count} key blocks.", hint="(b, l, r, c)."
            )
        grid = grid & causal_grid(q_len, kv_len, block, grid.device)
        blocks, first = listed(grid)
        return cls(q_len, kv_len, blocks, first, grid.shape[0], grid.shape[1], block, valid=valid)

    # --- what it shows ---------------------------------------------------------------------------------------------

    @property
    def is_static(self) -> bool:
        """Whether no row lists anything of its own."""
        return not self.blocks.numel() and self.columns is None

    @property
    def is_dense(self) -> bool:
        """Whether every query sees all that causality and padding let it see."""
        return bool(self.n_local >= self.kv_len or self.n_sink >= self.kv_len) or bool(
            (
                self.grid | ~causal_grid(self.q_len, self.kv_len, self.block, self.blocks.device, causal=self.causal)
            ).all()
        )

    def dense_mask(self) -> Tensor:
        """(b, l, tq, tk) bool, True = seen: the plan in full, for tests and small inputs."""
        i = torch.arange(self.offset, self.kv_len, device=self.blocks.device)[:, None]
        j = torch.arange(self.kv_len, device=self.blocks.device)[None, :]
        row = (i // self.block - self.first_row).expand(-1, self.kv_len)
        seen = self.grid[:, :, row, (j // self.block).expand_as(row)]
        columns = self.column_grid
        if columns is not None:
            seen = seen | columns[:, :, row[:, 0]]
        seen = seen | (j < self.n_sink) | ((i - j < self.n_local) & (j <= i))
        if self.causal:
            seen = seen & (j <= i)
        return seen if self.valid is None else seen & self.valid[:, None, None, :].to(seen.device)

    # --- what it costs --------------------------------------------------------------------------------------------

    @cached_property
    def density(self) -> float:
        """Seen query-key pairs as a share of those that dense attention sees; exact to the token."""
        total = dense_pairs(self)
        return seen_pairs(self) / total if total else 1.0

    @cached_property
    def block_density(self) -> float:
        """Touched blocks, and columns as parts of blocks, as a share of those that dense attention touches."""
        return block_share(self)

    def flops(self, head_size: int, *, heads: int | None = None) -> int:
        """Multiplications and additions of both matrix products over what is computed: whole blocks and columns.

        `heads` query heads in all (as many as there are lists if not said), over all batch items of the plan.
        """
        return round(4 * head_size * computed_pairs(self) * (heads or self.lists) / self.lists)

    @property
    def bytes(self) -> int:
        """Bytes of the plan's own tensors."""
        values = (getattr(self, field.name) for field in fields(self))
        return sum(x.numel() * x.element_size() for x in values if isinstance(x, Tensor))

    # --- two plans ------------------------------------------------------------------------------------------------

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, BlockPlan):
            return NotImplemented
        pairs = ((getattr(self, f.name), getattr(other, f.name)) for f in fields(self))
        return all(_same(a, b) for a, b in pairs)

    def __or__(self, other: BlockPlan) -> BlockPlan:
        """What either plan shows; exact, static parts included."""
        return union(self, other)

    def __and__(self, other: BlockPlan) -> BlockPlan:
        """What both plans show; static parts that differ are first widened to whole blocks (`snapped`)."""
        return intersection(self, other)

    def snapped(self) -> BlockPlan:
        """The plan with its static part as whole blocks: it shows at least as much."""
        return snapped(self)

    # --- written down ---------------------------------------------------------------------------------------------

    def to_json(self) -> str:
        """The plan as JSON, with a schema and a version."""
        return to_json(self)

    @staticmethod
    def from_json(text: str) -> BlockPlan:
        """The plan that `to_json` wrote.

        Raises:
            InvalidPlan: not such a text, or a plan that cannot be.
        """
        return from_json(text, BlockPlan)

    def ascii(self, *, item: int = 0, which: int = 0, width: int = 64) -> str:
        """A map of rows and key blocks in characters: `#` listed, `+` sinks or window, `|` columns, `.` not seen."""
        return ascii_map(self, item=item, which=which, width=width)

    def svg(self, *, item: int = 0, which: int = 0, size: int = 480) -> str:
        """The same map as an SVG picture."""
        return svg_map(self, item=item, which=which, size=size)

    def __repr__(self) -> str:
        shape = f"{self.q_len} queries x {self.kv_len} keys, {self.batch} x {self.lists} lists, blocks of {self.block}"
        return f"BlockPlan({shape}, {self.n_sink} sinks, {self.n_local} local, density {self.density:.3f})"


def _same(a: object, b: object) -> bool:
    if isinstance(a, Tensor) and isinstance(b, Tensor):
        return a.shape == b.shape and bool((a.cpu() == b.cpu()).all())
    return type(a) is type(b) and a == b
