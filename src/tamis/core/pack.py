"""Few units of uneven sizes: the most value within a budget, instead of the best first.

With five sentences of which two fit, taking the best first and skipping what does not fit leaves a fifth of the budget
unused. `packed` solves the knapsack exactly where that is cheap. Not nested: a larger budget may keep other units.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal, TypeAlias, TypeVar

import numpy as np

from tamis.core.budget import AtLeast, Budget
from tamis.core.scored import FREE, Bools, Floats, Ints, Scored
from tamis.core.select import fill, limit_of, snug

T = TypeVar("T")
Cost: TypeAlias = Callable[[Bools], int]
How: TypeAlias = Literal["packed", "fill", "snug"]

CELLS = 2_000_000  # of the table units by budget; beyond it a unit is small against the budget, and `fill` as good
TRIES = 4  # knapsacks, each for less room, until the true cost fits


def packed(scored: Scored[T], values: Floats, budget: Budget, *, cost: Cost | None = None) -> Bools:
    """Return the mask of `fill`, or one that keeps more value within the budget if there is one.

    What is pinned or preferred stays as `fill` has it; among the free units the sum of the values decides.

    values -- (n,) what keeping each unit is worth, not below 0

    Raises:
        BudgetTooSmall: the pinned units alone do not fit.

    Example: scores 3 2 2, values 6 4 4, costs 2 2 2, Total(4) -> True True False
    """
    mask: Bools = fill(scored, budget, cost=cost)
    free = np.flatnonzero(scored.priority == FREE)
    if isinstance(budget, AtLeast) or mask[free].all():
        return mask
    measure, limit = cost or scored.cost_of, limit_of(scored, budget, cost)
    fixed = mask & (scored.priority > FREE)
    room = _room(scored, fixed, limit, measure)
    for _ in range(TRIES):
        if free.size * (room + 1) > CELLS or room <= 0:
            return mask
        trial: Bools = fixed.copy()
        trial[free[knapsack(values[free], scored.costs[free], room)]] = True
        if values[trial].sum() <= values[mask].sum():
            return mask
        if (spent := measure(trial)) <= limit:
            return trial
        room -= spent - limit
    return mask


def _room(scored: Scored[T], fixed: Bools, limit: int, measure: Cost) -> int:
    """What is left of the limit for free units, in their own costs: all of them cost a little more than the whole."""
    spent, free = measure(fixed), scored.priority == FREE
    rest = measure(fixed | free) - spent
    return int((limit - spent) * max(1.0, scored.cost_of(free) / rest)) if rest > 0 else limit - spent


def whole(
    scored: Scored[T],
    groups: Ints,
    budget: Budget,
    *,
    cost: Cost | None = None,
    how: How = "packed",
    best: bool = False,
) -> Bools:
    """Return a mask over whole groups of units: a score is what a unit is worth for its cost.

    A group has the mean of its units' scores, weighted by their costs, or the best of them; and the highest of their
    priorities.

    groups -- (n,) a number that units have in common which go or stay together
    cost -- of a mask over the units
    how -- "packed": the most value within the budget; "fill": the best group stays, though others may be worth more
        together; "snug": the longest prefix of the ranking, nested where it uses the budget
    best -- a group scores as its best unit does

    Raises:
        BudgetTooSmall: the groups with a pinned unit alone do not fit.

    Example: scores 3 3 2 1, costs 1 each, groups 0 0 1 1, Total(3) -> True True False False
    """
    some, values, of = _grouped(scored, groups, best=best)
    measure = None if cost is None else lambda groups: cost(groups[of])
    if measure is not None:  # tokens merge where units meet: a group costs less than its units
        share = min(1.0, measure(np.ones(len(some), np.bool_)) / max(int(some.costs.sum()), 1))
        some = replace(some, costs=(some.costs * share).astype(np.int64))
    if how == "packed":
        mask = packed(some, values, budget, cost=measure)
    else:
        mask = (fill if how == "fill" else snug)(some, budget, cost=measure)
    chosen: Bools = mask[of]
    return chosen


def _grouped(scored: Scored[T], groups: Ints, *, best: bool) -> tuple[Scored[int], Floats, Ints]:
    """Groups as units: scored, what each is worth, and (n,) the number of each unit's group."""
    names, of = np.unique(groups, return_inverse=True)
    weights = np.maximum(scored.costs, 1)
    costs = np.bincount(of, scored.costs, minlength=names.size).astype(np.int64)
    above = scored.scores - float(scored.scores.min(initial=0.0))
    values = np.bincount(of, above * weights, minlength=names.size).astype(np.float64)
    scores = values / np.bincount(of, weights, minlength=names.size)
    if best:
        np.maximum.at(scores, of, above)
    priority = np.full(names.size, FREE, np.int8)
    np.maximum.at(priority, of, scored.priority)
    return Scored(tuple(names.tolist()), scores, costs, priority), values, of


def knapsack(values: Floats, costs: Ints, room: int) -> Ints:
    """Return the numbers of the units that are worth most together and cost at most `room`; O(n * room).

    Example: values 3 2 2, costs 3 2 2, room 4 -> [1, 2]
    """
    best = np.zeros(room + 1)
    took = np.zeros((values.size, room + 1), np.bool_)
    for number, (value, cost) in enumerate(zip(values.tolist(), costs.tolist(), strict=True)):
        if cost <= room:
            richer = best[: room + 1 - cost] + value
            took[number, cost:] = richer > best[cost:]
            best[cost:] = np.maximum(richer, best[cost:])
    chosen, left = [], room
    for number in range(values.size - 1, -1, -1):
        if took[number, left]:
            chosen.append(number)
            left -= int(costs[number])
    return np.array(chosen[::-1], np.int64)


__all__ = ["knapsack", "packed", "whole"]
