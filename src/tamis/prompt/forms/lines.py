"""Plain lines: any text, of which whole lines stay. The ground that the forms of logs, listings and diffs stand on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tamis.core import Bools
from tamis.text.edits import Edits
from tamis.text.source_lines import line_edges, line_edits, line_units
from tamis.text.units import Units

SHORT = 14  # characters of a gap that are not worth a note: what it says would cost as much


def lines_note(count: int) -> str:
    """What stands in place of lines that are left out.

    Example: 212 -> "… 212 lines …"
    """
    return f"… {count:,} line{'s' if count != 1 else ''} …"


def bridged(units: Units, mask: Bools, short: int = SHORT) -> Bools:
    """(n,) the mask, and the lines of gaps that are shorter than a note would be.

    short -- characters of such a gap
    """
    if not mask.any() or mask.all():
        return mask
    edges = line_edges(units)
    more: Bools = mask.copy()
    change = np.flatnonzero(np.diff(np.concatenate(([True], mask, [True]))))
    for first, last in change.reshape(-1, 2).tolist():
        if int(edges[last] - edges[first]) <= short:
            more[first:last] = True
    return more


@dataclass(frozen=True, slots=True)
class SourceLines:
    """The form of a text whose lines say one thing each.

    Attributes:
        omissions: whether a line says how many were left out.
    """

    omissions: bool = True

    def parse(self, text: str) -> Units:
        """Cut a text into its lines."""
        return line_units(text)

    def render(self, units: Units, mask: Bools, fixed: Bools | None = None) -> Edits:
        """The lines that stay, and notes in place of those that do not."""
        if not self.omissions:
            return line_edits(units, mask)
        return line_edits(units, bridged(units, mask), lines_note)

    def check(self, text: str) -> bool:
        """Always: any lines are lines."""
        return True
