"""Unified diffs: whole hunks under the names of their files. A hunk's context stays with its changes.

A hunk that is longer than `LONGEST` lines, such as a file that is new, is divided into its changes, each with the
context around it, and long changes at blank lines. The line that heads a hunk and the one that names its file stay
wherever something under them does; what else the head of a file says ("index 3f2a..") goes first.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from tamis.core import Bools, Ints
from tamis.prompt.forms.lines import SourceLines
from tamis.prompt.kinds.shapes import DIFF_HEAD, HUNK
from tamis.text.edits import Edits
from tamis.text.source_lines import indented, line_units
from tamis.text.units import Company, Units

LONGEST = 10  # lines of a hunk that goes or stays whole
PART = 3  # lines of a part of a longer one, from which on it ends at a blank line or where a change ends
MOST = 10  # lines of a part


@dataclass(frozen=True, slots=True)
class Diff:
    """The form of a unified diff.

    Attributes:
        omissions: whether a line says how many were left out.
    """

    omissions: bool = True

    def parse(self, text: str) -> Units:
        """Cut a diff into lines, bonded to hunks, which keep their heads."""
        units = line_units(text)
        blank = np.concatenate(([False], units.gap[:-1] > 2)) if len(units) else np.zeros(0, np.bool_)
        reader = _Reader(blank.tolist())
        lines = indented(units)
        for number, line in enumerate(lines):
            reader.line(number, line)
        reader.done(len(lines))
        return replace(units, bonds=reader.bonds, parents=reader.parents, company=reader.company())

    def render(self, units: Units, mask: Bools, fixed: Bools | None = None) -> Edits:
        """The hunks that stay with their heads, and notes in place of the others."""
        kept = mask if units.company is None else units.company.kept(mask, fixed)
        return SourceLines(self.omissions).render(units, kept, fixed)

    def check(self, text: str) -> bool:
        """Always: where there are no hunks, lines stand alone."""
        return True


@dataclass
class _Hunk:
    """A hunk: its head, its lines and their signs, and how many old and new ones are still to come."""

    head: int
    rest: list[int]
    lines: list[tuple[int, str]] = field(default_factory=list)

    def take(self, number: int, sign: str) -> None:
        """Take in a line."""
        self.lines.append((number, sign))
        self.rest[0] -= sign not in ("+", "\\")
        self.rest[1] -= sign not in ("-", "\\")


class _Reader:
    """Reads a diff line by line: which lines are of one hunk, and what stands over them."""

    def __init__(self, blank: list[bool]) -> None:
        n = len(blank)
        self.blank = blank  # (n,) whether a blank line stands before a line
        self.bonds: Ints = np.arange(n)
        self.parents: Ints = np.full(n, -1, np.int64)
        self.over: dict[int, tuple[int, int]] = {}  # by head, the lines that it stands over
        self.head: list[tuple[int, str]] = []
        self.names: list[int] = []
        self.hunk: _Hunk | None = None

    def line(self, number: int, line: str) -> None:
        """Take in the next line, with its indentation."""
        inside = self.hunk is not None and max(self.hunk.rest) > 0
        if HUNK.match(line) and not (inside and line[:1] in "+-"):
            self._close(number)
            self._names(number)
            counts = [int(part.partition(",")[2] or 1) for part in line.split()[1:3]]
            self.hunk = _Hunk(number, counts)
        elif not (inside and line[:1] in "+- ") and DIFF_HEAD.match(line):
            self._close(number)
            if self.names or line.startswith("diff --"):
                self.done(number)
            self.head.append((number, line))
        elif self.hunk is not None and (inside or line[:1] == "\\"):
            self.hunk.take(number, line[:1])

    def done(self, end: int) -> None:
        """Close the file that was read last, which ends before a line."""
        self._close(end)
        for name in self.names:
            self.over[name] = (self.names[-1] + 1, end)
        if not self.names:
            self.bonds[[number for number, _ in self.head]] = self.head[0][0] if self.head else 0
        self.head, self.names = [], []

    def company(self) -> Company | None:
        """Heads stay where something under them does."""
        core, none = np.ones(self.bonds.size, np.bool_), np.zeros((2, self.bonds.size), np.int64)
        right = none.copy()
        for head, (first, last) in self.over.items():
            if last > first:
                core[head], right[:, head] = False, (first, last)
        return None if core.all() else Company(core, ~core, none, right)

    def _names(self, number: int) -> None:
        """The names of the file whose first hunk begins at a line; what else its head says needs these."""
        if self.head and not self.names:
            self.names = [_name(self.head)]
            for i, _ in self.head:
                if i not in self.names:
                    self.parents[i] = self.names[0]

    def _close(self, end: int) -> None:
        """Bond the lines of the hunk that was read last."""
        hunk, self.hunk = self.hunk, None
        if hunk is None:
            return
        self.over[hunk.head] = (hunk.head + 1, end)
        first, size, changed = hunk.head + 1, 0, False
        for place, (number, sign) in enumerate(hunk.lines):
            ends = self.blank[number] or (changed and sign not in "+-" and _quiet(hunk.lines, place))
            if len(hunk.lines) > LONGEST and ((size >= PART and ends) or size >= MOST):
                first, size, changed = number, 0, False
            self.bonds[number] = first
            size, changed = size + 1, changed or sign in "+-"


def _name(head: list[tuple[int, str]]) -> int:
    """The line of a head that names the file: that of the new one, or of the old one where that is gone."""
    named = [number for number, line in head if line.startswith(("--- ", "+++ ")) and "/dev/null" not in line]
    return named[-1] if named else head[0][0]


def _quiet(lines: list[tuple[int, str]], place: int) -> bool:
    """Whether a line of context is in the middle of a longer stretch of it."""
    near = [sign for _, sign in lines[max(place - 2, 0) : place + 2]]
    return all(sign not in "+-" for sign in near)
