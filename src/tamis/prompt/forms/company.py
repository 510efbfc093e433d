"""Which units of prose stay just because of others: stops, commas, brackets, list signs, light words."""

from __future__ import annotations

import numpy as np

from tamis.core import Bools, Ints
from tamis.text.clauses import BREAKS, LINE, Clauses, first_characters
from tamis.text.structure import Structure
from tamis.text.units import Company, Units

REACH = 4  # units behind a light word, of which one must stay
LABEL_ENDS = frozenset(".。")
_COMMAS = frozenset(",，、،—–")


class CompanyOf:
    """The company of units under construction.

    soft -- (n,) punctuation that says nothing by itself
    light -- (n,) words that can go without a loss
    """

    def __init__(self, units: Units, at: Clauses, light: Bools, soft: Bools) -> None:
        n = len(units)
        self.units, self.at = units, at
        self.core = ~soft & ~light
        self.forced = np.zeros(n, np.bool_)
        self.left, self.right = np.zeros((2, n), np.int64), np.zeros((2, n), np.int64)
        self.settled = np.zeros(n, np.bool_)
        index = np.flatnonzero(light)
        edge = at.segment_edges[at.segment_of[index] + 1]
        edge = np.where(edge == index + 1, at.sentence_edges[at.sentence_of[index] + 1], edge)  # at the end of a line
        self.right[:, index] = index + 1, np.minimum(index + REACH, edge)
        low, high = self.right[:, index]
        before = np.concatenate(([0], np.cumsum(self.core)))
        last = index[before[np.maximum(low, high)] == before[low]]  # nothing with content follows: then by all others
        self.left[:, last] = at.sentence_edges[at.sentence_of[last]], last
        self.right[:, last] = last + 1, at.sentence_edges[at.sentence_of[last] + 1]

    def structure(self, asked: Structure) -> None:
        """What structure asks for: it settles the units that it speaks of."""
        company = asked.low < asked.high
        self.core[asked.solid] = True
        self.core[company], self.forced[company] = False, True
        for side in (self.left, self.right):
            side[:, asked.solid | company] = 0
        self.left[0, company], self.left[1, company] = asked.low[company], asked.high[company]
        self._feed(np.flatnonzero(company))
        self.settled = asked.solid | company

    def _feed(self, index: Ints) -> None:
        """Light words are of the core where they are all that a unit has for company: "* A"."""
        before = np.concatenate(([0], np.cumsum(self.core)))
        low, high = self.left[:, index]
        for a, b in zip(*self.left[:, index[before[high] == before[low]]].tolist(), strict=True):
            self.core[a:b] |= ~self.units.punct[a:b]

    def punctuation(self, *, readable: bool, attached: Bools) -> None:
        """Stops are forced; so are pauses, where the text is to be read; other marks belong to their words.

        attached -- (segments,) a comma before one of these goes with it
        """
        marks = np.flatnonzero(~self.core & ~self.settled & self.units.punct)
        low, high, _ = self.units.anchors
        self.left[:, marks] = low[marks], high[marks]
        at, free = self.at, ~self.settled
        stops = np.flatnonzero(at.stop & free)
        self.core[stops] = False
        self.left[:, stops] = at.sentence_edges[at.sentence_of[stops]], stops
        first = first_characters(self.units)
        pauses = np.flatnonzero(at.pause & free & (readable | np.isin(first, list(BREAKS))))
        self.core[pauses] = False
        self.left[:, pauses] = at.segment_edges[at.segment_of[pauses]], pauses
        self.right[:, pauses] = pauses + 1, at.sentence_edges[at.sentence_of[pauses] + 1]
        before = pauses[np.isin(first[pauses], list(_COMMAS)) & (self.right[0, pauses] < self.right[1, pauses])]
        segment = at.segment_of[before + 1]
        own = attached[segment]
        self.right[1, before[own]] = at.segment_edges[segment[own] + 1]
        self.forced[stops] = self.forced[pauses] = True

    def conjunctions(self, joining: Bools) -> None:
        """A word such as "and" or "or" stays between two things that stay, and only there.

        joining -- (n,) such words
        """
        index = np.flatnonzero(joining & ~self.settled)
        low, high = (
            self.at.segment_edges[self.at.segment_of[index]],
            self.at.segment_edges[self.at.segment_of[index] + 1],
        )
        inside = (low < index) & (index + 1 < high)
        index, low, high = index[inside], low[inside], high[inside]
        self.core[index], self.forced[index] = False, True
        self.left[:, index] = np.maximum(low, index - REACH), index
        self.right[:, index] = index + 1, np.minimum(high, index + REACH)

    def labels(self, negating: Bools) -> None:
        """A sentence of one word ("Fourth.", "Hmm.") stays just where the next one of its line does.

        negating -- (n,) words that deny: "No." is an answer
        """
        edges = self.at.sentence_edges.tolist()
        stops = self.at.stop & np.isin(first_characters(self.units), list(LABEL_ENDS)) & (self.units.gap < LINE)
        for a, b, end in zip(edges[:-2], edges[1:-1], edges[2:], strict=True):
            own = np.flatnonzero(~self.settled[a:b]) + a
            if own.size == 2 and stops[own[1]] and not self.units.punct[own[0]] and not negating[own[0]]:
                self.core[own], self.forced[own], self.settled[own] = False, True, True
                self.left[:, own] = 0
                self.right[0, own], self.right[1, own] = b, end

    def everything(self) -> None:
        """Every unit is of the core, but for what structure has settled."""
        free = ~self.settled
        self.core[free], self.forced[free] = True, False
        self.left[:, free] = self.right[:, free] = 0

    def done(self) -> Company:
        """The company; a unit that never had any asks for none, and is not forced."""
        before = np.concatenate(([0], np.cumsum(self.core)))
        for side in (self.left, self.right):
            none = (side[1] > side[0]) & (before[side[1]] == before[side[0]])
            self.forced &= ~none
            side[:, none] = 0
        asks = (self.left[1] > self.left[0]) | (self.right[1] > self.right[0])
        self.core |= ~asks
        return Company(self.core, self.forced & ~self.core, self.left, self.right)
