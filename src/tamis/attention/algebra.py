"""Plans put together: union, intersection, static parts as whole blocks."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from tamis.errors import InvalidPlan

if TYPE_CHECKING:
    from tamis.attention.plan import BlockPlan


def static_grid(plan: BlockPlan) -> Tensor:
    """(r, c) bool: blocks that the static part touches."""
    device, block = plan.blocks.device, plan.block
    spans = torch.tensor(plan.spans, dtype=torch.int64, device=device).view(-1, 2)
    start = torch.arange(plan.key_blocks, device=device)[None, :] * block
    low, high = spans[:, :1], spans[:, 1:]
    near = (start < high) & (start + block > low - plan.n_local + 1) if plan.n_local else start < 0
    sinks = (start < plan.n_sink) & ((start < high) if plan.causal else (high >= 0))
    return sinks | near


def snapped(plan: BlockPlan) -> BlockPlan:
    """The plan with its static part as whole blocks; columns that lie in these go."""
    return _made(plan, plan.touched, column_grid(plan), static=(0, 0))


def union(one: BlockPlan, other: BlockPlan) -> BlockPlan:
    """What either shows. Static parts join exactly: the larger number of sinks, the larger window."""
    _alike(one, other)
    static = max(one.n_sink, other.n_sink), max(one.n_local, other.n_local)
    columns = _either(column_grid(one), column_grid(other))
    return _made(one, one.grid | other.grid, columns, static=static)


def intersection(one: BlockPlan, other: BlockPlan) -> BlockPlan:
    """What both show; exact where the static parts are equal or absent."""
    _alike(one, other)
    static = one.n_sink, one.n_local
    if static != (other.n_sink, other.n_local):
        one, other, static = snapped(one), snapped(other), (0, 0)
    mine, yours = column_grid(one), column_grid(other)
    both = [
        part
        for part in (
            None if mine is None or yours is None else mine & yours,
            None if mine is None else mine & wide(one, other.grid),
            None if yours is None else yours & wide(one, one.grid),
        )
        if part is not None
    ]
    columns = reduce(torch.logical_or, both) if both else None
    return _made(one, one.grid & other.grid, columns, static=static)


def column_grid(plan: BlockPlan) -> Tensor | None:
    """(batch, l, r, tk) bool: the single columns; None without any."""
    if plan.columns is None or plan.column_first is None:
        return None
    shape = plan.batch * plan.lists * plan.rows, plan.kv_len
    grid = torch.zeros(shape, dtype=torch.bool, device=plan.columns.device)
    grid[plan.row_of(plan.column_first), plan.columns.long()] = True
    return grid.view(plan.batch, plan.lists, plan.rows, plan.kv_len)


def wide(plan: BlockPlan, grid: Tensor) -> Tensor:
    """A grid of blocks as one of keys."""
    return grid.repeat_interleave(plan.block, -1)[..., : plan.kv_len]


def _made(plan: BlockPlan, grid: Tensor, columns: Tensor | None, *, static: tuple[int, int]) -> BlockPlan:
    """The plan with other lists; columns within listed blocks go."""
    from tamis.attention.plan import listed

    if columns is not None:
        columns = columns & ~wide(plan, grid)
        shape = (columns[..., :1] & grid[..., :1]).shape[:3]
        grid, columns = grid.expand(*shape, -1), columns.expand(*shape, -1)
    blocks, first = listed(grid)
    single, column_first = (None, None) if columns is None or not bool(columns.any()) else listed(columns)
    return plan.replace(
        blocks=blocks, first=first, columns=single, column_first=column_first, batch=grid.shape[0], lists=grid.shape[1],
        n_sink=static[0], n_local=static[1],
    )  # fmt: skip


def _either(one: Tensor | None, other: Tensor | None) -> Tensor | None:
    if one is None or other is None:
        return other if one is None else one
    return one | other


def _alike(one: BlockPlan, other: BlockPlan) -> None:
    """Same tensors, same padding; lists and items may be shared by one plan and not by the other."""
    told = [(p.q_len, p.kv_len, p.block, p.causal) for p in (one, other)]
    same = (one.valid is None) == (other.valid is None)
    if same and one.valid is not None and other.valid is not None:
        same = one.valid.shape == other.valid.shape and bool((one.valid == other.valid).all())
    lists = {one.lists, other.lists} - {1}
    items = {one.batch, other.batch} - {1}
    if told[0] != told[1] or not same or len(lists) > 1 or len(items) > 1:
        raise InvalidPlan(
            f"{one!r} and {other!r} are not of the same tensors.", hint="Lengths, blocks, lists, padding."
        )
