"""A toy form, as somebody outside of tamis would write it: rows under headings, in braces.

    lamps {
      red, 3
      blue, 4
    }

Each line is a unit. A row needs the heading that it stands under; a heading and its closing brace stay together; where
rows went, a line says how many.
"""

from __future__ import annotations

import itertools
import re

import numpy as np

from tamis.core import Bools
from tamis.text.edits import Edits, Insertion
from tamis.text.units import Units

LINE = re.compile(r"[^\n]+")
OMITTED = re.compile(r"… \d+ rows? …")
NAMES = ("heading", "row", "close")


class Rows:
    """The form of such a text."""

    def parse(self, text: str) -> Units:
        """Every line that is not empty is a unit."""
        lines = [m for m in LINE.finditer(text) if m.group().strip()]
        kinds, parents, bonds = [], [], list(range(len(lines)))
        open_headings: list[int] = []
        for number, line in enumerate(lines):
            body = line.group().strip()
            kinds.append(0 if body.endswith("{") else 2 if body == "}" else 1)
            if kinds[-1] == 2 and open_headings:
                bonds[number] = bonds[open_headings.pop()]
            parents.append(open_headings[-1] if open_headings else -1)
            if kinds[-1] == 0:
                open_headings.append(number)
        starts, ends = [m.start() for m in lines], [_end(m) for m in lines]
        return Units(
            text,
            np.array(starts, np.int64),
            np.array(ends, np.int64),
            np.array(kinds, np.int8),
            NAMES,
            np.array(parents, np.int64),
            np.array(bonds, np.int64),
        )

    def render(self, units: Units, mask: Bools, fixed: Bools | None = None) -> Edits:
        """Whole lines with what stands before and behind them; runs of lines that went become a line that says so."""
        if not mask.any():
            return Edits(mask, *(np.zeros(0, np.int64),) * 2)
        edges = np.concatenate(([0], units.starts[1:], [len(units.text)]))
        spans = [(int(edges[i]), int(edges[i + 1])) for i in np.flatnonzero(mask)]
        notes = []
        for went, run in itertools.groupby(range(len(units)), key=lambda i: not mask[i]):
            lines = list(run)
            rows = sum(units.names[units.kinds[i]] == "row" for i in lines)
            if went and rows:
                note = f"… {rows} row{'s' if rows > 1 else ''} …"
                notes.append(Insertion(int(edges[lines[0]]), note + "\n" * (lines[-1] < len(units) - 1)))
        starts, ends = (np.array(side, np.int64) for side in zip(*spans, strict=True))
        return Edits(mask, starts, ends, tuple(notes))

    def check(self, text: str) -> bool:
        """Whether every brace that opens is closed, in order."""
        depth = 0
        for line in LINE.finditer(text):
            body = line.group().strip()
            depth += body.endswith("{") - (body == "}")
            if depth < 0:
                return False
        return depth == 0


def _end(line: re.Match[str]) -> int:
    return line.start() + len(line.group().rstrip())
