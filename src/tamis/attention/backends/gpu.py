"""Plans on a GPU, by the Triton programs: listed blocks and columns, or sinks and a window.

The programs take either lists or a static part; a plan with both is first widened to whole blocks by the caller
(`BlockPlan.snapped`). Rows of the programs begin with the first query, those of a plan lie on the absolute grid.
"""

from __future__ import annotations

import os

import torch
from torch import Tensor

from tamis.attention.plan import BlockPlan
from tamis.errors import InvalidPlan, missing_extra


def programs(q: Tensor, k: Tensor, v: Tensor, plan: BlockPlan, *, scale: float, lse: bool) -> tuple[Tensor, Tensor]:
    """See `Backend`.

    Raises:
        InvalidPlan: a plan that the programs cannot run, `unrunnable` says which, or tensors that are not on a GPU.
        MissingExtra: Triton is not installed.
    """
    del lse  # it comes for nothing
    reason = unrunnable(plan)
    if reason:
        raise InvalidPlan(f"The Triton programs cannot run {reason}.", hint="Take plan.snapped(), or another back-end.")
    if q.device.type == "cpu" and os.environ.get("TRITON_INTERPRET") != "1":
        raise InvalidPlan("The Triton programs need a GPU.", hint="On a CPU the back-end is called torch.")
    try:
        from tamis.attention.kernels import Lists, SinkWindow, a_shape, sparse
    except ImportError as error:
        raise missing_extra("torch", error.name or "triton") from error
    valid = None if plan.valid is None else plan.valid.to(q.device).expand(q.shape[0], -1)
    if plan.is_static:
        return a_shape(q, k, v, SinkWindow(plan.n_sink, plan.n_local, plan.block), scale=scale, valid=valid)
    items = q.shape[0] // plan.batch
    blocks, first = (_repeated(plan.blocks, items).to(q.device), _begins(plan.first, items).to(q.device))
    lists = Lists(plan.block, blocks, first, plan.lists)
    if plan.columns is not None and plan.column_first is not None:
        columns, begins = _repeated(plan.columns, items), _begins(plan.column_first, items)
        lists = Lists(plan.block, blocks, first, plan.lists, columns.to(q.device), begins.to(q.device))
    return sparse(q, k, v, lists, scale=scale, valid=valid)


def unrunnable(plan: BlockPlan) -> str:
    """What the programs cannot do of a plan; nothing where they can run it."""
    if not plan.causal:
        return "a plan that looks ahead"
    if plan.is_static and not plan.n_local:
        return "queries that do not see themselves"
    if plan.offset % plan.block and not plan.is_static:
        return f"rows that begin within a block (offset {plan.offset}, blocks of {plan.block})"
    if not plan.is_static and (plan.n_sink or plan.n_local):
        return "lists and a static part at once"
    return ""


def _repeated(entries: Tensor, items: int) -> Tensor:
    """The entries of one plan for every item of the batch, one behind the other."""
    return entries if items == 1 else entries.repeat(items)


def _begins(first: Tensor, items: int) -> Tensor:
    """Where rows begin, for every item of the batch."""
    if items == 1:
        return first
    begins = [first[:-1] + n * first[-1] for n in range(items)]
    return torch.cat([*begins, first[-1:] * items]).to(first.dtype)
