"""Attention over what a plan shows: checks the tensors, picks a back-end."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Literal, TypeAlias, overload

import torch
from torch import Tensor

from tamis.attention.backends.gpu import programs, unrunnable
from tamis.attention.backends.reference import reference
from tamis.attention.backends.tiles import tiles
from tamis.attention.plan import BlockPlan
from tamis.errors import InvalidInput, InvalidPlan, unknown

Backend: TypeAlias = Callable[..., "tuple[Tensor, Tensor | None]"]
"""(q, k, v, plan, *, scale, lse) -> output (b, h, tq, d) in q's dtype, log-sum-exp (b, h, tq) in float32 if asked."""

BACKENDS: dict[str, Backend] = {"reference": reference, "torch": tiles, "triton": programs}


@overload
def attend(
    q: Tensor, k: Tensor, v: Tensor, plan: BlockPlan | None = None, *, scale: float | None = ..., backend: str = ...,
    return_lse: Literal[False] = ...,
) -> Tensor: ...  # fmt: skip
@overload
def attend(
    q: Tensor, k: Tensor, v: Tensor, plan: BlockPlan | None = None, *, scale: float | None = ..., backend: str = ...,
    return_lse: Literal[True],
) -> tuple[Tensor, Tensor]: ...  # fmt: skip


def attend(  # noqa: PLR0913  (the tensors are three of them)
    q: Tensor,
    k: Tensor,
    v: Tensor,
    plan: BlockPlan | None = None,
    *,
    scale: float | None = None,
    backend: str = "auto",
    return_lse: bool = False,
) -> Tensor | tuple[Tensor, Tensor]:
    """Attention of each query over the keys that the plan shows it.

    A query that sees no key (all of them are padding) gives 0 and a log-sum-exp of -inf. A NaN or an infinity goes
    through as in dense attention over the same keys; `check_finite` finds them beforehand.

    Args:
        q: (b, h, tq, d), the last tq of tk positions.
        k: (b, kv, tk, d); h is a multiple of kv.
        v: (b, kv, tk, d).
        plan: which keys each query sees; None for all up to itself.
        scale: of the scores; 1 / sqrt(d) if not given.
        backend: a name of BACKENDS; "auto" picks by device, dtype and plan.
        return_lse: also return the log-sum-exp of the scaled scores, (b, h, tq) in float32.

    Raises:
        InvalidPlan: shapes that do not fit together, or not the plan's.
        UnknownName: no such back-end.
    """
    plan = BlockPlan.dense(q.shape[-2], k.shape[-2]) if plan is None else plan
    check(q, k, v, plan)
    if backend != "auto" and backend not in BACKENDS:
        raise unknown("back-end", backend, ("auto", *BACKENDS))
    run = BACKENDS[_pick(q, k, v, plan) if backend == "auto" else backend]
    out, lse = run(q, k, v, plan, scale=q.shape[-1] ** -0.5 if scale is None else scale, lse=return_lse)
    return out if lse is None or not return_lse else (out, lse)


def _pick(q: Tensor, k: Tensor, v: Tensor, plan: BlockPlan) -> str:
    """The back-end for these tensors: the one that can differentiate where that is asked for, else the fastest."""
    if torch.is_grad_enabled() and any(x.requires_grad for x in (q, k, v)):
        return "reference"
    if q.device.type == "cpu":
        return "torch"
    return "triton" if q.device.type == "cuda" and find_spec("triton") and not unrunnable(plan) else "reference"


def check(q: Tensor, k: Tensor, v: Tensor, plan: BlockPlan) -> None:
    """Raise InvalidPlan where tensors do not fit together or not the plan."""
    shapes = f"queries {tuple(q.shape)}, keys {tuple(k.shape)}, values {tuple(v.shape)}"
    fits = q.dim() == k.dim() == 4 and k.shape == v.shape and q.shape[0] == k.shape[0] and q.shape[3] == k.shape[3]
    if not fits or q.shape[1] % k.shape[1] or q.shape[2] > k.shape[2]:
        raise InvalidPlan(f"These do not fit together: {shapes}.", hint="(b, h, tq, d) and (b, kv, tk, d), tq <= tk.")
    if not q.dtype == k.dtype == v.dtype or not q.is_floating_point():
        raise InvalidPlan(f"dtypes {q.dtype}, {k.dtype}, {v.dtype}.", hint="One floating-point dtype for all three.")
    if (plan.q_len, plan.kv_len) != (q.shape[2], k.shape[2]):
        raise InvalidPlan(
            f"A plan of {plan.q_len} x {plan.kv_len} for {shapes}.", hint="Make the plan for these tensors."
        )
    items = {plan.batch, 1 if plan.valid is None else plan.valid.shape[0]} - {1, q.shape[0]}
    if items or plan.lists not in (1, k.shape[1], q.shape[1]):
        raise InvalidPlan(
            f"A plan of {plan.batch} items and {plan.lists} lists for {shapes}.",
            hint="Items: 1 or b; lists: 1, kv or h.",
        )


def check_finite(**tensors: Tensor) -> None:
    """Raise InvalidInput, with its place, at the first NaN or infinity: `check_finite(q=q, k=k, v=v)`."""
    for name, tensor in tensors.items():
        bad = ~torch.isfinite(tensor)
        if bool(bad.any()):
            index = tuple(bad.nonzero()[0].tolist())
            raise InvalidInput(
                f"{name}{list(index)} is {float(tensor[index])}.", hint="Attention needs finite numbers."
            )
