"""What each head of each layer may keep: a budget in shares, entries or bytes, spread over heads and layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from torch import Tensor

from tamis.cache.ledger import Bytes
from tamis.cache.quantise import Quantiser
from tamis.cache.select import adaptive, counts, pyramid
from tamis.core import Ratio, Total
from tamis.errors import BudgetTooSmall
from tamis.models.transformers.attended import Attended

CacheBudget: TypeAlias = Ratio | Total | Bytes
"""Share of the entries, entries of each head, or bytes of the whole cache."""

Spread: TypeAlias = Callable[[Tensor, Attended, Tensor, int], Tensor]
"""(scores, layer, (b, kv) even counts, layers) -> (b, kv) counts."""

INDEX = 4
"""Bytes of a length or a place."""


def entries(budget: CacheBudget, attended: Attended, *, layers: int, quantiser: Quantiser | None) -> Tensor:
    """(b, kv) entries that each head may keep where all get the same.

    Raises:
        BudgetTooSmall: the bytes do not hold the lengths of the heads.
    """
    if isinstance(budget, Bytes):
        budget = Total(_affordable(budget, attended, layers, quantiser))
    return counts(budget, attended.mask, heads=attended.heads)


def _affordable(budget: Bytes, attended: Attended, layers: int, quantiser: Quantiser | None) -> int:
    """The largest number of entries of a head for which the whole cache takes no more than the bytes."""
    heads = layers * attended.keys.shape[0] * attended.heads
    low, high = -1, attended.length
    while low < high:  # cost grows with entries
        middle = (low + high + 1) // 2
        if heads * cost(middle, attended, quantiser) <= budget.limit:
            low = middle
        else:
            high = middle - 1
    if low < 0:
        needed = heads * cost(0, attended, quantiser)
        raise BudgetTooSmall(
            f"{budget.limit} bytes do not hold a cache of {heads} heads without entries.",
            limit=budget.limit,
            needed=needed,
            hint=f"It takes {needed}.",
        )
    return low


def cost(many: int, attended: Attended, quantiser: Quantiser | None) -> int:
    """Bytes of a head with so many entries."""
    dk, dv, size = attended.keys.shape[3], attended.values.shape[3], attended.keys.element_size()
    if quantiser is None:
        return INDEX + many * (INDEX + (dk + dv) * size)
    old = max(many - quantiser.window, 0)
    group, channels = -(-old // quantiser.group), -(-dv // quantiser.group)
    codes = old * (dk + dv) * quantiser.bits // 8
    scales = 2 * size * (group * dk + old * channels)
    return 2 * INDEX + many * INDEX + codes + scales + (many - old) * (dk + dv) * size


def even(scores: Tensor, attended: Attended, each: Tensor, layers: int) -> Tensor:
    """The same for every head of every layer."""
    del scores, attended, layers
    return each


def over_heads(scores: Tensor, attended: Attended, each: Tensor, layers: int) -> Tensor:
    """The same for every layer, within it more for heads whose scores are high (AdaKV)."""
    del layers
    return adaptive(scores, each.to(scores.device), valid=attended.mask.to(scores.device))


def over_layers(scores: Tensor, attended: Attended, each: Tensor, layers: int) -> Tensor:
    """More for the first layers, less for the last (PyramidKV); what a layer cannot use goes to those behind it."""
    del scores
    out = each.clone()
    for item, there in enumerate(attended.mask.sum(1).tolist()):
        out[item] = levelled(pyramid(int(each[item, 0]), layers), there)[attended.layer]
    return out


def levelled(each: list[int], most: int) -> list[int]:
    """Counts of at most `most` each with the same sum, as far as there is room: the surplus goes to the next ones.

    Example: [9, 5, 1], most 6 -> [6, 6, 3]
    """
    counts, surplus = [], 0
    for many in each:
        counts.append(min(many + surplus, most))
        surplus += many - counts[-1]
    return counts


SPREADS: dict[str, Spread] = {"even": even, "adaptive": over_heads, "pyramid": over_layers}
