"""How much of the attention a selector may show: a type, not five optional numbers."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from typing import TypeAlias

import torch
from torch import Tensor

from tamis.attention.geometry import row_count
from tamis.core.budget import Ratio
from tamis.errors import InvalidBudget


@dataclass(frozen=True, slots=True)
class Keys:
    """At most this many keys for each query, in whole blocks; never less than one block."""

    count: int

    def __post_init__(self) -> None:
        if isinstance(self.count, bool) or not isinstance(self.count, int) or self.count < 1:
            raise InvalidBudget(f"Keys must be a whole number of at least 1, got {self.count!r}.")


@dataclass(frozen=True, slots=True)
class Relative:
    """At most this share of the prompt's length for each query, 0 to 1: the keys grow with the prompt."""

    share: float

    def __post_init__(self) -> None:
        _share("A share of the length", self.share)


@dataclass(frozen=True, slots=True)
class Mass:
    """As few keys as hold this share of the estimated attention, 0 to 1."""

    share: float

    def __post_init__(self) -> None:
        _share("A share of the attention", self.share)


@dataclass(frozen=True, slots=True)
class Flops:
    """At most so many floating-point operations for each query head: both matrix products, whole blocks."""

    total: float

    def __post_init__(self) -> None:
        if not (isinstance(self.total, (int, float)) and self.total > 0):
            raise InvalidBudget(f"FLOPs must be above 0, got {self.total!r}.")


Budget: TypeAlias = Keys | Ratio | Relative | Mass | Flops
"""`Ratio` is the share of the keys that each query could see."""


def quota(budget: Keys | Ratio | Relative | Flops, shape: tuple[int, int, int], block: int) -> Tensor:
    """(r,) int64: the blocks that each row may list, at least one: its own.

    shape -- queries, keys, head size
    """
    q_len, kv_len, size = shape
    start = (kv_len - q_len) // block
    most = torch.arange(start, start + row_count(q_len, kv_len, block)) + 1
    if isinstance(budget, Ratio):
        # The tiny term undoes binary rounding, as in core.
        return (budget.share * most.double() + 1e-9).long().clamp(min=1)
    if isinstance(budget, Flops):
        return most.clamp(max=_affordable(budget, most, size, block))
    keys = budget.count if isinstance(budget, Keys) else math.floor(budget.share * kv_len + 1e-9)
    # A budget of all keys allows the last block, too, which may be shorter.
    return most.clamp(max=max(1, keys // block)) if keys < kv_len else most


def density_of(budget: Keys | Ratio | Relative | Flops, shape: tuple[int, int, int], block: int) -> float:
    """The blocks that the budget allows, as a share of those that dense attention touches; shape as in `quota`."""
    allowed, start = quota(budget, shape, block), (shape[1] - shape[0]) // block
    most = torch.arange(allowed.numel()) + start + 1
    return float(allowed.sum() / most.sum()) if allowed.numel() else 1.0


def _affordable(budget: Flops, most: Tensor, size: int, block: int) -> int:
    """The largest number of blocks a row for which all rows together cost no more than the budget; at least 1."""
    one = 4 * size * block * block
    top = int(most.max()) if most.numel() else 1
    return max(1, bisect_right(range(1, top + 1), budget.total, key=lambda n: one * int(most.clamp(max=n).sum())))


def _share(what: str, share: float) -> None:
    if not (isinstance(share, (int, float)) and 0 <= share <= 1):
        raise InvalidBudget(f"{what} must lie between 0 and 1, got {share!r}.")


SIXTEENTH = Relative(1 / 16)

__all__ = ["SIXTEENTH", "Budget", "Flops", "Keys", "Mass", "Ratio", "Relative", "density_of", "quota"]
