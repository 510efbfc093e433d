"""Records that are not as the others: a figure far from all others, a word that hardly any other record has there.

Knows no format: cells are what stands between brackets, quotes, commas, tabs and colons; lines of as many cells are
compared, column by column.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import regex

from tamis.core import Bools, Floats

LEAST = 8  # records that tell what is usual
FAR = 6.0  # deviations from the median, by the median deviation (Iglewicz and Hoaglin 1993 take 3.5 for samples)
SELDOM = 0.05  # share of the records that may be odd in one column, or none is
FEW = 0.3  # distinct words, as a share of the records, of a column whose words are a choice and no text
_CELL = regex.compile(r"[^\s,;|{}\[\]:\"'<>=/()][^,;\t|{}\[\]:\"'<>=]*")


def odd(lines: Sequence[str]) -> Floats:
    """(n,) 1 for each line that is odd in one of its cells."""
    values = np.zeros(len(lines))
    cells = [[cell.strip() for cell in _CELL.findall(line[:2000])] for line in lines]
    groups: dict[int, list[int]] = {}
    for number, row in enumerate(cells):
        groups.setdefault(len(row), []).append(number)
    for size, numbers in groups.items():
        if len(numbers) >= LEAST:
            rows = np.array(numbers)
            for column in range(size):
                values[rows[_odd([cells[number][column] for number in numbers])]] = 1.0
    return values


def _odd(column: Sequence[str]) -> Bools:
    figures = _figures(column)
    flags = _rare(column) if figures is None else _far(figures)
    return flags if flags.mean() <= SELDOM else np.zeros(flags.size, np.bool_)


def _figures(column: Sequence[str]) -> Floats | None:
    """The figures of a column, NaN for the few cells that are none (its head, "n/a"); None where most are none."""
    figures = np.array([_figure(cell) for cell in column])
    return figures if np.isfinite(figures).mean() >= 1 - 2 * SELDOM else None


def _figure(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return np.nan


def _far(figures: Floats) -> Bools:
    distance = np.nan_to_num(np.abs(figures - np.nanmedian(figures)), posinf=0.0)
    usual = 1.4826 * np.median(distance) or distance.mean()
    return np.asarray(distance > FAR * max(float(usual), 1e-12), np.bool_)


def _rare(column: Sequence[str]) -> Bools:
    counts = Counter(column)
    if len(counts) > max(FEW * len(column), 2):
        return np.zeros(len(column), np.bool_)
    return np.array([counts[cell] <= max(SELDOM * len(column) / 2, 1) for cell in column], np.bool_)
