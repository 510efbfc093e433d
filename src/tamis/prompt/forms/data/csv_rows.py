"""The rows of a table of comma-, tab- or semicolon-separated values, with the place of every cell.

Quotes as Python's `csv` reads them: they count at the beginning of a cell only, and hold delimiters, line ends and
doubled quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from tamis.prompt.forms.data.faults import malformed

DELIMITERS = (",", "\t", ";", "|")
LONG_LINE = 200  # characters of a row, from which on a cell of it may be a long text
SAMPLE = 20  # lines that a delimiter is looked for in
_QUOTED = re.compile(r'"[^"]*(?:""[^"]*)*"')
_ENDS = re.compile(r"\r\n|\r|\n|\Z")


@dataclass(frozen=True, slots=True)
class CsvRow:
    """A row: its characters without its line end, and its cells with their quotes where it has any quote or long cell.

    Attributes:
        start, end: half-open characters.
        cells: (start, end) of each cell.
        apart: whether a blank line stands before it.
    """

    start: int
    end: int
    cells: tuple[tuple[int, int], ...]
    apart: bool


def delimiter_of(text: str) -> str:
    r"""What stands between the cells: what divides the first lines most alike.

    Example: "a;b\n1,5;2\n" -> ";"
    """
    lines = [_QUOTED.sub("", line) for line in text[:10_000].splitlines()[:SAMPLE] if line.strip()]
    if not lines:
        return DELIMITERS[0]

    def alike(delimiter: str) -> tuple[int, int]:
        counts = [line.count(delimiter) for line in lines]
        return (sum(count == counts[0] for count in counts) if counts[0] else 0), counts[0]

    return max(DELIMITERS, key=alike)


def rows_of(text: str, delimiter: str, *, cells_of_all: bool = False) -> Iterator[CsvRow]:
    """Yield the rows; blank lines are none.

    cells_of_all -- also of rows without a quote

    Raises:
        InvalidInput: a quote that nothing closes.
    """
    at, blank, last = 1 if text.startswith("\ufeff") else 0, False, 0
    cell, size = _cell(delimiter), len(text)
    quote = text.find('"')
    while at < size:
        if 0 <= quote < at:
            quote = text.find('"', at)
        end = _line_end(text, at)
        cells: tuple[tuple[int, int], ...] = ()
        if cells_of_all or 0 <= quote < end or end - at >= LONG_LINE:
            cells, end = _cells(text, at, cell)
        if text[at:end].strip():
            yield CsvRow(at, end, cells, blank)
            blank, last = False, end
        elif at == end:
            blank = last > 0
        match = _ENDS.match(text, end)
        at = match.end() if match and match.end() > end else size


def _line_end(text: str, at: int) -> int:
    match = _ENDS.search(text, at)
    return match.start() if match else len(text)


@lru_cache(maxsize=16)
def _cell(delimiter: str) -> re.Pattern[str]:
    other = rf"[^{re.escape(delimiter)}\r\n]*"
    return re.compile(rf'"[^"]*(?:""[^"]*)*"{other}|(?!"){other}')


def _cells(text: str, at: int, cell: re.Pattern[str]) -> tuple[tuple[tuple[int, int], ...], int]:
    """The cells of the row that begins at a character, and its end."""
    cells: list[tuple[int, int]] = []
    while True:
        match = cell.match(text, at)
        if match is None:
            raise malformed("CSV", text, at, "a quote that nothing closes")
        cells.append(match.span())
        at = match.end()
        if at >= len(text) or text[at] in "\r\n":
            return tuple(cells), at
        at += 1
