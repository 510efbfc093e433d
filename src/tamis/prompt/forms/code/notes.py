"""What is put into code where lines went: comments with their numbers, and statements where the syntax needs one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tamis.core import Bools
from tamis.prompt.forms.code.languages import CodeLanguage
from tamis.prompt.forms.code.parts import CodeUnits
from tamis.text.edits import Insertion
from tamis.text.source_lines import line_edges


def insertions(units: CodeUnits, mask: Bools, language: CodeLanguage, *, omissions: bool) -> tuple[Insertion, ...]:
    """What stands in place of the lines that went.

    omissions -- say where lines went; otherwise only what the syntax asks for is put in
    """
    fillers = _fillers(units, mask)
    if not omissions and not fillers:
        return ()
    edges = line_edges(units)
    notes = []
    for first, last in _runs(~mask):
        filler = next((line for line in fillers if first <= line <= last), None)
        text = "" if filler is None else language.filler
        if omissions:
            sign = "" if units.quoted[first] else language.comment
            room = int(edges[last + 1] - units.starts[first]) - len(text)
            text += "  " * bool(text) + _note(sign, int(units.numbers[0, first]), int(units.numbers[1, last]), room)
        if text:
            like = first if filler is None else filler
            indent = units.text[int(edges[like]) : int(units.starts[like])].rpartition("\n")[2]
            notes.append(Insertion(int(edges[first]), indent + text + "\n" * (last < len(units) - 1)))
    return tuple(notes)


def _note(sign: str, first: int, last: int, room: int) -> str:
    """A comment that says which lines went; a short one where these were shorter than that.

    Example: "#", lines 12 to 40 -> "# … lines 12-40 …"
    """
    blank = " " * bool(sign)
    note = f"{sign}{blank}… lines {first}-{last} …" if last > first else f"{sign}{blank}… line {first} …"
    return note if len(note) <= room else f"{sign}{blank}…"


def _fillers(units: CodeUnits, mask: Bools) -> list[int]:
    """The first line of each block that must not be empty and would be."""
    return [int(body.members[0]) for body in units.filled if mask[body.owner] and not mask[body.members].any()]


def _runs(flags: Bools) -> Iterator[tuple[int, int]]:
    """The first and last number of each run of True."""
    bounds = np.flatnonzero(np.diff(np.concatenate(([0], flags.astype(np.int8), [0]))))
    yield from zip(bounds[::2].tolist(), (bounds[1::2] - 1).tolist(), strict=True)
