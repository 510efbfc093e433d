"""JSON and JSON Lines: values with their keys, whole rows, and the words of long strings.

An element of an array that is small beside the text (a row) goes or stays whole; of a larger one the values go one by
one, but none without what names the element (its "id", "name", or first value). Small objects and lists of numbers go
or stay whole. An object or array stays just where something in it does; the outermost one of a text stays wherever it
fits. Only deletion.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from tamis.core import Bools
from tamis.errors import InvalidInput
from tamis.prompt.forms.data.build import Long
from tamis.prompt.forms.data.faults import malformed
from tamis.prompt.forms.data.frame import put_together
from tamis.prompt.forms.data.json_nodes import ARRAY, OBJECT, PLAIN, STRING, Nodes, nodes_of
from tamis.prompt.forms.data.paths import Paths
from tamis.prompt.forms.data.strings import is_long, json_string
from tamis.prompt.forms.data.tree import SMALL, Tree, units_of
from tamis.prompt.forms.prose import Prose
from tamis.prompt.forms.protocol import Form
from tamis.text.edits import Edits
from tamis.text.units import Units

_BLANK_LINE = re.compile(r"[ \t]*\r?\n[ \t]*\r?\n\s*")
_LINE_END = re.compile(r"\s*\n\s*")


@dataclass(frozen=True, slots=True)
class Json:
    """The form of a JSON text; of several ones too, where blank lines stand between them.

    Attributes:
        inside: the form of the long strings in it; it must only delete.
        paths: what the caller says of some of its values.
    """

    inside: Form = field(default_factory=Prose)
    paths: Paths = field(default_factory=Paths)

    def parse(self, text: str) -> Units:
        """Cut a text into values.

        Raises:
            InvalidInput: it is no JSON; says where.
        """
        return units_of(tree_of(self.read(text), self.inside, self.paths))

    def render(self, units: Units, mask: Bools, fixed: Bools | None = None) -> Edits:
        """Delete all other values, with their commas."""
        return put_together(units, mask, fixed)

    def check(self, text: str) -> bool:
        """Whether a text can be read, or says nothing."""
        try:
            self.read(text)
        except InvalidInput:
            return False
        return True

    @staticmethod
    def read(text: str) -> Nodes:
        """The values of a text; InvalidInput where it is no JSON."""
        return nodes_of(text, _BLANK_LINE)


@dataclass(frozen=True, slots=True)
class JsonLines(Json):
    """The form of JSON Lines: a value on each line, a row."""

    def parse(self, text: str) -> Units:
        """Cut a text into values; see `Json.parse`."""
        return units_of(tree_of(self.read(text), self.inside, self.paths, rows=True))

    @staticmethod
    def read(text: str) -> Nodes:
        """The values of a text; InvalidInput where a line is no JSON."""
        return _lines(text)


def _lines(text: str) -> Nodes:
    nodes = nodes_of(text, _LINE_END, "JSON Lines")
    node = 0
    while node < len(nodes):
        if (at := text.find("\n", nodes.starts[node], nodes.ends[node])) >= 0:
            raise malformed("JSON Lines", text, at, "a value reaches over a line end")
        node = nodes.after[node]
    return nodes


def tree_of(nodes: Nodes, inside: Form, paths: Paths, *, rows: bool = False) -> Tree:
    """The tree of a text of JSON.

    inside -- the form of long strings
    rows -- whether the outermost values are rows
    """
    text, n = nodes.text, len(nodes)
    holds = [kind in (OBJECT, ARRAY) and nodes.after[i] > i + 1 for i, kind in enumerate(nodes.kinds)]
    numbers = [*(kind == ARRAY for kind in nodes.kinds), False]
    for node in range(n):
        numbers[nodes.above[node]] &= nodes.kinds[node] == PLAIN
    tree = Tree(
        text,
        nodes.starts,
        nodes.ends,
        opens=[value + 1 for value in nodes.values],
        closes=[end - 1 for end in nodes.ends],
        above=nodes.above,
        after=nodes.after,
        holds=holds,
        row=[nodes.kinds[above] == ARRAY if above >= 0 else rows for above in nodes.above],
        solid=[False] * n,
        tight=[numbers[node] and nodes.above[node] >= 0 for node in range(n)],
        alone=not rows and n > 0 and nodes.after[0] == n and holds[0],
    )
    for node, kind in enumerate(nodes.kinds):
        start, end = nodes.values[node] + 1, nodes.ends[node] - 1
        if kind == STRING and end - start > SMALL and is_long(text[start:end]):
            says, offsets = json_string(text, start, end)
            tree.texts[node] = [Long(start, end, says, offsets, inside)]
        if kind in (STRING, PLAIN) and nodes.values[node] > nodes.starts[node]:
            tree.names[node] = nodes.key(node).strip('"')
    if paths.rules:
        keyed = (node for node in range(n) if nodes.values[node] > nodes.starts[node])
        tree.keys = {node: json.loads(nodes.key(node)) for node in keyed}
        tree.rules = paths.of(tree)
    return tree
