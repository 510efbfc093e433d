"""The tree of a JSON text, with the place of every value. Strict, without recursion; what is inside is not converted.

Strict but for what Python and JavaScript write: `NaN`, `Infinity` and `-Infinity` pass as they are, and so do a byte
order mark, duplicate keys, and numbers of any length.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tamis.prompt.forms.data.faults import malformed

BLANK = re.compile(r"[ \t\n\r]*")
_STRING = re.compile(r'"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*"')
_PLAIN = re.compile(
    r"(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null|NaN|-?Infinity)(?![\w.+\-])"
)
OBJECT, ARRAY, STRING, PLAIN = "{", "[", '"', "0"
_CLOSE = {"{": "}", "[": "]"}


@dataclass
class Nodes:
    """The values of a JSON text, outermost first, each before what it contains.

    Attributes:
        text: the source.
        starts: where each begins, with its key.
        values: where each begins, without its key.
        ends: where each ends.
        above: the number of the container of each, -1 for none.
        after: the number of the next value that it does not contain.
        kinds: OBJECT, ARRAY, STRING or PLAIN.
    """

    text: str
    starts: list[int] = field(default_factory=list)
    values: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    above: list[int] = field(default_factory=list)
    after: list[int] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.starts)

    def key(self, node: int) -> str:
        """The key of a value as it is written, with its quotes; "" for none."""
        match = _STRING.match(self.text, self.starts[node]) if self.values[node] > self.starts[node] else None
        return match.group() if match else ""


def nodes_of(text: str, between: re.Pattern[str], name: str = "JSON") -> Nodes:
    """The values of a text of JSON.

    between -- what must match the blank between two outermost values

    Raises:
        InvalidInput: it is not well-formed; says where.
    """
    return _Scan(text, name).all(between)


class _Scan:
    """Reads values one after another; open containers lie on a stack."""

    def __init__(self, text: str, name: str) -> None:
        self.text, self.name = text, name
        self.nodes = Nodes(text)
        self.open: list[int] = []
        self.at = 1 if text.startswith("\ufeff") else 0
        self._blank()

    def all(self, between: re.Pattern[str]) -> Nodes:
        """Read the whole text."""
        while self.at < len(self.text):
            self._value(self.at)
            while self.open:
                self._member()
            end = self.at
            self._blank()
            if self.at < len(self.text) and between.fullmatch(self.text, end, self.at) is None:
                raise self._fault("nothing may follow the value")
        return self.nodes

    def _blank(self) -> None:
        match = BLANK.match(self.text, self.at)
        assert match is not None
        self.at = match.end()

    def _fault(self, why: str) -> Exception:
        return malformed(self.name, self.text, self.at, why)

    def _value(self, start: int) -> None:
        """Read one value, of a container only its opening bracket.

        start -- where its key begins, or itself
        """
        nodes, char = self.nodes, self.text[self.at : self.at + 1]
        number = len(nodes.starts)
        nodes.starts.append(start)
        nodes.values.append(self.at)
        nodes.above.append(self.open[-1] if self.open else -1)
        nodes.after.append(number + 1)
        if char in _CLOSE:
            nodes.kinds.append(char)
            nodes.ends.append(-1)
            self.at += 1
            self.open.append(number)
            return
        match = (_STRING if char == STRING else _PLAIN).match(self.text, self.at)
        if match is None:
            raise self._fault("a string is broken" if char == STRING else "a value is missing")
        nodes.kinds.append(STRING if char == STRING else PLAIN)
        self.at = match.end()
        nodes.ends.append(self.at)

    def _member(self) -> None:
        """Read the next value of the innermost container, or its closing bracket."""
        nodes, container = self.nodes, self.open[-1]
        kind, empty = nodes.kinds[container], len(nodes.starts) == container + 1
        self._blank()
        char = self.text[self.at : self.at + 1]
        if char == _CLOSE[kind]:
            self._close(container)
            return
        if not empty:
            if char != ",":
                raise self._fault(f"a comma or {_CLOSE[kind]} is missing")
            self.at += 1
            self._blank()
        start = self.at
        if kind == OBJECT:
            self._key()
        self._value(start)

    def _close(self, container: int) -> None:
        self.at += 1
        self.open.pop()
        self.nodes.ends[container] = self.at
        self.nodes.after[container] = len(self.nodes.starts)

    def _key(self) -> None:
        match = _STRING.match(self.text, self.at)
        if match is None:
            raise self._fault("a key in quotes is missing")
        self.at = match.end()
        self._blank()
        if not self.text.startswith(":", self.at):
            raise self._fault("a colon is missing")
        self.at += 1
        self._blank()
