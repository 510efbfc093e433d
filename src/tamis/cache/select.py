"""How many entries each head keeps, and which: `core.select.top` on tensors, one ranking a head.

tests/contracts/test_topk.py ties `keep` to `core.select.top`: equal scores go to the earlier entry, larger budgets
never lose one.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from tamis.core import Ratio, Total
from tamis.errors import InvalidPlan


@dataclass(frozen=True, slots=True)
class LayerSelection:
    """What stays of one layer.

    Attributes:
        mask: (b, kv, t) True for what is kept.
        raised: by how many entries the budget was exceeded, over all heads, because more is protected.
    """

    mask: Tensor
    raised: int = 0


def counts(budget: Ratio | Total, valid: Tensor, *, heads: int) -> Tensor:
    """(b, kv) entries that each head may keep: `Total` counts entries of a head, `Ratio` its share of the valid ones.

    valid -- (b, t) False for padding
    """
    there = valid.sum(1)
    if isinstance(budget, Total):
        many = there.clamp_max(budget.cost)
    else:
        many = (budget.share * there.double() + 1e-9).long()  # as core.limit_of undoes binary rounding
    return many[:, None].expand(-1, heads)


def adaptive(scores: Tensor, each: Tensor, *, valid: Tensor, floor: float = 0.2) -> Tensor:
    """(b, kv) the same entries in all, given to the heads whose scores are highest (AdaKV, Feng et al. 2024).

    Every head keeps at least `floor` of its even share.
    """
    if not 0 <= floor <= 1:
        raise InvalidPlan(f"The floor is a share of 0 to 1, got {floor!r}.")
    total, least = each.sum(1), (floor * each.double()).long()
    masked = scores.masked_fill(~valid[:, None], -torch.inf).double()
    sure = keep(masked, least, valid=valid)
    ranked = masked.masked_fill(sure, torch.inf).flatten(1)
    winners = torch.zeros_like(ranked, dtype=torch.bool)
    order = ranked.argsort(dim=1, descending=True, stable=True)
    winners.scatter_(1, order, torch.arange(ranked.shape[1], device=ranked.device) < total[:, None])
    return (winners.view_as(scores) & valid[:, None]).sum(-1)


def pyramid(each: int, layers: int, *, beta: float = 20.0, window: int = 64) -> list[int]:
    """Entries of each layer: many in the first, few in the last, the same in all (PyramidKV, Cai et al. 2024, eq. 5).

    Example: each 100, 2 layers, window 0 -> [195, 5]
    """
    rest = max(each - window, 0)
    last = int(rest / beta)
    first = 2 * rest - last
    step = (first - last) / max(layers - 1, 1)
    levels = [window + round(first - n * step) for n in range(layers)] if layers > 1 else [each]
    levels[0] += each * layers - sum(levels) if rest else 0
    return levels if rest else [each] * layers


def keep(scores: Tensor, many: Tensor, *, valid: Tensor) -> Tensor:
    """(b, kv, t) True for the `many` (b, kv) best of the valid entries of each head; the earlier of equals.

    Raises:
        InvalidPlan: a score is NaN.
    """
    if scores.isnan().any():
        raise InvalidPlan("A policy gave scores that are not numbers (NaN).", hint="Look for NaN in keys and queries.")
    there = valid.to(scores.device)[:, None].expand_as(scores)
    order = _ranking(scores, there)
    rank = torch.arange(scores.shape[-1], device=scores.device) < many.to(scores.device)[..., None]
    return torch.zeros_like(there).scatter(2, order, rank.expand_as(order)) & there


def _ranking(scores: Tensor, there: Tensor) -> Tensor:
    """(b, kv, t) entries, best first, padding last: stable in score, then in what is padding."""
    order = scores.argsort(dim=-1, descending=True, stable=True)
    padding = (~there).gather(-1, order).to(torch.uint8)
    return order.gather(-1, padding.argsort(dim=-1, stable=True))


def choose(scores: Tensor, many: Tensor, *, valid: Tensor) -> LayerSelection:
    """`keep`, with budgets raised to what is protected (scores of +inf), and by how much."""
    protected = (torch.isposinf(scores) & valid.to(scores.device)[:, None]).sum(-1)
    raised = (protected - many.to(protected.device)).clamp_min(0)
    return LayerSelection(
        keep(scores, torch.maximum(many.to(protected.device), protected), valid=valid), int(raised.sum())
    )
