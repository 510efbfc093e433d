"""Whole lines as units: of logs, listings, diffs, code. What stays is the line with its indentation and its line end.

A line without anything but white space is no unit; it stays with the line before it. A text of
these alone is one unit. Does not know what a line means.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby, pairwise

import numpy as np
import regex

from tamis.core import Bools, Ints
from tamis.text.edits import Edits, Insertion
from tamis.text.units import Units

NAMES = ("word", "mark", "line")
LINE = NAMES.index("line")
ANSI = regex.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
"""What sets the colours of a terminal, or its title."""
_LINE_ENDS = regex.compile(r"[\r\n\v\f\x85\u2028\u2029]")


def line_units(text: str) -> Units:
    r"""Cut a text into its lines: units of the kind "line", the body without the white space around it.

    Example: "a\n\n  b c\n" -> "a" "b c"
    """
    bounds = [0, *(m.end() for m in _LINE_ENDS.finditer(text)), len(text)]
    lines = [(start, text[start:end]) for start, end in pairwise(bounds)]
    bodies = [(start + len(line) - len(line.lstrip()), line.strip()) for start, line in lines if line.strip()]
    bodies = bodies or ([(0, text)] if text else [])  # (nothing but white space: still something that can stay)
    starts = np.array([start for start, body in bodies if body], np.int64)
    ends = np.array([start + len(body) for start, body in bodies if body], np.int64)
    return Units(text, starts, ends, np.full(starts.size, LINE, np.int8), NAMES)


def line_edges(units: Units) -> Ints:
    """(n + 1,) where the line of each unit begins, with its indentation; 0 for the first, and the end of the text."""
    if not len(units):
        return np.zeros(1, np.int64)
    return np.concatenate(([0], units.indents[:-1], [len(units.text)]))


def indented(units: Units) -> list[str]:
    """Each line with the white space before it, without its line end."""
    edges = line_edges(units)[:-1]
    text = units.text
    pairs = zip(edges.tolist(), units.starts.tolist(), units.ends.tolist(), strict=True)
    return [_LINE_ENDS.split(text[edge:start])[-1] + text[start:end] for edge, start, end in pairs]


def line_edits(units: Units, mask: Bools, note: Callable[[int], str] | None = None) -> Edits:
    r"""Put the lines of a mask together again, each with its indentation, its line end and the empty lines behind it.

    note -- what stands, on a line of its own, in place of so many lines that are left out; None for nothing

    Example: "a\nb\nc\n" keeping a and c, with "… {} lines …".format -> "a\n… 1 lines …\nc\n"
    """
    return noted_edits(units, mask, None if note is None else lambda gone: note(len(gone)))


def noted_edits(units: Units, mask: Bools, note: Callable[[list[int]], str] | None) -> Edits:
    """As `line_edits`, for notes that depend on which lines are left out.

    note -- what stands in place of a run of units, "" for nothing
    """
    edges = line_edges(units)
    if not mask.any():
        return Edits(mask, np.zeros(0, np.int64), np.zeros(0, np.int64))
    bounds = np.flatnonzero(np.diff(np.concatenate(([0], mask.astype(np.int8), [0]))))
    starts, ends = edges[bounds[::2]], edges[bounds[1::2]]
    if note is None:
        return Edits(mask, starts, ends)
    return Edits(mask, starts, ends, tuple(_notes(units, mask, edges, note)))


def _notes(units: Units, mask: Bools, edges: Ints, note: Callable[[list[int]], str]) -> list[Insertion]:
    """A line for each run of lines that are left out, indented like the first of them."""
    notes: list[Insertion] = []
    for stays, run in groupby(range(len(units)), key=mask.tolist().__getitem__):
        gone = list(run)
        if stays or not (said := note(gone)):
            continue
        at, first = int(edges[gone[0]]), int(units.starts[gone[0]])
        line = units.text[at:first].rpartition("\n")[2] + said
        last = gone[-1] == len(units) - 1
        notes.append(Insertion(at, line if last else line + "\n"))
    return notes
