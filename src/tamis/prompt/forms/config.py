"""Configuration files: whole lines, each with the section, the block or the key that it stands under.

The lines of one value (brackets, quotes, a backslash at the end, a here-document) go or stay together, and so do short
blocks; long lists lose items. A comment needs what it stands right above. Headers and what closes a block stay just
where something in it does. TOML stays TOML, INI stays INI. Does not parse: where brackets do not pair it leaves them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from tamis.core import Bools
from tamis.prompt.forms.config_lines import ConfigLines, is_remark
from tamis.prompt.forms.lines import bridged, lines_note
from tamis.text.edits import Edits
from tamis.text.source_lines import line_edits, line_units, noted_edits
from tamis.text.units import Company, Units, connected

SIGNS = ("#", ";", "//")
BRIDGED = 28  # characters of a gap that cost as many tokens as a comment that counts them


@dataclass(frozen=True, slots=True)
class Config:
    """The form of configuration files.

    Attributes:
        omissions: whether a comment says how many lines were left out.
    """

    omissions: bool = True

    def parse(self, text: str) -> Units:
        """Cut a text into its lines, and say which of them need each other."""
        units = line_units(text)
        n = len(units)
        if not n:
            return units
        lines = ConfigLines(units)
        pairs = np.array([*lines.ties, (0, 0)], np.int64)
        return replace(
            units,
            parents=np.array(lines.needs, np.int64),
            bonds=connected(n, pairs[:, 0], pairs[:, 1]),
            company=_company(n, lines),
        )

    def render(self, units: Units, mask: Bools, fixed: Bools | None = None) -> Edits:
        """The lines that stay under their headers, and comments in place of the others."""
        kept = mask if units.company is None else units.company.kept(mask, fixed)
        if not self.omissions:
            return line_edits(units, kept)
        more = units.closed(bridged(units, kept, BRIDGED))
        kept = more if units.company is None else units.company.kept(more, fixed)
        return noted_edits(units, kept, _note(units))

    def check(self, text: str) -> bool:
        """Always: of what family a file is, its own program knows."""
        return True


def _note(units: Units) -> Callable[[list[int]], str]:
    """What stands in place of lines: a comment with their number; nothing, where only remarks went."""
    bodies = units.bodies()
    sign = max(SIGNS, key=lambda sign: sum(body.startswith(sign) for body in bodies))

    def note(gone: list[int]) -> str:
        said = not all(is_remark(bodies[number]) for number in gone)
        return f"{sign} {lines_note(len(gone))}" if said else ""

    return note


def _company(size: int, lines: ConfigLines) -> Company | None:
    """Headers and closers: they stay just where something stays between; comments on headers may."""
    core, forced = np.ones(size, np.bool_), np.zeros(size, np.bool_)
    left, right = np.zeros((2, size), np.int64), np.zeros((2, size), np.int64)
    for number, (low, high) in lines.headers.items():
        core[number], forced[number], right[:, number] = False, True, (low, high)
    for number, (low, high) in lines.closers.items():
        core[number], forced[number], left[:, number] = False, True, (low, high)
    for number, (low, high) in lines.remarks.items():
        core[number], right[:, number] = False, (low, high)
    return None if core.all() else Company(core, forced, left, right)
