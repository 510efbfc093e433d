"""JSON and JSON Lines: values with their keys, whole rows, and the words of long strings.

An element of an array that is small beside the text (a row) goes or stays whole; of a larger one the values go one by
one, but none without what names the element (its "id", "name", or first value). Small objects and lists of numbers go
or stay whole. An object or array stays just where something in it does; the outermost one of a text stays wherever it
fits. Only deletion.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass

from tamis.core import Bools
from tamis.errors import InvalidInput
from tamis.prompt.forms.data.build import Build, Lead, Long
from tamis.prompt.forms.data.faults import malformed
from tamis.prompt.forms.data.frame import put_together
from tamis.prompt.forms.data.json_nodes import ARRAY, OBJECT, PLAIN, STRING, Nodes, nodes_of
from tamis.prompt.forms.data.strings import is_long, json_string
from tamis.prompt.forms.prose import Prose
from tamis.prompt.forms.protocol import Form
from tamis.text.edits import Edits
from tamis.text.units import Units

ROW = 600  # characters of an element of an array that goes or stays whole, long strings not counted
SMALL = 100  # characters of an object or array in an object, that goes or stays whole
ROWS = 4  # a row is at most such a part of a text, one that is larger is divided
DEEP = 64  # containers around an element, from which on its values may go without what names it
NAMING = ("id", "key", "name", "title", "path", "file", "url", "uuid", "number", "sha", "login", "code", "type")
_BLANK_LINE = re.compile(r"[ \t]*\r?\n[ \t]*\r?\n\s*")
_LINE_END = re.compile(r"\s*\n\s*")
_INSIDE = re.compile(r"\s*[\[{]")


@dataclass(frozen=True, slots=True)
class Json:
    """The form of a JSON text; of several ones too, where blank lines stand between them.

    Attributes:
        style: of the long strings in it, see `Prose`.
        depth: how often JSON may stand in strings of JSON and still be read as such.
    """

    style: str = "clauses"
    depth: int = 2

    def parse(self, text: str) -> Units:
        """Cut a text into values.

        Raises:
            InvalidInput: it is no JSON; says where.
        """
        return _Cut(nodes_of(text, _BLANK_LINE), self._form).units()

    def _form(self, text: str) -> Form:
        """How a long string is shortened: as JSON if it is that."""
        inner = Json(self.style, self.depth - 1)
        return inner if self.depth and _INSIDE.match(text) and inner.check(text) else Prose(self.style)

    def render(self, units: Units, mask: Bools, fixed: Bools | None = None) -> Edits:
        """Delete all other values, with their commas."""
        return put_together(units, mask, fixed)

    def check(self, text: str) -> bool:
        """Whether a text is JSON, or nothing."""
        return _reads(text, _BLANK_LINE)


@dataclass(frozen=True, slots=True)
class JsonLines:
    """The form of JSON Lines: a value on each line, a row.

    Attributes:
        style: of the long strings in it, see `Prose`.
    """

    style: str = "clauses"

    def parse(self, text: str) -> Units:
        """Cut a text into values.

        Raises:
            InvalidInput: a line is no JSON; says where.
        """
        return _Cut(_lines(text), Json(self.style)._form, rows=True).units()

    def render(self, units: Units, mask: Bools, fixed: Bools | None = None) -> Edits:
        """Delete all other values, with their commas."""
        return put_together(units, mask, fixed)

    def check(self, text: str) -> bool:
        """Whether every line of a text is JSON, or blank."""
        try:
            _lines(text)
        except InvalidInput:
            return False
        return True


def _lines(text: str) -> Nodes:
    nodes = nodes_of(text, _LINE_END, "JSON Lines")
    node = 0
    while node < len(nodes):
        if (at := text.find("\n", nodes.starts[node], nodes.ends[node])) >= 0:
            raise malformed("JSON Lines", text, at, "a value reaches over a line end")
        node = nodes.after[node]
    return nodes


def _reads(text: str, between: re.Pattern[str]) -> bool:
    try:
        nodes_of(text, between)
    except InvalidInput:
        return False
    return True


class _Cut:
    """Makes units of the values of a text."""

    def __init__(self, nodes: Nodes, form: Callable[[str], Form], *, rows: bool = False) -> None:
        self.nodes, self.text, self.form, self.rows = nodes, nodes.text, form, rows
        self.build = Build(nodes.text)
        self.long = [n for n in range(len(nodes)) if nodes.kinds[n] == STRING and self._is_long(n)]
        self.whole = self._wholes()
        self.unit_of: dict[int, int] = {}
        self.named: list[tuple[int, int, int]] = []  # (first unit, last unit, value that names them)
        self.at = 0

    def _is_long(self, node: int) -> bool:
        start, end = self.nodes.values[node], self.nodes.ends[node]
        return end - start > SMALL and is_long(self.text[start + 1 : end - 1])

    def _wholes(self) -> list[bool]:
        """For each value whether it goes or stays whole, but for the long strings in it."""
        nodes, n = self.nodes, len(self.nodes)
        size = [end - value for end, value in zip(nodes.ends, nodes.values, strict=True)]
        words = [0] * (n + 1)  # of long strings in each; the last of all these is for what holds the outermost values
        total, count = [0] * (n + 1), [0] * (n + 1)  # of the objects and arrays in each
        numbers = [*(kind == ARRAY for kind in nodes.kinds), False]
        for node in self.long:
            words[node] = size[node] - 2
        for node in range(n - 1, -1, -1):
            above = nodes.above[node]
            words[above] += words[node]
            numbers[above] &= nodes.kinds[node] == PLAIN
            if nodes.kinds[node] in (OBJECT, ARRAY):
                total[above] += size[node] - words[node]
                count[above] += 1
        mean = [whole / max(parts, 1) for whole, parts in zip(total, count, strict=True)]
        small = [numbers[node] or size[node] - words[node] <= SMALL for node in range(n)]
        return [self._whole(node, mean[nodes.above[node]], small=small[node]) for node in range(n)]

    def _whole(self, node: int, mean: float, *, small: bool) -> bool:
        """Whether a value goes or stays whole.

        mean -- the characters of the objects and arrays in its container, without those of long strings
        small -- whether it is small, or an array of nothing but numbers
        """
        nodes, above = self.nodes, self.nodes.above[node]
        if nodes.kinds[node] in (STRING, PLAIN) or nodes.after[node] == node + 1:
            return True
        if nodes.kinds[above] == ARRAY if above >= 0 else self.rows:
            return small or mean <= max(SMALL, min(ROW, len(self.text) // ROWS))
        return above >= 0 and small

    def units(self) -> Units:
        """The units of all values."""
        nodes, node, n = self.nodes, 0, len(self.nodes)
        open_: list[tuple[int, int, Lead]] = []  # (value, its opening unit, the lead of its first child)
        first: Lead = (0, nodes.starts[0] if n else 0)
        outermost: Lead = first
        while node < n or open_:
            if open_ and node >= nodes.after[open_[-1][0]]:
                self._close(*open_.pop())
                continue
            opener, first = (open_[-1][1], open_[-1][2]) if open_ else (-1, outermost)
            lead = (self.at, nodes.starts[node])
            if self.whole[node]:
                self._value(node, lead, first, opener)
                node = nodes.after[node]
            else:
                number = self._open(node, lead, first, opener)
                node += 1
                open_.append((node - 1, number, (self.at, nodes.starts[node])))
        if not n and self.text:
            self.build.unit(0, len(self.text))
            self.at = len(self.text)
        return self._done()

    def _value(self, node: int, lead: Lead, first: Lead, opener: int) -> None:
        nodes, build = self.nodes, self.build
        start, end = nodes.starts[node], nodes.ends[node]
        low, high = bisect_left(self.long, node), bisect_left(self.long, nodes.after[node])
        texts = [self._text(inner) for inner in self.long[low:high]]
        self.unit_of[node] = build.value(start, end, lead, first, opener, texts)
        self.at = end

    def _text(self, node: int) -> Long:
        start, end = self.nodes.values[node] + 1, self.nodes.ends[node] - 1
        text, offsets = json_string(self.text, start, end)
        return Long(start, end, text, offsets, self.form(text))

    def _open(self, node: int, lead: Lead, first: Lead, opener: int) -> int:
        nodes = self.nodes
        start, self.at = nodes.starts[node], nodes.values[node] + 1
        number = self.build.unit(start, self.at, lead, first, opener)
        return self.build.mark(number)

    def _close(self, node: int, opener: int, first: Lead) -> None:
        build, end = self.build, self.nodes.ends[node]
        closer = build.mark(build.unit(end - 1, end, (self.at, end - 1), opener=opener))
        self.at = end
        build.tie(opener, closer)
        if self._alone(node):
            for unit in range(opener + 1, closer):
                build.need(unit, opener)
        else:
            build.around(opener, closer)
        if (name := self._naming(node)) >= 0:
            self.named.append((opener + 1, closer, name))

    def _alone(self, node: int) -> bool:
        """Whether a value is all that a text holds."""
        return node == 0 and self.nodes.after[0] == len(self.nodes) and not self.rows

    def _naming(self, node: int) -> int:
        """The value that names an element of an array, -1 for none."""
        nodes, above = self.nodes, self.nodes.above[node]
        row = nodes.kinds[above] == ARRAY if above >= 0 else self.rows
        if nodes.kinds[node] != OBJECT or not row or self._deep(node):
            return -1
        plain = [child for child in nodes.children(node) if nodes.kinds[child] in (STRING, PLAIN)]
        keys = [nodes.key(child).strip('"').lower() for child in plain]
        known = [plain[keys.index(name)] for name in NAMING if name in keys]
        return next(iter([*known, *plain]), -1)

    def _deep(self, node: int) -> bool:
        for _ in range(DEEP):
            if node < 0:
                return False
            node = self.nodes.above[node]
        return True

    def _done(self) -> Units:
        build = self.build
        for first, last, name in self.named:
            for unit in range(first, last):
                build.need(unit, self.unit_of[name])
        return build.done(self.at)
