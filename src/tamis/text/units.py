"""Units: what a form makes of a text, to be kept or dropped whole.

A unit is a body and the white space behind it; bodies are disjoint and in order, and the units partition the text.
They may hang together: a unit can need another one (`parents`), or go and stay with others (`bonds`). Does not cut
texts: forms do (`text/words.py` cuts prose).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import regex

from tamis.core import Bools, Ints, Span

KINDS = ("word", "mark")  # of prose: words, and units of punctuation only
WORD, MARK = range(2)
OPENERS = {")": "(", "]": "[", "}": "{", ">": "<", "”": "“", "»": "«"}
_LINES = regex.compile(r"\r\n?|\n|\v|\f|\x85|\u2028|\u2029")
_CLOSING = frozenset(".,;:!?)]}»”’…%。、，．！？；：）］｝」』】》")


@dataclass(frozen=True, eq=False)
class Company:
    """Why some units stay that nobody chooses for their own sake: because of others around them.

    Attributes:
        core: (n,) units that are chosen for their own sake. All others stay only in the company of these.
        forced: (n,) units that stay whenever they have company, chosen or not: what ends a sentence, what joins.
        left, right: (2, n) two half-open ranges of units for each; it has company if a unit of the core stays in both.
            An empty range asks for nothing.
    """

    core: Bools
    forced: Bools
    left: Ints
    right: Ints

    def kept(self, mask: Bools, fixed: Bools | None = None) -> Bools:
        """(n,) the units that stay where those of the mask are chosen. Monotone in the mask.

        fixed -- (n,) units that stay whatever happens
        """
        some = self.core & mask if fixed is None else (self.core & mask) | fixed
        before = np.concatenate(([0], np.cumsum(some)))
        company = np.ones(mask.size, np.bool_)
        for low, high in (self.left, self.right):
            company &= (high <= low) | (before[high] > before[low])
        stays: Bools = np.where(self.core, mask, company & (mask | self.forced))
        return stays if fixed is None else stays | fixed


@dataclass(frozen=True, eq=False)
class Units:
    """The units of one text.

    Attributes:
        text: the source.
        starts: (n,) where each body starts.
        ends: (n,) where each body ends; the gap up to the next start is white space.
        kinds: (n,) what each is, as a number in `names`.
        names: of the kinds. Units of the kind "mark" belong to the words around them.
        parents: (n,) or (k, n) the unit, or the k units, that must stay for each to stay, -1 for none; None where no
            unit needs another.
        bonds: (n,) a number that units have in common which go or stay together; None where each is by itself.
        company: which units stay only because of others; None where punctuation alone does, because of its words.
    """

    text: str
    starts: Ints
    ends: Ints
    kinds: Ints
    names: tuple[str, ...] = KINDS
    parents: Ints | None = None
    bonds: Ints | None = None
    company: Company | None = None

    def __len__(self) -> int:
        return int(self.starts.size)

    @cached_property
    def punct(self) -> Bools:
        """(n,) True for a unit of punctuation only."""
        return self.of_kind("mark")

    def of_kind(self, name: str) -> Bools:
        """(n,) True for the units of a kind."""
        kind = self.names.index(name) if name in self.names else -1
        return np.asarray(self.kinds == kind)

    def closed(self, mask: Bools) -> Bools:
        """(n,) the mask, with the parents of all that stays, and with all that goes or stays together with it.

        Example: parents [-1, 0, 1], keeping the last -> all three
        """
        if self.parents is None and self.bonds is None:
            return mask
        while True:
            more = mask.copy()
            if self.parents is not None:
                above = self.parents[..., mask].ravel()
                more[above[above >= 0]] = True
            if self.bonds is not None:
                more = _whole(self.bonds, more)
            if np.array_equal(more, mask):
                return mask
            mask = more

    def dependent(self, mask: Bools) -> Bools:
        """(n,) the mask, with all that cannot stay where it goes: what is bonded to it, and what needs it.

        Example: parents [-1, 0, 1], the first goes -> all three
        """
        if self.parents is None and self.bonds is None:
            return mask
        while True:
            more = mask.copy()
            if self.parents is not None:
                parents = np.atleast_2d(self.parents)
                more |= ((parents >= 0) & more[parents]).any(axis=0)
            if self.bonds is not None:
                more = _whole(self.bonds, more)
            if np.array_equal(more, mask):
                return mask
            mask = more

    @cached_property
    def bounds(self) -> Ints:
        """(n + 1,) where each unit begins in the partition, and the end of the text."""
        return np.concatenate(([0], self.starts[1:], [len(self.text)])) if len(self) else np.zeros(1, np.int64)

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """The partition: each body with the gap behind it (the first also with the white space before it)."""
        bounds = self.bounds.tolist()
        return tuple(Span(a, b) for a, b in itertools.pairwise(bounds))

    @cached_property
    def gap(self) -> Ints:
        """(n,) how strongly the white space behind a unit separates: 0 none, 1 blanks, 2 a line end, 3 a blank line."""
        gap_end = np.append(self.starts[1:], len(self.text)) if len(self) else self.ends
        width = gap_end - self.ends
        strength: Ints = np.minimum(width, 1)
        line_ends = np.array([m.start() for m in _LINES.finditer(self.text)], np.int64)
        lines = np.searchsorted(line_ends, gap_end) - np.searchsorted(line_ends, self.ends)
        return np.where(lines > 0, 1 + np.minimum(lines, 2), strength)

    @cached_property
    def indents(self) -> Ints:
        """(n,) in the gap behind each unit: behind its last line end; where it has none, its beginning."""
        gap_end = np.append(self.starts[1:], len(self.text)) if len(self) else self.ends
        line_starts = np.array([0, *(m.end() for m in _LINES.finditer(self.text))], np.int64)
        return np.maximum(line_starts[np.searchsorted(line_starts, gap_end, side="right") - 1], self.ends)

    @cached_property
    def leans(self) -> tuple[Bools, Bools]:
        """Two (n,) arrays: punctuation that touched the word behind it, and punctuation that touched the one before."""
        touches = self.gap == 0
        before = np.concatenate(([False], touches[:-1])) if len(self) else touches
        return self.punct & touches & ~before, self.punct & before

    @cached_property
    def anchors(self) -> tuple[Ints, Ints, Ints]:
        """Three (n,) arrays of unit numbers: punctuation belongs to the words in [low, high), and has a partner.

        The partner of a bracket or quotation mark is the one that it pairs with; of anything else, itself.
        """
        return _anchors(self)

    def says(self, first: int, past: int | None = None) -> str:
        """The text from a unit to the end of the last one before `past`; of the one unit alone without it.

        Example: of "at most two", says(0, 2) -> "at most", says(2) -> "two"
        """
        last = first if past is None else past - 1
        return self.text[int(self.starts[first]) : int(self.ends[last])]

    def bodies(self) -> list[str]:
        """Return each unit without its gap."""
        text = self.text
        return [text[a:b] for a, b in zip(self.starts.tolist(), self.ends.tolist(), strict=True)]


def _anchors(units: Units) -> tuple[Ints, Ints, Ints]:
    """Find the words that each punctuation unit belongs to, and the partner of each bracket or quotation mark.

    Paired marks belong to the words between them. Any other closing one belongs to the words since the last comma, stop
    or the like; an opening one (a list marker, a dash) to the words up to the next punctuation.
    """
    n = len(units)
    low, high, partner = np.zeros(n, np.int64), np.zeros(n, np.int64), np.arange(n)
    where = np.flatnonzero(units.punct).tolist()
    following = _next_punctuation(where, n)
    open_marks: list[int] = []
    clause = 0
    for i in where:
        char = units.text[int(units.starts[i])]
        if not _closes(units, i):
            low[i], high[i] = i + 1, following[i]
            open_marks.append(i)
            continue
        opener = _opener(units, open_marks, char)
        if opener is not None:
            low[[opener, i]], high[[opener, i]] = opener + 1, i
            partner[opener], partner[i] = i, opener
        else:
            low[i], high[i], clause = clause, i, i + 1
    return low, high, partner


def _next_punctuation(where: list[int], n: int) -> dict[int, int]:
    """For each punctuation unit the next one that words lie before."""
    nearest: dict[int, int] = {}
    following = last = n
    for i in reversed(where):
        following = last if last > i + 1 else following
        nearest[i] = following
        last = i
    return nearest


def _opener(units: Units, open_marks: list[int], char: str) -> int | None:
    """Pop the mark that `char` closes, if it is near enough to be meant."""
    wanted = OPENERS.get(char, '"' if char == '"' else None)
    for back in range(1, min(len(open_marks), 4) + 1) if wanted else ():
        i = open_marks[-back]
        if units.text[int(units.starts[i])] == wanted:
            del open_marks[-back:]
            return i
    return None


def _closes(units: Units, i: int) -> bool:
    """Whether a punctuation unit belongs to what stands before it: it touches it, or looks like it ("end .")."""
    start, end = int(units.starts[i]), int(units.ends[i])
    touches_before = i > 0 and int(units.ends[i - 1]) == start
    touches_after = i + 1 < len(units) and int(units.starts[i + 1]) == end
    return touches_before if touches_before != touches_after else units.text[start] in _CLOSING


def _whole(bonds: Ints, mask: Bools) -> Bools:
    """(n,) the mask, with all that is bonded to it."""
    hit = np.zeros(int(bonds.max(initial=0)) + 1, np.bool_)
    hit[bonds[mask]] = True
    more: Bools = hit[bonds]
    return more


def united(*bonds: Ints) -> Ints:
    """(n,) the finest bonds that are coarser than all of these: what two of them hold together is one.

    Example: [0, 0, 2, 3] and [0, 1, 1, 3] -> [0, 0, 0, 3]
    """
    size = bonds[0].size
    firsts: list[Ints] = []
    for bond in bonds:
        _, first, group = np.unique(bond, return_index=True, return_inverse=True)
        firsts.append(first[group])
    return connected(size, np.concatenate(firsts), np.tile(np.arange(size), len(bonds)))


def connected(size: int, left: Ints, right: Ints) -> Ints:
    """(size,) the first unit of the component of each, where each `left` unit hangs together with its `right` one."""
    label = np.arange(size)
    while left.size:
        lower = np.minimum(label[left], label[right])
        joined = label.copy()
        np.minimum.at(joined, label[left], lower)
        np.minimum.at(joined, label[right], lower)
        joined = joined[joined[label]]
        if np.array_equal(joined, label):
            break
        label = joined
    return label
