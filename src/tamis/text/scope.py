"""Scopes: which words an operator governs, as bonds: they go or stay together.

"The patient must not take ibuprofen with warfarin" says the opposite without "not", and something else without
"with warfarin". So what an operator of `text/languages` governs is one bond, light words (articles, fillers) left out:
a denial, an exception, a word of focus its segment (what stands between two marks), a condition its sentence, anything
else the words up to the next one with content. Every bond is a run of units. Does not parse: a scope is rather too
wide than too narrow.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from tamis.core import Bools, Ints
from tamis.text.clauses import Clauses, following
from tamis.text.languages import Operator
from tamis.text.languages.language import expressions
from tamis.text.units import Units

WIDE = {"negator": "segment", "exception": "segment", "condition": "sentence", "focus": "segment"}
NEXT = frozenset({"limit", "quantifier", "modal", "stranded"})
# Where words go one by one, what says when something was (and not whether) governs only what follows it, as does a
# word of focus: half of the sentences of a report hold one.
NARROW = {"negator": "segment", "exception": "segment", "condition": "sentence"}
NARROW_NEXT = frozenset({"limit", "quantifier", "modal", "focus", "time"})
TIMES = expressions(
    """
    after, when, whenever, once, while, since, upon, then, whether, whatever, whichever, wherever, as of, prior to
    by the time, every time, each time, as soon as, now that, given that
    """
)
LONG = 48  # units; in a longer segment or sentence, a scope is a window
BEFORE, BEHIND = 12, 20  # units of that window
MOST = 120  # units of a bond that is made of runs that overlap: without marks, they could go on for ever
CLOSE = 4  # units, its mark among them: a denial so near to the end of its segment goes on behind the comma


@dataclass(frozen=True, eq=False)
class Closed:
    """The closed-class words of a text, by units.

    Attributes:
        kinds: (n,) kind of the operator that each unit belongs to; "" for none.
        runs: first and past-the-last unit of each operator, and its kind, in order.
    """

    kinds: np.typing.NDArray[np.str_]
    runs: tuple[tuple[int, int, str], ...]

    def of(self, *kinds: str) -> Bools:
        """(n,) units of these kinds."""
        return np.isin(self.kinds, kinds)

    @property
    def first(self) -> Bools:
        """(n,) first units of operators."""
        first = np.zeros(self.kinds.size, np.bool_)
        first[[a for a, _, _ in self.runs]] = True
        return first


def closed_class(units: Units, operators: Sequence[Operator]) -> Closed:
    """Say which units are operators; a unit that holds one inside is of its kind, unless that is light."""
    kinds = np.full(len(units), "", "U10")
    begins = np.array([o.span.start for o in operators], np.int64)
    ends = np.array([o.span.end for o in operators], np.int64)
    first = np.searchsorted(units.ends, begins, side="right").tolist()
    past = np.searchsorted(units.starts, ends, side="left").tolist()
    lows, highs = units.starts.tolist(), units.ends.tolist()
    runs: list[tuple[int, int, str]] = []
    for a, b, operator in zip(first, past, operators, strict=True):
        kind = operator.kind
        whole = a < b and lows[a] >= operator.span.start and highs[b - 1] <= operator.span.end
        if a >= b or (not whole and kind in ("light", "binder", "opener", "stranded")):
            continue
        kinds[a:b] = kind
        runs.append((a, b, kind))
    return Closed(kinds, tuple(runs))


def scopes(units: Units, at: Clauses, closed: Closed, core: Bools, *, narrow: bool = False) -> Ints:
    """(n,) bonds of what operators govern; a unit that none governs has a number of its own.

    core -- (n,) units that may be bound: not light words, not punctuation
    narrow -- words go one by one: focus and times govern no more than what follows
    """
    runs = [(a, b, _timed(units, a, b, kind)) for a, b, kind in closed.runs] if narrow else closed.runs
    reaches = NARROW if narrow else WIDE
    wide = [(a, b, reaches[kind]) for a, b, kind in runs if kind in reaches]
    kinds = NARROW_NEXT if narrow else NEXT
    near = [(a, b, kind == "limit") for a, b, kind in runs if kind in kinds]
    return runs_as_bonds([*_wide(units, at, wide), *_next(near, closed, core, at)], core)


def _timed(units: Units, a: int, b: int, kind: str) -> str:
    """The kind of an operator, "time" for a condition that says when."""
    if kind != "condition":
        return kind
    return "time" if units.says(a, b).lower() in TIMES else kind


def runs_as_bonds(runs: Iterable[tuple[int, int]], core: Bools) -> Ints:
    """(n,) bonds: the units of the core in a run of units go or stay together; runs that overlap are one."""
    bonds = np.arange(core.size)
    last_end = last_start = -1
    for a, b in sorted(runs):
        joined = a < last_end and max(b, last_end) - last_start <= max(MOST, b - a)
        start = last_start if joined else a
        last_start, last_end = start, max(b, last_end) if joined else b
        inside = np.flatnonzero(core[a:b]) + a
        bonds[inside] = start
    return _numbered(bonds, core)


def _numbered(bonds: Ints, core: Bools) -> Ints:
    """Every bond by the number of its first unit of the core."""
    numbered = np.arange(core.size)
    index = np.flatnonzero(core)
    if index.size:
        _, first, inverse = np.unique(bonds[index], return_index=True, return_inverse=True)
        numbered[index] = index[first][inverse]
    return numbered


def _wide(units: Units, at: Clauses, operators: Sequence[tuple[int, int, str]]) -> list[tuple[int, int]]:
    """The runs of units that wide operators govern."""
    segments, sentences = at.segment_edges.tolist(), at.sentence_edges.tolist()
    runs: list[tuple[int, int]] = []
    previous = -1  # end of the last operator in a long run
    for a, b, how in operators:
        number = int(at.segment_of[a])
        low, high = segments[number], segments[number + 1]
        sentence = int(at.sentence_of[a])
        floor, ceiling = sentences[sentence], sentences[sentence + 1]
        if how == "sentence" and ceiling - floor <= LONG:
            low, high = floor, ceiling
        elif how == "sentence":
            low, high = _with_neighbour(segments, number, low, a, floor, ceiling)
        elif high - b < CLOSE and high < ceiling:
            high = min(segments[min(number + 2, len(segments) - 1)], ceiling)
        if high - low > LONG:
            low, high = max(low, a - BEFORE, (previous + a) // 2 if previous > low else low), min(high, b + BEHIND)
            if runs and runs[-1][1] > low:
                runs[-1] = (runs[-1][0], max(low, previous))
            previous = b
        runs.append((low, high))
    return runs


def _with_neighbour(
    segments: Sequence[int], number: int, low: int, start: int, floor: int, ceiling: int
) -> tuple[int, int]:
    """The segment of a condition and the one that it conditions: the next one if it begins the sentence."""
    high = segments[number + 1]
    if start <= low + 1 and low == floor and number + 2 < len(segments):
        return low, min(segments[number + 2], ceiling)
    return (max(segments[number - 1], floor) if number else low), high


def _next(near: Sequence[tuple[int, int, bool]], closed: Closed, core: Bools, at: Clauses) -> Iterable[tuple[int, int]]:
    """The runs from a narrow operator to the next unit with content in its segment; a limit's to what it counts."""
    content = core & (closed.kinds == "")
    nearest = following(content)
    segment = at.segment_of
    for a, b, limit in near:
        target = int(nearest[b]) if b < segment.size else segment.size
        if target < segment.size and segment[target] == segment[b - 1]:
            counted = int(nearest[target + 1]) if limit and target + 1 < segment.size else segment.size
            close = counted <= target + 2 and counted < segment.size and segment[counted] == segment[target]
            yield a, (counted if close else target) + 1
