"""Selection within a budget: the one top-k of tamis.

`top` keeps the longest prefix of the ranking that fits; it is *nested*: a larger budget never loses a unit. `fill` goes
on past what does not fit; it spends more and is not nested. The cost of a selection need not be the sum of its parts
(tokens merge across joins): pass `cost`, a function of the mask, and the budget holds for that.

Does not know what a unit is. `cache` and `attention` sort tensors themselves: the contract test
`tests/contracts/test_topk.py` ties them to `top`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias, TypeVar

import numpy as np

from tamis.core.budget import AtLeast, Budget, Ratio
from tamis.core.scored import FREE, Bools, Ints, Scored
from tamis.errors import BudgetTooSmall

T = TypeVar("T")
Cost: TypeAlias = Callable[[Bools], int]

SNUG = 0.97  # a prefix that uses less of the budget than this is topped up
TRIES = 64  # true counts that topping up may spend


def ranking(scored: Scored[T]) -> Ints:
    """Return unit indices, best first: by priority, then score, then source order."""
    order: Ints = np.lexsort((np.arange(len(scored)), -scored.scores, -scored.priority.astype(np.int64)))
    return order


def limit_of(scored: Scored[T], budget: Budget, cost: Cost | None = None) -> int:
    """Return the budget as a whole cost; for AtLeast, what everything costs."""
    if isinstance(budget, (AtLeast, Ratio)):
        total = (cost or scored.cost_of)(np.ones(len(scored), np.bool_))
        # The tiny term undoes binary rounding: 0.29 * 100 is 28.999999999999996.
        return total if isinstance(budget, AtLeast) else int(budget.share * total + 1e-9)
    return budget.cost


def top(scored: Scored[T], budget: Budget, *, cost: Cost | None = None) -> Bools:
    """Return the mask of the longest prefix of the ranking that fits the budget.

    Under AtLeast: all units that score at least the threshold, and all that are pinned or preferred.

    Raises:
        BudgetTooSmall: the pinned units alone do not fit.

    Example: scores .9 .1 .5, cost 1 each, Total(2) -> True False True
    """
    if isinstance(budget, AtLeast):
        return (scored.scores >= budget.score) | (scored.priority > FREE)
    measure = cost or scored.cost_of
    limit = limit_of(scored, budget, cost)
    order, pins = ranking(scored), int(scored.pinned.sum())
    needed = measure(_prefix(order, pins))
    if needed > limit:
        raise BudgetTooSmall(
            f"The {pins} pinned units cost {needed}, the budget is {limit}.", limit=limit, needed=needed
        )
    return _prefix(order, _longest(order, pins, lambda mask: measure(mask) <= limit))


def _prefix(order: Ints, size: int) -> Bools:
    mask = np.zeros(order.size, np.bool_)
    mask[order[:size]] = True
    return mask


def _longest(order: Ints, low: int, fits: Callable[[Bools], bool]) -> int:
    """Length of the longest prefix that fits; `low` is known to fit.

    The bisection tree depends on nothing but the number of units and pins. So the result is nested even where the cost
    is not monotone: for two budgets the answer to each question can only go from "no" to "yes".
    """
    if fits(_prefix(order, order.size)):
        return order.size
    high = order.size
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(_prefix(order, middle)) else (low, middle)
    return low


def fill(scored: Scored[T], budget: Budget, *, cost: Cost | None = None) -> Bools:
    """Return the mask of a greedy pass over the ranking that skips what does not fit.

    Spends at least as much as `top`; not nested: with scores 1.0 and .9 and costs 3 and 2, a budget of 2 keeps the
    second unit, a budget of 3 only the first.

    Raises:
        BudgetTooSmall: the pinned units alone do not fit.
    """
    mask = top(scored, budget, cost=cost)
    if isinstance(budget, AtLeast):
        return mask
    limit = limit_of(scored, budget, cost)
    return _top_up(scored, mask, limit, cost)


def snug(scored: Scored[T], budget: Budget, *, cost: Cost | None = None) -> Bools:
    """Return `top`, or `fill` where `top` leaves more than 3 % of the budget unused."""
    mask = top(scored, budget, cost=cost)
    if isinstance(budget, AtLeast):
        return mask
    limit = limit_of(scored, budget, cost)
    used = (cost or scored.cost_of)(mask)
    return mask if used >= SNUG * limit else _top_up(scored, mask, limit, cost)


def _top_up(scored: Scored[T], mask: Bools, limit: int, cost: Cost | None) -> Bools:
    """Add units in ranking order as long as they fit.

    With a true cost, which is dear to ask for, it takes steps that double while they fit, and asks at most TRIES times.
    """
    measure, mask = cost or scored.cost_of, mask.copy()
    rest = ranking(scored)
    rest, room = rest[~mask[rest]], limit - measure(mask)
    position, step, tries = 0, 1, TRIES if cost else rest.size
    while position < rest.size and room > 0 and tries > 0:
        if scored.costs[rest[position]] > room:  # cannot fit: costs no question
            position += 1
            continue
        block = rest[position : position + step]
        block = block[scored.costs[block] <= room]
        spent = measure(_with(mask, block))
        tries -= 1
        if spent <= limit:
            mask[block] = True
            position, room, step = position + step, limit - spent, step * 2 if cost else 1
        else:
            position, step = (position, step // 2) if step > 1 else (position + 1, 1)
    return mask


def _with(mask: Bools, block: Ints) -> Bools:
    more: Bools = mask.copy()
    more[block] = True
    return more


__all__ = ["fill", "limit_of", "ranking", "snug", "top"]
