"""Tables of comma-, tab- or semicolon-separated values: rows go or stay whole, under the header. Only deletion.

The first row is the header: it stays wherever one of its rows does. Behind a blank line a new table begins. Of a row
with a long text in a cell, words of that text may go.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import regex

from tamis.core import Bools
from tamis.errors import InvalidInput
from tamis.prompt.forms.data.build import Build, Lead, Long
from tamis.prompt.forms.data.columns import kept_stretches, rules_of
from tamis.prompt.forms.data.csv_rows import CsvRow, delimiter_of, rows_of
from tamis.prompt.forms.data.frame import put_together
from tamis.prompt.forms.data.paths import DROP, KEEP, PathRule, Paths
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
        paths: what the caller says of some columns: "$[*].name" or "$..name".
    """

    inside: Form = field(default_factory=Prose)
    delimiter: str = ""
    paths: Paths = field(default_factory=Paths)

    def parse(self, text: str) -> Units:
        """Cut a text into rows.

        Raises:
            InvalidInput: a quote that nothing closes; says where it stands.
        """
        build, header, at = Build(text), -1, 0
        columns: dict[int, PathRule] = {}
        rules: list[tuple[int, int, PathRule]] = []
        begin = -1
        for row in rows_of(text, self.delimiter or delimiter_of(text), cells_of_all=bool(self.paths.rules)):
            head = begin < 0 or row.apart
            begin = row.start if begin < 0 else begin
            if head and self.paths.rules:
                columns = rules_of(self.paths, [text[a:b].strip().strip('"') for a, b in row.cells])
            rules += self._ruled(text, row, columns, head=head)
            unit = self._row(build, row, columns, ((at, row.start), (0, begin)), head=head)
            header = unit if head else header
            build.need(unit, header)
            at = row.end
        if not len(build) and text:
            build.unit(0, len(text))
            at = len(text)
        return replace(build.done(at), rules=tuple(rules) if self.paths.rules else None)

    def _row(
        self, build: Build, row: CsvRow, columns: dict[int, PathRule], leads: tuple[Lead, Lead], *, head: bool
    ) -> int:
        """Add a row: one unit, but for its long texts; columns that are to go are units of their own."""
        gone = [number for number, rule in columns.items() if rule == DROP and number < len(row.cells)]
        texts = [] if head else self._texts(build.text, row)
        if not gone or len(gone) == len(row.cells):
            return build.value(row.start, row.end, *leads, -1, texts)
        stretches = kept_stretches(row, gone)
        main = next(place for place, (_, _, stays) in enumerate(stretches) if stays) + len(build)
        for low, high, stays in stretches:
            own = leads if len(build) == main else ((0, 0), (0, 0))
            inside = [long for long in texts if stays and low <= long.start and long.end <= high]
            unit = build.value(low, high, *own, -1, inside)
            if stays and unit != main:
                build.tie(main, unit)
            elif not stays:
                build.need(unit, main)
        return main

    def _ruled(
        self, text: str, row: CsvRow, columns: dict[int, PathRule], *, head: bool
    ) -> list[tuple[int, int, PathRule]]:
        """What is said of stretches of a row; a share is one of a long text only."""
        gone = [number for number, rule in columns.items() if rule == DROP and number < len(row.cells)]
        if len(gone) == len(row.cells):
            return [(row.start, row.end, DROP)] if gone else []
        said: list[tuple[int, int, PathRule]] = [(a, b, DROP) for a, b, stays in kept_stretches(row, gone) if not stays]
        texts: Sequence[Long] = () if head else self._texts(text, row)
        for number, rule in columns.items():
            if head or rule == DROP or number >= len(row.cells):
                continue
            low, high = row.cells[number]
            if rule == KEEP:
                said.append((low, high, KEEP))
            elif not isinstance(rule, str):
                said += [(long.start, long.end, rule) for long in texts if low <= long.start and long.end <= high]
        return sorted(said, key=lambda one: one[:2])

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
