"""How much a plan keeps, head by head, from a sample of queries: attention mass and output error, with intervals."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from tamis.attention.patterns.estimate import attention_of
from tamis.attention.plan import BlockPlan
from tamis.models.transformers.attended import Attended

Z = 1.96  # two-sided 95 percent of a normal distribution


@dataclass(frozen=True, slots=True)
class Certificate:
    """Means over the sampled queries, by query head, with normal 95 percent intervals.

    The queries are drawn one from each of as many equal stretches, so the intervals err on the wide side.

    Attributes:
        mass: share of the dense attention that falls on the keys of the plan.
        mass_low, mass_high: the interval of its mean, within 0 and 1.
        error: norm of the difference of sparse and dense output, over the norm of the dense one.
        error_low, error_high: the interval of its mean.
        samples: queries, over all items.
    """

    mass: tuple[float, ...]
    mass_low: tuple[float, ...]
    mass_high: tuple[float, ...]
    error: tuple[float, ...]
    error_low: tuple[float, ...]
    error_high: tuple[float, ...]
    samples: int


def certificate(  # noqa: PLR0913  (tensors, and keyword options)
    q: Tensor, k: Tensor, v: Tensor, plan: BlockPlan, *, samples: int = 64, seed: int = 0, scale: float | None = None
) -> Certificate:
    """What the plan keeps of dense attention, seen from so many queries of each item, drawn by the seed."""
    rows = drawn(plan.q_len, samples, seed).to(q.device)[None]
    mass: list[list[Tensor]] = [[] for _ in range(q.shape[1])]
    error: list[list[Tensor]] = [[] for _ in range(q.shape[1])]
    group = q.shape[1] // k.shape[1]
    for item, head, weights in attention_of(Attended.pair(q, k, scale=scale, valid=plan.valid), rows):
        for one in range(group):
            number = head * group + one
            seen = mask_at(plan, item, number * plan.lists // q.shape[1], rows[0])
            live = weights[one].sum(-1) > 0
            kept = weights[one][live] * seen[live]
            mass[number].append(kept.sum(-1))
            error[number].append(output_error(weights[one][live], kept, v[item, head].float()))
    shares = [tuple(min(max(x, 0.0), 1.0) for x in _interval(torch.cat(parts))) for parts in mass]
    masses = list(zip(*shares, strict=True))
    errors = list(zip(*(_interval(torch.cat(parts)) for parts in error), strict=True))
    count = sum(x.numel() for x in mass[0])
    return Certificate(masses[0], masses[1], masses[2], errors[0], errors[1], errors[2], count)


def drawn(q_len: int, samples: int, seed: int) -> Tensor:
    """(s,) int64, ascending: one query from each of `samples` equal stretches; all of them where there are no more."""
    if samples >= q_len:
        return torch.arange(q_len)
    edges = torch.arange(samples + 1, dtype=torch.float64) * q_len / samples
    part = torch.rand(samples, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return (edges[:-1] + part * edges.diff()).long().clamp(max=q_len - 1)


def mask_at(plan: BlockPlan, item: int, which: int, rows: Tensor) -> Tensor:
    """(s, tk) bool: what the queries numbered `rows` see; `dense_mask` of a few."""
    i = (rows + plan.offset)[:, None]
    j = torch.arange(plan.kv_len, device=rows.device)[None, :]
    row = i[:, 0] // plan.block - plan.first_row
    own = item % plan.batch
    seen = plan.grid[own, which].to(rows.device)[row].repeat_interleave(plan.block, 1)[:, : plan.kv_len]
    if plan.columns is not None and plan.column_first is not None:
        start = (own * plan.lists + which) * plan.rows
        for number, r in enumerate(row.tolist()):
            low, high = plan.column_first[start + r : start + r + 2].tolist()
            seen[number, plan.columns[low:high].long().to(rows.device)] = True
    seen = seen | (j < plan.n_sink) | (i - j < plan.n_local)
    seen = seen & (j <= i) if plan.causal else seen
    valid = None if plan.valid is None else plan.valid[item % plan.valid.shape[0]].to(rows.device)
    return seen if valid is None else seen & valid


def output_error(dense: Tensor, kept: Tensor, v: Tensor) -> Tensor:
    """(s,) norm of the difference of sparse and dense output, over the norm of the dense one.

    dense -- (s, tk) weights of all keys; kept -- the same, 0 where a key is not seen; v -- (tk, d)
    """
    sparse = kept / kept.sum(-1, keepdim=True).clamp(min=1e-30)
    true: Tensor = dense @ v
    size: Tensor = torch.linalg.vector_norm(true, dim=-1).clamp(min=1e-30)
    error: Tensor = torch.linalg.vector_norm(sparse @ v - true, dim=-1) / size
    return error


def _interval(x: Tensor) -> tuple[float, float, float]:
    """(mean, low, high) of the mean; of one sample nothing is known of the spread, so the interval is all there is."""
    if x.numel() < 2:
        return (float(x.mean()) if x.numel() else 1.0), 0.0, 1.0
    mean, half = float(x.double().mean()), Z * float(x.double().std()) / x.numel() ** 0.5
    return mean, mean - half, mean + half
