"""From scores to a selection: within the budget, section by section, exact in tokens of the rendered text."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

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
    Span,
    Total,
    limit_of,
    snug,
    whole,
)
from tamis.errors import BudgetTooSmall
from tamis.prompt.documents.order import fragments, without_scraps
from tamis.prompt.documents.source import Source
from tamis.prompt.headings import with_headings
from tamis.prompt.pins import name_pins, touched
from tamis.prompt.request import Request
from tamis.prompt.selection import Selection
from tamis.prompt.task import Task
from tamis.text.counting import TokenCounter
from tamis.text.edits import Edits
from tamis.text.units import Company, Units

REFILLS = 2  # selections in place of fragments
Cost: TypeAlias = Callable[[Bools], int]


def fit(request: Request, scores: Floats, task: Task) -> Selection:
    """Choose the units within the budget.

    Raises:
        BudgetTooSmall: what is pinned does not fit; names it.
    """
    units, fixed, form = request.units, request.fixed, task.form
    assert request.costs is not None

    def edits(mask: Bools) -> Edits:
        return form.render(units, units.closed(mask), fixed)

    def cost(mask: Bools) -> int:
        return task.count(edits(mask).of(units.text))

    scores = frame_first(units, pooled(units, scores, request.costs))
    scored = Scored(tuple(range(len(units))), scores, request.costs, priorities(request))
    try:
        chosen = _within(scored, request, task, cost)
    except BudgetTooSmall as error:
        raise name_pins(error, request.source.pinned, units.text, task.count.name) from None
    return Selection(units, scored, units.closed(chosen), edits(chosen), request.excluded, request.preferred)


def priorities(request: Request) -> Priorities:
    """(n,) FREE or PINNED; what detectors prefer is a part of the score: alone, it says nothing."""
    return np.asarray(np.where(request.fixed, PINNED, FREE), np.int8)


def pooled(units: Units, scores: Floats, costs: Ints) -> Floats:
    """(n,) what is bonded scores alike, the mean over its tokens; what only keeps company comes last."""
    if units.bonds is None:
        return scores
    company = units.company or _alone(len(units))
    weight = np.where(company.core, costs, 0).astype(np.float64)
    total = np.bincount(units.bonds, scores * weight, minlength=len(units))
    size = np.bincount(units.bonds, weight, minlength=len(units))
    mean = (total / np.maximum(size, 1e-9))[units.bonds]
    bonded = np.bincount(units.bonds[company.core], minlength=len(units))[units.bonds] > 1
    floor = float(scores.min(initial=0.0))
    return np.where(company.forced, floor, np.where(company.core & bonded, mean, scores))


def frame_first(units: Units, scores: Floats) -> Floats:
    """(n,) the scores, where what all others need (the outermost brackets of a document) comes before them."""
    if units.parents is None or units.bonds is None or len(units) < 2:
        return scores
    rows = np.atleast_2d(units.parents)
    needed = np.bincount(rows[rows >= 0], minlength=len(units))
    frame = int(needed.argmax())
    with_it = units.bonds == units.bonds[frame]
    if needed[frame] < len(units) - with_it.sum():
        return scores
    return np.where(with_it, np.nextafter(scores.max(), np.inf), scores)


def _alone(size: int) -> Company:
    """No unit stays because of others."""
    none = np.zeros((2, size), np.int64)
    return Company(np.ones(size, np.bool_), np.zeros(size, np.bool_), none, none)


def limit_of_source(source: Source, budget: Budget, count: TokenCounter) -> int:
    """The budget in tokens: a rate is a share of all that has no rate of its own, plus what its own rates allow."""
    if isinstance(budget, Total):
        return budget.cost
    total = count(source.text)
    if isinstance(budget, AtLeast):
        return total
    own = [(count(rule.span.of(source.text)), rule.rate) for rule in source.rules]
    free = total - sum(cost for cost, _ in own)
    return int(budget.share * max(free, 0) + sum(cost * (rate or 0.0) for cost, rate in own) + 1e-9)


def unit_costs(units: Units, count: TokenCounter) -> Ints:
    """(n,) tokens of each word, with a blank before it if there was one: what it costs, up to what changes at joins."""
    counts: dict[str, int] = {}
    costs = np.empty(len(units), np.int64)
    spaced = np.concatenate(([False], units.gap[:-1] > 0)).tolist()
    for i, (body, after_gap) in enumerate(zip(units.bodies(), spaced, strict=False)):
        piece = " " + body if after_gap else body
        if piece not in counts:
            counts[piece] = count(piece)
        costs[i] = counts[piece]
    return costs


def _within(scored: Scored[int], request: Request, task: Task, cost: Cost) -> Bools:
    """(n,) what is selected: each section by its own rate first, then all together."""
    present, priority = _by_rules(scored, request, task, cost)
    if request.excluded is not None:
        present &= ~request.excluded | scored.pinned
    present = ~request.units.dependent(~present) | scored.pinned
    ruled = Scored(scored.units, scored.scores, scored.costs, priority)
    return _chosen(ruled, request, _in_tokens(request, task, cost), cost, present)


def _in_tokens(request: Request, task: Task, cost: Cost) -> Budget:
    """A rate as a number of tokens where sections have rates of their own; what is kept whole always fits a rate.

    (Alone, and with the blank lines at its ends, it may cost a token more than its text does.)
    """
    rules, budget = request.source.rules, task.budget
    if not (rules and isinstance(budget, Ratio)):
        return budget
    whole = touched(request.units, [rule.span for rule in rules if rule.whole])
    return Total(max(limit_of_source(request.source, budget, task.count), cost(whole)))


def _by_rules(scored: Scored[int], request: Request, task: Task, cost: Cost) -> tuple[Bools, Priorities]:
    """(n,) the units that may stay once every section has kept to its own rate, and their priority.

    What a section chose goes before all that has no rate of its own; what it left is out.
    """
    present, priority = np.ones(len(scored), np.bool_), scored.priority.copy()
    for rule in request.source.rules:
        if rule.whole or rule.rate is None:
            continue
        inside = np.flatnonzero(touched(request.units, [rule.span]))
        limit = int(rule.rate * task.count(rule.span.of(request.text)) + 1e-9)
        kept = inside[scored.priority[inside] == PINNED]
        if limit:
            some = _own(scored, inside, limit + _around(request, task, inside, cost, rule.span), cost)
            kept = inside[request.units.closed(_whole(len(scored), some)(np.ones(some.size, np.bool_)))[inside]]
        present[np.setdiff1d(inside, kept)] = False  # (a unit over a border stays only if both sides let it)
        priority[kept] = np.maximum(priority[kept], PREFERRED)
    return present, priority


def _around(request: Request, task: Task, inside: Ints, cost: Cost, span: Span) -> int:
    """Tokens of what stands around a section just because it does: brackets, what names a row. It is not its own."""
    mask = np.zeros(len(request.units), np.bool_)
    mask[inside] = True
    around = task.form.render(request.units, request.units.closed(mask)).mask & ~mask
    return max(cost(mask) - task.count(span.of(request.text)), 0) if around.any() else 0


def _own(scored: Scored[int], inside: Ints, limit: int, cost: Cost) -> Ints:
    """The units that a section keeps within its own limit; its pins always, since they bind the whole."""
    pins = inside[scored.priority[inside] == PINNED]
    full = _whole(len(scored), inside)
    needed = cost(full(np.isin(inside, pins)))
    some = Scored(tuple(inside.tolist()), scored.scores[inside], scored.costs[inside], scored.priority[inside])
    return inside[snug(some, Total(max(limit, needed)), cost=lambda mask: cost(full(mask)))]


def _chosen(scored: Scored[int], request: Request, budget: Budget, cost: Cost, present: Bools) -> Bools:
    """Select; if documents are left with too few words to be of use, select again without the worst of them."""
    while True:
        mask = _sensible(scored, request, budget, cost, present)
        scraps = without_scraps(request, scored, mask)
        if not scraps.any():
            return mask
        present = present & ~scraps


def _sensible(scored: Scored[int], request: Request, budget: Budget, cost: Cost, present: Bools) -> Bools:
    """Select; where a text is to be read, without sentences of which but a word or two would be left."""
    mask = _among(present, scored, request, budget, cost)
    if request.style != "clauses" or isinstance(budget, AtLeast):
        return mask
    for _ in range(REFILLS):
        fragment = request.units.dependent(fragments(request.as_read, mask)) & ~request.fixed
        if not fragment.any():
            return mask
        present = present & ~fragment
        mask = _among(present, scored, request, budget, cost)
    return np.asarray(mask & ~request.units.dependent(fragments(request.as_read, mask)) | request.fixed)


def _among(present: Bools, scored: Scored[int], request: Request, budget: Budget, cost: Cost) -> Bools:
    """Select among some of the units; a rate is a share of what all of them cost."""
    if present.all():
        return _by_style(scored, np.arange(len(scored)), request, budget, cost)
    index = np.flatnonzero(present)
    total = budget if isinstance(budget, AtLeast) else Total(limit_of(scored, budget, cost))
    some = Scored(tuple(index.tolist()), scored.scores[index], scored.costs[index], scored.priority[index])
    full = _whole(present.size, index)
    return full(_by_style(some, index, request, total, lambda mask: cost(full(mask))))


def _by_style(scored: Scored[int], index: Ints, request: Request, budget: Budget, cost: Cost) -> Bools:
    """Select the groups of units that go or stay together; each unit of a large one would be tried in vain.

    A few good lines are worth the block that they are in; a clause is worth what its words are on the average.
    With a question the best sentence stays, though two others may be worth more together.

    index -- (m,) the units that are scored, of those of the request
    """
    bonds = request.units.bonds
    lined = request.units.of_kind("line").any()
    if bonds is None or isinstance(budget, AtLeast):
        return np.asarray(snug(scored, budget, cost=cost))
    if lined or request.style != "sentences":
        return np.asarray(whole(scored, bonds[index], budget, cost=cost, how="snug", best=bool(lined)))
    full = np.full(len(request.units), float(scored.scores.min(initial=0.0)))
    full[index] = scored.scores
    groups = with_headings(request.as_read, bonds, full)[index]
    return np.asarray(whole(scored, groups, budget, cost=cost, how="fill" if request.question else "packed"))


def _whole(size: int, index: Ints) -> Callable[[Bools], Bools]:
    """Return a function from masks over some of the units to masks over all."""

    def whole(mask: Bools) -> Bools:
        full = np.zeros(size, np.bool_)
        full[index[mask]] = True
        return full

    return whole
