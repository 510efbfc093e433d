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


Counted: TypeAlias = Keys | Ratio | Relative | Flops
"""Budgets that say beforehand how many keys a row gets. `Ratio` is the share of the keys that each query could see."""


@dataclass(frozen=True, slots=True)
class Fair:
    """A budget spent so that no row of queries starves; rounded up to whole blocks.

    A share of what each query could see leaves the first queries next to nothing, and next to nothing is saved there:
    at 8,192 tokens the first quarter of the queries costs a sixteenth of dense attention.

    Attributes:
        budget: `Ratio` and `Mass` are shares of what the floor leaves of each row; the others raise the floor.
        short: queries that could see no more than so many keys see all of them.
        floor: keys of every other query at least, the best ones; these come on top of a budget that is smaller.
        near: of these the last ones, whatever the scores say. The first block is always there.
    """

    budget: Counted | Mass
    short: int = 1024
    floor: int = 512
    near: int = 256

    def __post_init__(self) -> None:
        if isinstance(self.budget, Fair) or min(self.short, self.floor, self.near) < 0:
            raise InvalidBudget(f"{self!r}.", hint="A budget of another kind; lengths of at least 0.")


Budget: TypeAlias = Counted | Mass | Fair
"""How much a pattern may show."""


def least(budget: Budget, most: Tensor, block: int) -> Tensor:
    """(r,) int64: the blocks that rows which could list `most` list at least."""
    if not isinstance(budget, Fair):
        return torch.ones_like(most)
    floor = max(math.ceil(budget.floor / block), near_blocks(budget, block) + 1)
    return torch.where(most * block <= budget.short, most, most.clamp(max=floor))


def near_blocks(budget: Budget, block: int) -> int:
    """The nearest blocks that every row lists, its own included, whatever the scores say."""
    return 1 + (math.ceil(budget.near / block) if isinstance(budget, Fair) else 0)


def quota(budget: Counted | Fair, shape: tuple[int, int, int], block: int) -> Tensor:
    """(r,) int64: the blocks that each row may list, at least one: its own.

    shape -- queries, keys, head size
    """
    if isinstance(budget, Fair):
        base = least(budget, rows_of(shape, block), block)
        return torch.maximum(base, _beyond(budget.budget, base, shape, block))
    kv_len, size = shape[1:]
    most = rows_of(shape, block)
    if isinstance(budget, Ratio):
        # The tiny term undoes binary rounding, as in core.
        return (budget.share * most.double() + 1e-9).long().clamp(min=1)
    if isinstance(budget, Flops):
        return most.clamp(max=_affordable(budget, most, size, block))
    keys = budget.count if isinstance(budget, Keys) else math.floor(budget.share * kv_len + 1e-9)
    # A budget of all keys allows the last block, too, which may be shorter.
    return most.clamp(max=max(1, keys // block)) if keys < kv_len else most


def rows_of(shape: tuple[int, int, int], block: int) -> Tensor:
    """(r,) int64: the blocks that each row could list; shape as in `quota`."""
    start = (shape[1] - shape[0]) // block
    return torch.arange(start, start + row_count(shape[0], shape[1], block)) + 1


def _beyond(budget: Counted | Mass, base: Tensor, shape: tuple[int, int, int], block: int) -> Tensor:
    """(r,) int64: what a budget allows rows that list `base` anyway."""
    if isinstance(budget, Mass):
        return base
    if isinstance(budget, Ratio):
        return base + (budget.share * (rows_of(shape, block) - base).double() + 1e-9).long()
    return quota(budget, shape, block)


def density_of(budget: Counted | Fair, shape: tuple[int, int, int], block: int) -> float:
    """The blocks that the budget allows, as a share of those that dense attention touches; shape as in `quota`."""
    allowed = quota(budget, shape, block)
    return float(allowed.sum() / rows_of(shape, block).sum()) if allowed.numel() else 1.0


def mass_of(budget: Budget) -> Mass | None:
    """The share of the attention that a budget asks for, if it asks for one."""
    inner = budget.budget if isinstance(budget, Fair) else budget
    return inner if isinstance(inner, Mass) else None


def level(share: float) -> Relative:
    """The keys a query, as a share of the length, with which a long prompt computes that share of all pairs.

    Example: level(0.75) is Relative(0.5): half of the queries see all they could, the others half of the keys.
    """
    _share("A share of the pairs", share)
    return Relative(1 - math.sqrt(1 - share))


def _affordable(budget: Flops, most: Tensor, size: int, block: int) -> int:
    """The largest number of blocks a row for which all rows together cost no more than the budget; at least 1."""
    one = 4 * size * block * block
    top = int(most.max()) if most.numel() else 1
    return max(1, bisect_right(range(1, top + 1), budget.total, key=lambda n: one * int(most.clamp(max=n).sum())))


def _share(what: str, share: float) -> None:
    if not (isinstance(share, (int, float)) and 0 <= share <= 1):
        raise InvalidBudget(f"{what} must lie between 0 and 1, got {share!r}.")


SIXTEENTH = Relative(1 / 16)
FAIR_SIXTEENTH = Fair(SIXTEENTH)
FAITHFUL = Fair(Mass(0.98))
"""What costs a reader (SmolLM2-135M) less than .02 nats a token at 8,192 tokens when antidiagonals choose."""

__all__ = [
    "FAIR_SIXTEENTH", "FAITHFUL", "SIXTEENTH", "Budget", "Counted", "Fair", "Flops", "Keys", "Mass", "Ratio",
    "Relative", "density_of", "least", "level", "mass_of", "near_blocks", "quota", "rows_of",
]  # fmt: skip
