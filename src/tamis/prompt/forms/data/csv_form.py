"""Tables of comma-, tab- or semicolon-separated values: rows go or stay whole, under the header. Only deletion.

The first row is the header: it stays wherever one of its rows does. Behind a blank line a new table begins. Of a row
with a long text in a cell, words of that text may go.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import regex

from tamis.core import Bools
from tamis.errors import InvalidInput
from tamis.prompt.forms.data.build import Build, Long
from tamis.prompt.forms.data.csv_rows import CsvRow, delimiter_of, rows_of
from tamis.prompt.forms.data.frame import put_together
from tamis.prompt.forms.data.strings import is_long, unescaped
from tamis.prompt.forms.prose import Prose
from tamis.prompt.forms.protocol import Form
from tamis.text.edits import Edits
from tamis.text.units import Units

_DOUBLED = regex.compile(r'""')


@dataclass(frozen=True, slots=True)
class Csv:
    r"""The form of a table.

    Attributes:
        inside: the form of the long texts in it; it must only delete.
        delimiter: what stands between cells; "" = what divides the first lines most alike, of , tab ; and |.
    """

    inside: Form = field(default_factory=Prose)
    delimiter: str = ""

    def parse(self, text: str) -> Units:
        """Cut a text into rows.

        Raises:
            InvalidInput: a quote that nothing closes; says where it stands.
        """
        build, header, at = Build(text), -1, 0
        for number, row in enumerate(rows_of(text, self.delimiter or delimiter_of(text))):
            head = number == 0 or row.apart
            first = (0, build.firsts[0][1] if number else row.start)
            unit = build.value(row.start, row.end, (at, row.start), first, -1, () if head else self._texts(text, row))
            header = unit if head else header
            build.need(unit, header)
            at = row.end
        if not len(build) and text:
            build.unit(0, len(text))
            at = len(text)
        return build.done(at)

    def _texts(self, text: str, row: CsvRow) -> list[Long]:
        """The long texts in the cells of a row."""
        texts: list[Long] = []
        for start, end in row.cells:
            body = text[start:end]
            low, high = (start + 1, end - 1) if body[:1] == '"' == body[-1:] and len(body) > 1 else (start, end)
            if is_long(text[low:high]) and ('"' not in body if low == start else True):
                says, offsets = unescaped(text, low, high, _DOUBLED, lambda _: '"')
                texts.append(Long(low, high, says, offsets, self.inside))
        return texts

    def render(self, units: Units, mask: Bools, fixed: Bools | None = None) -> Edits:
        """Delete all other rows, with their line ends."""
        return put_together(units, mask, fixed)

    def check(self, text: str) -> bool:
        """Whether every quote that opens a cell is closed."""
        try:
            for _ in rows_of(text, self.delimiter or delimiter_of(text)):
                pass
        except InvalidInput:
            return False
        return True
