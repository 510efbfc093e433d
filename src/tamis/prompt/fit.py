"""From scores to the result: select within the budget, section by section, and build what the caller gets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from tamis.core import (
    FREE,
    PINNED,
    PREFERRED,
    AtLeast,
    Bools,
    Budget,
    Floats,
    Ints,
    Priorities,
    Ratio,
    Scored,
    Total,
    limit_of,
    snug,
)
from tamis.errors import BudgetTooSmall
from tamis.prompt.documents.order import without_scraps
from tamis.prompt.documents.sections import Rule
from tamis.prompt.documents.source import Source
from tamis.prompt.pins import name_pins, touched
from tamis.prompt.request import Request
from tamis.prompt.result import Selection
from tamis.text.counting import NamedCounter, TokenCounter
from tamis.text.protect import Found
from tamis.text.render import join, pieces, tidy
from tamis.text.words import Words


@dataclass(frozen=True, eq=False)
class Prepared:
    """A source that is ready to be scored: its words, and what protects them."""

    source: Source
    request: Request
    priority: Priorities
    preferred: tuple[Found, ...]
    count: NamedCounter

    @cached_property
    def costs(self) -> Ints:
        """(n,) tokens of each word."""
        return unit_costs(self.request.words, self.count)

    def limit(self, budget: Budget) -> int:
        """The budget in tokens: a rate is a share of all that has no rate of its own, plus what its own rates allow."""
        if isinstance(budget, Total):
            return budget.cost
        total = self.count(self.source.text)
        if isinstance(budget, AtLeast):
            return total
        own = [(self.count(rule.span.of(self.source.text)), rule.rate) for rule in self.source.rules]
        free = total - sum(cost for cost, _ in own)
        return int(budget.share * max(free, 0) + sum(cost * (rate or 0.0) for cost, rate in own) + 1e-9)


def unit_costs(units: Words, count: TokenCounter) -> Ints:
    """(n,) tokens of each word, with a blank before it if there was one: what it costs, up to what changes at joins."""
    known: dict[str, int] = {}
    costs = np.empty(len(units), np.int64)
    spaced = np.concatenate(([False], units.gap[:-1] > 0)).tolist()
    for i, (body, after_gap) in enumerate(zip(units.bodies(), spaced, strict=False)):
        piece = " " + body if after_gap else body
        if piece not in known:
            known[piece] = count(piece)
        costs[i] = known[piece]
    return costs


def fit(prepared: Prepared, scores: Floats, budget: Budget) -> Selection:
    """Choose the words within the budget.

    Raises:
        BudgetTooSmall: what is pinned does not fit; names it.
    """
    units, options = prepared.request.words, prepared.request.options
    fixed = prepared.priority == PINNED

    def spans_of(mask: Bools) -> tuple[Ints, Ints]:
        return pieces(units, tidy(units, mask, fixed) if options.clean else mask)

    def cost(mask: Bools) -> int:
        return prepared.count(join(units.text, *spans_of(mask)))

    present, priority = _by_rules(prepared, scores, cost)
    scored = Scored(tuple(range(len(units))), scores, prepared.costs, priority)
    try:
        chosen = _chosen(scored, prepared.request, _in_tokens(prepared, budget, cost), cost, present)
    except BudgetTooSmall as error:
        raise name_pins(error, prepared.source.pinned, units.text, prepared.count.name) from None
    mask = tidy(units, chosen, fixed) if options.clean else chosen
    return Selection(units, scores, prepared.priority, chosen, mask, *spans_of(chosen), scored.costs)


def _in_tokens(prepared: Prepared, budget: Budget, cost: Callable[[Bools], int]) -> Budget:
    """A rate as a number of tokens where sections have rates of their own; what is kept whole always fits a rate.

    (Alone, and with the blank lines at its ends, it may cost a token more than its text does.)
    """
    if not (prepared.source.rules and isinstance(budget, Ratio)):
        return budget
    whole = touched(prepared.request.words, [rule.span for rule in prepared.source.rules if rule.whole])
    return Total(max(prepared.limit(budget), cost(whole)))


def _by_rules(prepared: Prepared, scores: Floats, cost: Callable[[Bools], int]) -> tuple[Bools, Priorities]:
    """(n,) the words that may stay once every section has kept to its own rate, and their priority.

    What a section chose goes before all that has no rate of its own; what it left is out.
    """
    present, priority = np.ones(len(scores), np.bool_), prepared.priority.copy()
    for rule in prepared.source.rules:
        if rule.whole or rule.rate is None:
            continue
        inside = np.flatnonzero(touched(prepared.request.words, [rule.span]))
        taken = _own(prepared, scores, rule, inside, cost)
        present[np.setdiff1d(inside, taken)] = False  # (a word over a border stays only if both sides let it)
        priority[taken] = np.maximum(priority[taken], PREFERRED)
    return present, priority


def _own(prepared: Prepared, scores: Floats, rule: Rule, inside: Ints, cost: Callable[[Bools], int]) -> Ints:
    """The words that a section keeps within its own rate; its pins always, since they bind the whole."""
    limit = int((rule.rate or 0.0) * prepared.count(rule.span.of(prepared.source.text)) + 1e-9)
    pins = inside[prepared.priority[inside] == PINNED]
    full = _whole(len(scores), inside)
    needed = cost(full(np.isin(inside, pins)))
    some = Scored(tuple(inside.tolist()), scores[inside], prepared.costs[inside], prepared.priority[inside])
    return inside[snug(some, Total(max(limit, needed)), cost=lambda mask: cost(full(mask)))]


def _chosen(
    scored: Scored[int], request: Request, budget: Budget, cost: Callable[[Bools], int], present: Bools
) -> Bools:
    """Select; if documents are left with too few words to be of use, select again without the worst of them."""
    while True:
        mask = _among(present, scored, budget, cost)
        scraps = without_scraps(request, scored, mask)
        if not scraps.any():
            return mask
        present = present & ~scraps


def _among(present: Bools, scored: Scored[int], budget: Budget, cost: Callable[[Bools], int]) -> Bools:
    """Select among some of the units; a rate is a share of what all of them cost."""
    if present.all():
        return np.asarray(snug(scored, budget, cost=cost))
    index = np.flatnonzero(present)
    total = budget if isinstance(budget, AtLeast) else Total(limit_of(scored, budget, cost))
    some = Scored(tuple(index.tolist()), scored.scores[index], scored.costs[index], scored.priority[index])
    whole = _whole(present.size, index)
    return whole(snug(some, total, cost=lambda mask: cost(whole(mask))))


def _whole(size: int, index: Ints) -> Callable[[Bools], Bools]:
    """Return a function from masks over some of the units to masks over all."""

    def whole(mask: Bools) -> Bools:
        full = np.zeros(size, np.bool_)
        full[index[mask]] = True
        return full

    return whole


def relaxed(prepared: Prepared) -> Prepared:
    """The same without preferences: with a question, relevance decides first, and detectors are a part of the score."""
    priority = np.where(prepared.priority == PINNED, PINNED, FREE).astype(np.int8)
    return replace(prepared, priority=priority)
