"""XML: elements, comments and instructions go or stay whole; of large ones each child. Only deletion.

An element stays just where something in it does. Of a long text in an element words may go; a text with elements in it
(`a <b>word</b> in bold`) is whole, unless it is very long.
"""

from __future__ import annotations

import html
from collections import Counter
from dataclasses import dataclass, field

import regex

from tamis.core import Bools
from tamis.errors import InvalidInput
from tamis.prompt.forms.data.build import Long
from tamis.prompt.forms.data.frame import put_together
from tamis.prompt.forms.data.paths import Paths
from tamis.prompt.forms.data.strings import is_long, unescaped
from tamis.prompt.forms.data.tree import Tree, units_of
from tamis.prompt.forms.data.xml_nodes import CDATA, ELEMENT, TEXT, XmlNodes, xml_nodes
from tamis.prompt.forms.prose import Prose
from tamis.prompt.forms.protocol import Form
from tamis.text.edits import Edits
from tamis.text.units import Units

MIXED = 2000  # characters of a text with elements in it, up to which it goes or stays whole
_REFERENCE = regex.compile(r"&[^;\s]+;")
_NEVER = regex.compile(r"(?!)")
_CDATA = len("<![CDATA["), len("]]>")


@dataclass(frozen=True, slots=True)
class Xml:
    """The form of an XML text; of several ones too, where blank lines stand between them.

    Attributes:
        inside: the form of the long texts in it; it must only delete.
        paths: what the caller says of some of its elements.
    """

    inside: Form = field(default_factory=Prose)
    paths: Paths = field(default_factory=Paths)

    def parse(self, text: str) -> Units:
        """Cut a text into elements.

        Raises:
            InvalidInput: it is no XML; says where.
        """
        tree = _tree(text, xml_nodes(text), self.inside)
        tree.rules = self.paths.of(tree)
        return units_of(tree)

    def render(self, units: Units, mask: Bools, fixed: Bools | None = None) -> Edits:
        """Delete all other elements."""
        return put_together(units, mask, fixed)

    def check(self, text: str) -> bool:
        """Whether a text is well-formed, or nothing."""
        try:
            xml_nodes(text)
        except InvalidInput:
            return False
        return True


def _tree(text: str, nodes: XmlNodes, inside: Form) -> Tree:
    """The tree of a text of XML."""
    n = len(nodes.kinds)
    alike = Counter(zip(nodes.above, nodes.tags, strict=True))
    below, words = [0] * (n + 1), [0] * (n + 1)  # children that are elements or comments, and texts, of each
    for above, kind in zip(nodes.above, nodes.kinds, strict=True):
        (words if kind in (TEXT, CDATA) else below)[above] += 1
    size = [end - start for end, start in zip(nodes.ends, nodes.starts, strict=True)]
    tree = Tree(
        text,
        nodes.starts,
        nodes.ends,
        nodes.opens,
        nodes.closes,
        nodes.above,
        nodes.after,
        holds=[below[i] > 0 for i in range(n)],
        row=[kind == ELEMENT and alike[nodes.above[i], nodes.tags[i]] > 1 for i, kind in enumerate(nodes.kinds)],
        solid=[False] * n,
        tight=[words[i] > 0 and size[i] <= MIXED for i in range(n)],
        keys={i: tag for i, tag in enumerate(nodes.tags) if tag},
        alone=n > 0 and nodes.after[0] == n and below[0] > 0,
    )
    for node in range(n):
        if nodes.kinds[node] in (TEXT, CDATA) and (long := _long(text, nodes, node, inside)):
            tree.texts[node] = [long]
        elif (
            nodes.kinds[node] == ELEMENT and not below[node] and " " not in text[nodes.starts[node] : nodes.opens[node]]
        ):
            tree.names[node] = nodes.tags[node].rpartition(":")[2]
    return tree


def _long(text: str, nodes: XmlNodes, node: int, inside: Form) -> Long | None:
    """The long text that a node is, None if it is not."""
    start, end, escape = nodes.starts[node], nodes.ends[node], _REFERENCE
    if nodes.kinds[node] == CDATA:
        start, end, escape = start + _CDATA[0], end - _CDATA[1], _NEVER
    if end - start < 100 or "]]" in text[start:end] or not is_long(text[start:end]):
        return None
    says, offsets = unescaped(text, start, end, escape, _character)
    return Long(start, end, says, offsets, inside)


def _character(reference: str) -> str:
    """The character that a reference stands for; a placeholder for an entity of the document's own."""
    char = html.unescape(reference)
    return char if len(char) == 1 else "\ufffc"
