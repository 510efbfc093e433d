"""Unified diffs: whole hunks under the heads of their files. A hunk's context stays with its changes.

A hunk that is longer than `LONGEST` lines, such as a file that is new, is divided at blank lines or after so many: its
parts need the line that heads it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tamis.core import Bools, Ints
from tamis.prompt.forms.lines import SourceLines
from tamis.prompt.kinds.shapes import DIFF_HEAD, HUNK
from tamis.text.edits import Edits
from tamis.text.source_lines import indented, line_units
from tamis.text.units import Units

LONGEST = 40  # lines of a hunk that goes or stays whole
PART = 12  # lines of a part of a longer one, at least, if a blank line allows it


@dataclass(frozen=True, slots=True)
class Diff:
    """The form of a unified diff.

    Attributes:
        omissions: whether a line says how many were left out.
    """

    omissions: bool = True

    def parse(self, text: str) -> Units:
        """Cut a diff into lines, bonded to heads and hunks; a hunk needs the head of its file."""
        units = line_units(text)
        reader = _Reader(units)
        for number, body in enumerate(indented(units)):
            reader.line(number, body)
        return replace(units, bonds=reader.bonds, parents=reader.parents)

    def render(self, units: Units, mask: Bools, fixed: Bools | None = None) -> Edits:
        """The hunks that stay, and notes in place of those that do not."""
        return SourceLines(self.omissions).render(units, mask, fixed)

    def check(self, text: str) -> bool:
        """Always: where there are no hunks, lines stand alone."""
        return True


class _Reader:
    """Reads a diff line by line: which lines are of one head or hunk, and which head each hunk needs."""

    def __init__(self, units: Units) -> None:
        n = len(units)
        self.bonds: Ints = np.arange(n)
        self.parents: Ints = np.full(n, -1, np.int64)
        self.blank_before = np.concatenate(([False], units.gap[:-1] > 2)) if n else np.zeros(0, np.bool_)
        self.head = self.group = -1  # the first line of the head, and of the hunk or its part
        self.hunk = -1
        self.size = 0
        self.rest = (0, 0)
        self.heading = False

    def line(self, number: int, body: str) -> None:
        """Take in the next line, with its indentation."""
        if not self._inside(body) and (HUNK.match(body) or DIFF_HEAD.match(body)):
            self._head(number, body)
        elif self.hunk >= 0 and (max(self.rest) > 0 or body[0] == "\\"):
            self._body(number, body[:1])

    def _inside(self, body: str) -> bool:
        """Whether a line that looks like a head is one of the hunk: "--- a" is also a removed "-- a"."""
        return self.hunk >= 0 and body.startswith(("--- ", "+++ ")) and max(self.rest) > 0

    def _head(self, number: int, body: str) -> None:
        if HUNK.match(body):
            self.hunk = self.group = number
            self.size, self.heading = 1, False
            self.parents[number] = self.head
            counts = [int(part.partition(",")[2] or 1) for part in body.split()[1:3]]
            self.rest = (counts[0], counts[1])
            return
        if not self.heading or body.startswith("diff --"):
            self.head = number
        self.bonds[number], self.heading, self.hunk = self.head, True, -1

    def _body(self, number: int, mark: str) -> None:
        old, new = self.rest
        self.rest = (old - (mark not in "+\\"), new - (mark not in "-\\"))
        part = self.size >= PART and self.blank_before[number]
        if self.size >= LONGEST or (part and self.size > 0 and self._long()):
            self.group, self.size = number, 0
        self.bonds[number] = self.group
        self.parents[number] = self.head if self.group == self.hunk else self.hunk
        self.size += 1

    def _long(self) -> bool:
        return max(self.rest) > LONGEST or self.group != self.hunk
