"""Columns of a table, as paths lead to them, and what is left of a row without some of them."""

from __future__ import annotations

from collections.abc import Sequence

from tamis.prompt.forms.data.csv_rows import CsvRow
from tamis.prompt.forms.data.paths import PathRule, Paths


class _OneRow:
    """A list of one row with a cell for each column, as far as paths ask for it."""

    def __init__(self, names: Sequence[str]) -> None:
        self.above = [-1, 0, *[1] * len(names)]
        self.keys = {number + 2: name for number, name in enumerate(names)}

    def outermost(self, node: int) -> bool:
        """Whether one is the whole table."""
        return node == 0


def rules_of(paths: Paths, names: Sequence[str]) -> dict[int, PathRule]:
    """What is said of the columns of a table, by their numbers.

    names -- of the columns, in order

    Example: "$[*].body" of id, body -> column 1
    """
    return {node - 2: rule for node, rule in sorted(paths.of(_OneRow(names)).items()) if node >= 2}


def kept_stretches(row: CsvRow, gone: Sequence[int]) -> list[tuple[int, int, bool]]:
    """The stretches of a row in order, and whether each stays without some columns; a delimiter goes with its cell.

    Example: of "1,x,2" without the second -> "1" stays, ",x" goes, ",2" stays
    """
    stretches: list[tuple[int, int, bool]] = []
    at, some = row.start, False
    for number, (_, last) in enumerate(row.cells):
        stays = number not in gone
        leads = not stays and not some and number + 1 < len(row.cells)  # (then its delimiter is the one behind it)
        end = row.cells[number + 1][0] if leads else last
        some = some or stays
        if stretches and stretches[-1][2] == stays:
            stretches[-1] = (stretches[-1][0], end, stays)
        else:
            stretches.append((at, end, stays))
        at = end
    return [one for one in stretches if one[0] < one[1]]
