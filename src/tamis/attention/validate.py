"""What a plan must be: lists in order, in range, without doubles, no later keys, each row with its own keys."""

from __future__ import annotations

import torch
from torch import Tensor

from tamis.attention.geometry import BLOCKS, blocks_with
from tamis.attention.lists import RowLists
from tamis.errors import InvalidPlan

HINT = "Plans come from a selector, from BlockPlan.static or from BlockPlan.from_grid."


def validate(plan: RowLists) -> None:
    """Raise InvalidPlan where a plan cannot be used."""
    _numbers(plan)
    _ragged(plan, plan.blocks, plan.first, plan.key_blocks, "block")
    if (plan.columns is None) != (plan.column_first is None):
        raise InvalidPlan("Columns without where each row's begin, or the other way round.", hint=HINT)
    if plan.columns is not None and plan.column_first is not None:
        _ragged(plan, plan.columns, plan.column_first, plan.kv_len, "column")
        _apart(plan, plan.columns, plan.column_first)
    _padding(plan)
    if plan.causal:
        _diagonal(plan)


def _numbers(plan: RowLists) -> None:
    if plan.block not in BLOCKS:
        raise InvalidPlan(f"Blocks of {plan.block!r}.", hint=f"Possible: {BLOCKS}.")
    if not 0 <= plan.q_len <= plan.kv_len:
        raise InvalidPlan(f"{plan.q_len} queries of {plan.kv_len} keys.", hint="The queries are the last positions.")
    if plan.batch < 1 or plan.lists < 1 or plan.n_sink < 0 or plan.n_local < 0:
        counts = f"{plan.batch} items, {plan.lists} lists, {plan.n_sink} sinks, {plan.n_local} local keys"
        raise InvalidPlan(f"{counts}: some are too few.", hint=HINT)
    if plan.n_local and not plan.causal:
        raise InvalidPlan(f"{plan.n_local} local keys, but not causal.", hint="The last keys are those before a query.")


def _ragged(plan: RowLists, entries: Tensor, first: Tensor, limit: int, kind: str) -> None:
    """Starts that fit the entries; entries in range, ascending within a row, none ahead of the row."""
    count = plan.batch * plan.lists * plan.rows
    if entries.dtype != torch.int32 or first.dtype != torch.int32:
        raise InvalidPlan(f"The {kind}s are {entries.dtype} and {first.dtype}.", hint="Both must be torch.int32.")
    fits = first.shape == (count + 1,) and entries.dim() == 1
    if not fits or int(first[0]) or int(first[-1]) != entries.numel() or bool((first.diff() < 0).any()):
        raise InvalidPlan(
            f"{entries.numel()} {kind}s in rows that begin at {first[:8].tolist()}...; {count} rows are needed.",
            hint=HINT,
        )
    if not entries.numel():
        return
    if int(entries.min()) < 0 or int(entries.max()) >= limit:
        extent = f"from {int(entries.min())} to {int(entries.max())}"
        raise InvalidPlan(f"The {kind}s run {extent}; there are {limit}.", hint=HINT)
    row = plan.row_of(first)
    wrong = (row[1:] == row[:-1]) & (entries[1:] <= entries[:-1])
    if bool(wrong.any()):
        place = int(wrong.nonzero()[0, 0])
        raise InvalidPlan(
            f"A row lists {kind} {int(entries[place + 1])} after {int(entries[place])}.", hint="Ascending, once each."
        )
    if plan.causal:
        last = (row % plan.rows + plan.first_row) * (1 if kind == "block" else plan.block)
        last = last if kind == "block" else last + plan.block - 1
        if bool((entries > last).any()):
            place = int((entries > last).nonzero()[0, 0])
            raise InvalidPlan(
                f"Row {int(row[place] % plan.rows)} lists the later {kind} {int(entries[place])}.", hint=HINT
            )


def _apart(plan: RowLists, columns: Tensor, first: Tensor) -> None:
    row = plan.row_of(first)
    inside = plan.grid.view(-1, plan.key_blocks)[row, columns.long() // plan.block]
    if bool(inside.any()):
        column = int(columns[inside][0])
        raise InvalidPlan(f"Column {column} lies in a block that its row lists.", hint="A key is listed once.")


def _padding(plan: RowLists) -> None:
    if plan.valid is None:
        return
    shape = tuple(plan.valid.shape)
    if plan.valid.dtype != torch.bool or len(shape) != 2 or shape[1] != plan.kv_len:
        raise InvalidPlan(f"valid is {plan.valid.dtype} of shape {shape}.", hint=f"bool of shape (b, {plan.kv_len}).")
    if 1 not in (plan.batch, shape[0]) and plan.batch != shape[0]:
        raise InvalidPlan(f"Padding of {shape[0]} items in a plan of {plan.batch}.", hint=HINT)


def _diagonal(plan: RowLists) -> None:
    """A row sees its own keys, unless they are padding: a query that sees nothing would be silent nonsense."""
    if plan.n_local or not plan.rows:
        return
    number = torch.arange(plan.rows, device=plan.blocks.device)
    own = plan.grid[:, :, number, number + plan.first_row]
    if plan.valid is not None:
        own = own | ~blocks_with(plan.valid, plan.block)[:, None, plan.first_row :].to(own.device)
    if not bool(own.all()):
        item, which, row = own.logical_not().nonzero()[0].tolist()
        raise InvalidPlan(
            f"Row {row} of list {which}, item {item}, does not see its own keys.", hint="List the diagonal."
        )
