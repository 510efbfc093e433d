"""Units of a structured text, one after another: values, containers around them, long texts inside of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tamis.core import Ints
from tamis.prompt.forms.data.frame import Framed, Inset
from tamis.prompt.forms.protocol import Form
from tamis.text.source_lines import LINE, NAMES
from tamis.text.units import MARK, WORD, Company, Units, connected

Lead = tuple[int, int]
NOTHING: Lead = (0, 0)


@dataclass(frozen=True, slots=True)
class Long:
    """A long text inside of a value.

    Attributes:
        start, end: in the source, without its quotes.
        text: what it says.
        offsets: (characters + 1,) where each of its characters begins in the source.
        form: how it is shortened.
    """

    start: int
    end: int
    text: str
    offsets: Ints
    form: Form


class Build:
    """Units under construction, in the order of the text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.kinds: list[int] = []
        self.leads: list[Lead] = []
        self.firsts: list[Lead] = []
        self.openers: list[int] = []
        self.ranges: list[tuple[int, int, int]] = []  # (unit, first, last): it stays just where one of these does
        self.ties: list[tuple[int, int]] = []
        self.needs: list[tuple[int, int]] = []
        self.inner: list[tuple[int, Units]] = []
        self.insets: list[Inset] = []

    def __len__(self) -> int:
        return len(self.starts)

    def unit(self, start: int, end: int, lead: Lead = NOTHING, first: Lead | None = None, opener: int = -1) -> int:
        """Add a unit; return its number.

        lead -- what stands before it
        first -- the same where nothing before it stays in its container
        """
        self.starts.append(start)
        self.ends.append(end)
        self.kinds.append(LINE)
        self.leads.append(lead)
        self.firsts.append(lead if first is None else first)
        self.openers.append(opener)
        return len(self.starts) - 1

    def mark(self, unit: int) -> int:
        """Say of a unit that it is punctuation only."""
        self.kinds[unit] = MARK
        return unit

    def around(self, opener: int, closer: int | None) -> None:
        """The brackets of a container stay just where something between them does."""
        last = len(self) if closer is None else closer
        self.ranges += [(unit, opener + 1, last) for unit in (opener, closer) if unit is not None]

    def tie(self, one: int, other: int) -> None:
        """Two units go or stay together."""
        self.ties.append((one, other))

    def need(self, unit: int, needed: int) -> None:
        """A unit stays only if another one does."""
        if unit != needed:
            self.needs.append((unit, needed))

    def value(
        self, start: int, end: int, lead: Lead, first: Lead | None, opener: int, texts: Sequence[Long] = ()
    ) -> int:
        """Add a value that goes or stays whole, but for the long texts in it: of these, the beginning stays with it."""
        number = self.unit(start, texts[0].start if texts else end, lead, first, opener)
        for i, long in enumerate(texts):
            self._inset(long, number)
            stop = texts[i + 1].start if i + 1 < len(texts) else end
            if stop > long.end:
                rest = self.unit(long.end, stop, opener=len(self) - 1)
                if not any(map(str.isalnum, self.text[long.end : stop])):
                    self.mark(rest)
                self.tie(number, rest)
        return number

    def long_value(self, start: int, end: int, lead: Lead, first: Lead | None, opener: int, long: Long) -> int:
        """Add a value that is a long text: its key and its quotes stay just where some of its words do."""
        number = self.unit(start, long.start, lead, first, opener)
        inner = self._words(long)
        rest = self.unit(long.end, end, opener=len(self) - 1) if end > long.end else None
        if rest is not None:
            self.tie(number, self.mark(rest))
        if inner.size:
            last = number + 1 + len(self.inner[-1][1])
            self.ranges += [(unit, number + 1, last) for unit in (number, rest) if unit is not None]
            self.need(number, int(inner[0]))
        return number

    def _inset(self, long: Long, owner: int) -> None:
        """Add the units of a long text; they need the value that it belongs to, and this needs the first of them."""
        base, core = len(self), self._words(long)
        self.needs += [(unit, owner) for unit in range(base, len(self))]
        if core.size:
            self.tie(owner, int(core[0]))

    def _words(self, long: Long) -> Ints:
        """Add the units of a long text; return the numbers of those that are chosen for their own sake."""
        units, base = long.form.parse(long.text), len(self)
        last = base + len(units)
        self.starts += long.offsets[units.starts].tolist()
        self.ends += long.offsets[units.ends].tolist()
        self.kinds += [_kind(units.names[kind]) for kind in units.kinds.tolist()]
        self.leads += [NOTHING] * len(units)
        self.firsts += [NOTHING] * len(units)
        self.openers += range(base - 1, last - 1)
        self.inner.append((base, units))
        self.insets.append(Inset(base, last, units, long.offsets, long.form))
        core: Ints = np.flatnonzero(_core(units)) + base
        return core

    def done(self, tail: int) -> Framed:
        """The units; what stands behind `tail` belongs to none."""
        n = len(self)
        return Framed(
            self.text,
            np.array(self.starts, np.int64),
            np.array(self.ends, np.int64),
            np.array(self.kinds, np.int8),
            NAMES,
            self._parents(n),
            self._bonds(n),
            self._company(n),
            np.array(self.leads, np.int64).reshape(n, 2).T,
            np.array(self.firsts, np.int64).reshape(n, 2).T,
            np.array(self.openers, np.int64),
            tuple(self.insets),
            tail,
        )

    def _parents(self, n: int) -> Ints:
        """(k, n) as many rows as the neediest unit has needs."""
        above = [[-1] * n]
        rows = [0] * n
        for unit, needed in self.needs:
            if rows[unit] == len(above):
                above.append([-1] * n)
            above[rows[unit]][unit] = needed
            rows[unit] += 1
        parents = np.array(above, np.int64).reshape(len(above), n)
        for base, units in self.inner:
            if units.parents is None:
                continue
            own = np.atleast_2d(units.parents)
            more = np.full((len(own), n), -1, np.int64)
            more[:, base : base + len(units)] = np.where(own >= 0, own + base, -1)
            parents = _stacked(parents, more, base, base + len(units))
        return parents

    def _bonds(self, n: int) -> Ints:
        left, right = [a for a, _ in self.ties], [b for _, b in self.ties]
        for base, units in self.inner:
            if units.bonds is not None:
                _, head, group = np.unique(units.bonds, return_index=True, return_inverse=True)
                left += range(base, base + len(units))
                right += (head[group] + base).tolist()
        return connected(n, np.array(left, np.int64), np.array(right, np.int64))

    def _company(self, n: int) -> Company:
        core, forced = np.ones(n, np.bool_), np.zeros(n, np.bool_)
        left, right = np.zeros((2, n), np.int64), np.zeros((2, n), np.int64)
        if self.ranges:
            unit, first, last = np.array(self.ranges, np.int64).T
            core[unit], forced[unit], left[0, unit], left[1, unit] = False, True, first, last
        for base, units in self.inner:
            inner, own = slice(base, base + len(units)), units.company
            core[inner] = _core(units)
            if own is not None:
                forced[inner] = own.forced
                for side, theirs in ((left, own.left), (right, own.right)):
                    side[:, inner] = np.where(theirs[1] > theirs[0], theirs + base, 0)
        return Company(core, forced, left, right)


def _stacked(parents: Ints, more: Ints, first: int, last: int) -> Ints:
    """Parents with those of an inset, in rows that are free there."""
    inner = slice(first, last)
    for row in more:
        if not (row[inner] >= 0).any():
            continue
        free = next((own for own in parents if (own[inner] < 0).all()), None)
        if free is None:
            parents = np.concatenate([parents, row[None]])
        else:
            free[inner] = row[inner]
    return parents


def _core(units: Units) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    return np.ones(len(units), np.bool_) if units.company is None else units.company.core


def _kind(name: str) -> int:
    return {"word": WORD, "mark": MARK}.get(name, LINE)
