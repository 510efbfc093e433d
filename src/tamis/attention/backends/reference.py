"""The oracle: a masked softmax in float32 over all keys. Takes memory of queries x keys; differentiable."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from tamis.attention.plan import BlockPlan


def reference(
    q: Tensor, k: Tensor, v: Tensor, plan: BlockPlan, *, scale: float, lse: bool = True
) -> tuple[Tensor, Tensor | None]:
    """Output (b, h, tq, d) and log-sum-exp (b, h, tq) in float32; zeros and -inf where a query sees no key."""
    scores, seen = _scores(q, k, scale), _seen(q, plan)
    total = scores.masked_fill(~seen, -math.inf).logsumexp(-1)
    weights = (scores - total.nan_to_num(neginf=0.0)[..., None]).masked_fill(~seen, -math.inf).exp()
    return (weights @ repeated(v, q).float()).to(q.dtype), total if lse else None


def mass_recall(q: Tensor, k: Tensor, plan: BlockPlan, *, scale: float | None = None) -> Tensor:
    """(b, h, tq) float32: the share of each query's dense attention that falls on keys that the plan shows."""
    scores, seen = _scores(q, k, q.shape[-1] ** -0.5 if scale is None else scale), _seen(q, plan)
    everything = BlockPlan.dense(plan.q_len, plan.kv_len).replace(valid=plan.valid)
    weights = scores.masked_fill(~_seen(q, everything), -math.inf).softmax(-1).nan_to_num(0.0)
    return (weights * seen).sum(-1)


def repeated(x: Tensor, q: Tensor) -> Tensor:
    """(b, h, tk, d): each key/value head once for every query head that reads it."""
    return x.repeat_interleave(q.shape[1] // x.shape[1], 1)


def _scores(q: Tensor, k: Tensor, scale: float) -> Tensor:
    with torch.autocast(q.device.type, enabled=False):
        return q.float() @ repeated(k, q).float().transpose(-1, -2) * scale


def _seen(q: Tensor, plan: BlockPlan) -> Tensor:
    """(b or 1, h or 1, tq, tk) bool."""
    mask = plan.dense_mask().to(q.device)
    return mask if mask.shape[1] == 1 else mask.repeat_interleave(q.shape[1] // mask.shape[1], 1)
