"""How the units of a structured text are put together again: what stands before each, and who must be there for it.

A unit has a lead: the characters before it that stay with it, its comma among them. The first one of a container that
stays takes the lead of the container's first one instead, which has no comma. So any closed set of units is a valid
document. Does not know a format.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tamis.core import Bools, Ints
from tamis.prompt.forms.data.paths import PathRule
from tamis.prompt.forms.protocol import Form
from tamis.text.edits import Edits
from tamis.text.render import merged
from tamis.text.units import Units


@dataclass(frozen=True, eq=False)
class Inset:
    """A long text inside of a value, which is shortened by a form of its own.

    Attributes:
        first, last: half-open numbers of its units.
        units: the same units, cut from the text that the value stands for (without escapes).
        offsets: (characters + 1,) where each character of that text begins in the source.
        form: the form of that text.
    """

    first: int
    last: int
    units: Units
    offsets: Ints
    form: Form

    def edits(self, mask: Bools, fixed: Bools | None) -> Edits:
        """What its form makes of its part of a mask, in the characters of its own text."""
        inner = slice(self.first, self.last)
        return self.form.render(self.units, mask[inner], None if fixed is None else fixed[inner])


def _none() -> Ints:
    return np.zeros((2, 0), np.int64)


@dataclass(frozen=True, eq=False)
class Framed(Units):
    """Units of a structured text.

    Attributes:
        leads: (2, n) from where to where the lead of each reaches.
        firsts: (2, n) the lead of each where nothing before it stays in its container.
        openers: (n,) the unit that opens the container of each, -1 for none.
        insets: the long texts among them, in order.
        tail: where what stands behind the last unit begins; it stays with anything.
        rules: (start, end, rule) what the caller says of the values at some places; None where there are no paths.
    """

    leads: Ints = field(default_factory=_none)
    firsts: Ints = field(default_factory=_none)
    openers: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    insets: tuple[Inset, ...] = ()
    tail: int = 0
    rules: tuple[tuple[int, int, PathRule], ...] | None = None


def put_together(units: Units, mask: Bools, fixed: Bools | None = None) -> Edits:
    """The edits that keep the units of a mask, with their containers and their commas.

    Raises:
        TypeError: units of another form.
    """
    if not isinstance(units, Framed):
        raise TypeError(f"Expected units of a structured text, got {type(units).__name__}.")
    kept = mask if units.company is None else units.company.kept(mask, fixed)
    plain = kept.copy()
    starts, ends = [], []
    for inset in units.insets:
        plain[inset.first : inset.last] = False
        if kept[inset.first : inset.last].any():
            edits = inset.edits(mask, fixed)
            kept[inset.first : inset.last] = edits.mask
            starts.append(inset.offsets[edits.starts])
            ends.append(inset.offsets[edits.ends])
    index = np.flatnonzero(plain)
    if not index.size:
        return Edits(np.zeros_like(kept), *(np.zeros(0, np.int64),) * 2)
    lead = _leads(units, kept, index)
    starts = [lead[0], units.starts[index], *starts, np.array([units.tail])]
    ends = [lead[1], units.ends[index], *ends, np.array([len(units.text)])]
    return Edits(kept, *_in_order(np.concatenate(starts), np.concatenate(ends)))


def _leads(units: Framed, kept: Bools, index: Ints) -> Ints:
    """(2, k) the lead of each of some units that stay."""
    last = np.where(kept, np.arange(kept.size), -1)
    before = np.concatenate(([-1], np.maximum.accumulate(last)))[index]
    first = before <= units.openers[index]
    return np.where(first, units.firsts[:, index], units.leads[:, index])


def _in_order(starts: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """Spans in any order, without the empty ones, as `merged` has them."""
    filled = ends > starts
    starts, ends = starts[filled], ends[filled]
    order = np.argsort(starts, kind="stable")
    return merged(starts[order], ends[order])
