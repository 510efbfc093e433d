"""Launch the Triton programs on tensors and lists. Knows no plan; `tamis.attention.backends` turns plans into lists.

On a CPU they run in Triton's interpreter, for tests, if TRITON_INTERPRET=1 was set before they were imported.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
import triton
from torch import Tensor

from tamis.attention.kernels.programs import a_shape_rows, sparse_rows
from tamis.errors import InvalidPlan

LOG2E = 1.0 / math.log(2.0)
GATHER = 64  # columns that are gathered at a time (MInference's kernel takes 64, too)


@dataclass(frozen=True, slots=True)
class Lists:
    """Which keys each row of queries sees; one list for several heads that share it.

    Attributes:
        block: queries of a row, and keys of a listed block; a power of two from 16 on.
        blocks: (n,) int32 numbers of key blocks, ascending within a row.
        first: (b * lists * rows + 1,) int32 where the blocks of each row begin.
        columns: (c,) int32 positions of single keys that lie in none of the row's blocks; None without any.
        column_first: (b * lists * rows + 1,) int32 likewise.
        lists: how many of them a batch item has; divides the number of query heads.
    """

    block: int
    blocks: Tensor
    first: Tensor
    lists: int
    columns: Tensor | None = None
    column_first: Tensor | None = None


@dataclass(frozen=True, slots=True)
class SinkWindow:
    """A-shape: the first `sinks` keys and the `local` last ones; rows of `block` queries."""

    sinks: int
    local: int
    block: int = 128

    def __post_init__(self) -> None:
        if self.sinks < 0 or self.local < 1:
            hint = "A query sees at least itself: local >= 1."
            raise InvalidPlan(f"{self.sinks} sinks and {self.local} local keys.", hint=hint)


def sparse(
    q: Tensor, k: Tensor, v: Tensor, lists: Lists, *, scale: float | None = None, valid: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Causal attention over listed blocks and columns; a query that sees no key gives 0 and a log-sum-exp of -inf.

    q -- (b, h, tq, d), the last tq positions of tk
    k, v -- (b, kv, tk, d), h a multiple of kv
    valid -- (b, tk) bool: keys that are not padding
    Returns the output (b, h, tq, d) and the log-sum-exp (b, h, tq) in float32.

    Raises:
        InvalidPlan: shapes, lists or devices that do not fit together.
    """
    _check(q, k, v)
    rows = triton.cdiv(q.shape[2], lists.block)
    if lists.first.numel() != q.shape[0] * lists.lists * rows + 1 or q.shape[1] % lists.lists:
        raise InvalidPlan(
            f"{lists.first.numel() - 1} rows are listed, but {q.shape[0]} x {lists.lists} x {rows} are needed.",
            hint="Make the plan for these tensors.",
        )
    whole = unmasked(lists, rows, q.shape[2], k.shape[2])
    none = lists.blocks
    call = _Call(q, k, v, valid, lists.block, scale)
    call.launch(
        sparse_rows,
        (lists.blocks, lists.first, whole, _or(lists.columns, none), _or(lists.column_first, none)),
        (q.shape[1] // lists.lists,),
        (),
        GATHER=GATHER,
        HAS_COLUMNS=lists.columns is not None,
    )
    return call.out, call.lse


def a_shape(
    q: Tensor, k: Tensor, v: Tensor, window: SinkWindow, *, scale: float | None = None, valid: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Causal attention to the first keys and to the last ones, the query's own included.

    Shapes and result as those of `sparse` (StreamingLLM's mask, arXiv 2309.17453, exact to the token).
    """
    _check(q, k, v)
    call = _Call(q, k, v, valid, window.block, scale)
    call.launch(a_shape_rows, (), (), (window.sinks, window.local))
    return call.out, call.lse


def unmasked(lists: Lists, rows: int, q_len: int, kv_len: int) -> Tensor:
    """(b * lists * rows,) int32: how many blocks of a row, the first ones, every query of it sees whole.

    Such a block ends before the row's first query, or with it, and before the keys do.
    """
    of = torch.arange(lists.first.numel() - 1, device=lists.first.device)
    row = torch.repeat_interleave(of, lists.first.diff(), output_size=lists.blocks.numel())
    lowest = (row % rows) * lists.block + (kv_len - q_len)
    whole = (lists.blocks + 1) * lists.block <= torch.clamp(lowest + 1, max=kv_len)
    counts = torch.zeros(of.numel(), dtype=torch.int32, device=of.device)
    return counts.index_add_(0, row, whole.to(torch.int32))


class _Call:
    """One launch: what both programs take."""

    def __init__(self, q: Tensor, k: Tensor, v: Tensor, valid: Tensor | None, block: int, scale: float | None) -> None:
        self.q, self.k, self.v = (x if x.stride(-1) == 1 else x.contiguous() for x in (q, k, v))
        self.out, self.block = torch.empty_like(self.q), block
        self.lse = torch.empty(q.shape[:3], dtype=torch.float32, device=q.device)
        self.valid = None if valid is None else valid.to(torch.uint8).contiguous()
        self.scale = (q.shape[-1] ** -0.5 if scale is None else scale) * LOG2E

    def launch(
        self, program: Any, lists: tuple[Tensor, ...], groups: tuple[int, ...], limits: tuple[int, ...], **more: Any
    ) -> None:
        """Run one program for each row of each head."""
        b, heads, q_len, d = self.q.shape
        rows = triton.cdiv(q_len, self.block)
        if not rows or not b:
            return
        strides = [s for x in (self.q, self.k, self.v, self.out) for s in x.stride()[:3]]
        counts = (heads, heads // self.k.shape[1], *groups, rows, q_len, self.k.shape[2], self.scale, *limits)
        program[(rows, b * heads)](
            *(self.q, self.k, self.v, self.out, self.lse, *lists, _or(self.valid, self.lse)),
            *strides,
            *counts,
            D=d,
            PADDED=max(16, triton.next_power_of_2(d)),
            BLOCK=self.block,
            HAS_VALID=self.valid is not None,
            UPCAST=self.q.dtype == torch.bfloat16 and self.q.device.type == "cpu",
            **_shape(d, self.block, self.q.dtype),
            **more,
        )


def _shape(d: int, block: int, dtype: torch.dtype) -> dict[str, int]:
    """Keys of a tile, warps and stages: what a Hopper card's shared memory holds of 2-byte tiles at that head size."""
    tile = min(block, 64 if d > 64 or dtype == torch.float32 else 128)
    return {"TILE": tile, "num_warps": 8 if block >= 128 else 4, "num_stages": 2 if dtype == torch.float32 else 3}


def _or(scale: Tensor | None, instead: Tensor) -> Tensor:
    """The tensor, or any other one where the program will not look at it."""
    return instead if scale is None else scale


def _check(q: Tensor, k: Tensor, v: Tensor) -> None:
    fits = q.dim() == k.dim() == 4 and k.shape == v.shape and q.shape[0] == k.shape[0] and q.shape[3] == k.shape[3]
    if not fits or q.shape[1] % k.shape[1] or q.shape[2] > k.shape[2]:
        shapes = f"queries {tuple(q.shape)}, keys {tuple(k.shape)}, values {tuple(v.shape)}"
        raise InvalidPlan(f"These do not fit together: {shapes}.", hint="(b, h, tq, d) and (b, kv, tk, d), tq <= tk.")
