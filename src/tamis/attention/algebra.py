"""Plans put together: union, intersection, static parts as whole blocks."""

from __future__ import annotations

from functools import reduce
from typing import TypeVar

import torch
from torch import Tensor

from tamis.attention.geometry import listed
from tamis.attention.lists import RowLists
from tamis.errors import InvalidPlan

P = TypeVar("P", bound=RowLists)


def snapped(plan: P) -> P:
    """The plan with its static part as whole blocks; columns that lie in these go."""
    return _with_lists(plan, plan.touched, plan.column_grid, static=(0, 0))


def union(one: P, other: P) -> P:
    """What either shows. Static parts join exactly: the larger number of sinks, the larger window."""
    _alike(one, other)
    static = max(one.n_sink, other.n_sink), max(one.n_local, other.n_local)
    columns = _either(one.column_grid, other.column_grid)
    return _with_lists(one, one.grid | other.grid, columns, static=static)


def intersection(one: P, other: P) -> P:
    """What both show; exact where the static parts are equal or absent."""
    _alike(one, other)
    static = one.n_sink, one.n_local
    if static != (other.n_sink, other.n_local):
        one, other, static = snapped(one), snapped(other), (0, 0)
    left, right = one.column_grid, other.column_grid
    both = [
        part
        for part in (
            None if left is None or right is None else left & right,
            None if left is None else left & wide(one, other.grid),
            None if right is None else right & wide(one, one.grid),
        )
        if part is not None
    ]
    columns = reduce(torch.logical_or, both) if both else None
    return _with_lists(one, one.grid & other.grid, columns, static=static)


def wide(plan: RowLists, grid: Tensor) -> Tensor:
    """A grid of blocks as one of keys."""
    return grid.repeat_interleave(plan.block, -1)[..., : plan.kv_len]


def _with_lists(plan: P, grid: Tensor, columns: Tensor | None, *, static: tuple[int, int]) -> P:
    """The plan with other lists; columns within listed blocks go."""
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


def _alike(one: RowLists, other: RowLists) -> None:
    """Same tensors, same padding; lists and items may be shared by one plan and not by the other."""
    lengths = [(p.q_len, p.kv_len, p.block, p.causal) for p in (one, other)]
    same = (one.valid is None) == (other.valid is None)
    if same and one.valid is not None and other.valid is not None:
        same = one.valid.shape == other.valid.shape and bool((one.valid == other.valid).all())
    lists = {one.lists, other.lists} - {1}
    items = {one.batch, other.batch} - {1}
    if lengths[0] != lengths[1] or not same or len(lists) > 1 or len(items) > 1:
        raise InvalidPlan(
            f"{one!r} and {other!r} are not of the same tensors.", hint="Lengths, blocks, lists, padding."
        )
