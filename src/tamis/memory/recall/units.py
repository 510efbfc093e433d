"""Whole units instead of a budget: the best turns, segments or sessions, as SeCom retrieves them (arXiv 2502.05589)."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from tamis.core import Ints
from tamis.errors import InvalidInput, unknown
from tamis.memory.recall.deliver import Passage, passages
from tamis.memory.recall.index import Index, Numbers
from tamis.memory.recall.score import TurnScores
from tamis.memory.recall.wide import best

UNITS = ("turn", "segment", "session")


def best_units(index: Index, turn_scores: TurnScores, unit: str, count: int) -> tuple[tuple[Passage, ...], ...]:
    """The units with the best turns, whole, in time order; a unit is as good as its best turn.

    Each is its passages: one, unless turns in its middle were removed or have expired.

    Raises:
        UnknownName: no such unit.
        InvalidInput: a count that is no whole number.
    """
    if not isinstance(count, int) or isinstance(count, bool) or count < 0:
        raise InvalidInput(f"A number of units is a whole number, got {count!r}.")
    chosen = ranked_units(index, turn_scores, unit, count)
    scores = defaultdict(float, zip(turn_scores.turns.tolist(), turn_scores.scores.tolist(), strict=True))
    chosen.sort(key=lambda turns: _when(index, turns))
    return tuple(tuple(passages(index, turns.tolist(), scores)) for turns in chosen)


def ranked_units(index: Index, turn_scores: TurnScores, unit: str, count: int) -> list[Ints]:
    """The living turns of each of the best units, best first.

    Raises:
        UnknownName: no such unit.
    """
    if unit not in UNITS:
        raise unknown("unit", unit, UNITS)
    unit_of = _of(index, unit)
    names, first = np.unique(unit_of[turn_scores.turns], return_inverse=True)
    top = np.full(len(names), -np.inf)
    np.maximum.at(top, first, turn_scores.scores)
    return [np.flatnonzero((unit_of == names[place]) & index.alive.rows) for place in best(top, count).tolist()]


def _of(index: Index, unit: str) -> Numbers:
    """(n,) the unit of each turn."""
    column = {"segment": index.segment, "session": index.session}.get(unit)
    return np.arange(len(index.entries), dtype=np.int32) if column is None else column.rows


def _when(index: Index, turns: Ints) -> tuple[float, int]:
    times = index.times.rows[turns]
    return (np.inf if np.isnan(times).all() else float(np.nanmin(times)), int(turns.min()))
