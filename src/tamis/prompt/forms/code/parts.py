"""Code as parts: runs of lines that go or stay together, each inside of the one that it needs.

A part is a statement, the header of a block with what closes it, a comment, or a small definition whole. Whatever parts
stay with those around them still parse. Does not know a language: `syntax.py` does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from tamis.core import Bools, Ints
from tamis.prompt.forms.code.clusters import Cluster, ClusterLines, Role, clusters
from tamis.prompt.forms.code.grammar import SyntaxNode
from tamis.prompt.forms.code.syntax import Syntax
from tamis.text.units import Units

WHOLE = 12  # lines; what is no longer goes or stays whole
LEAST, SHARE = 4, 20  # in a short text: no longer than so many lines, or so small a share of the text
PARAGRAPH = 3  # lines; short statements without a blank line between them stay together up to so many
_DEFINITIONS = {"function_definition", "class_definition"}


@dataclass(frozen=True, slots=True)
class Body:
    """A block that must not be empty.

    Attributes:
        owner: a line of what it belongs to.
        members: the first line of each statement in it.
    """

    owner: int
    members: Ints


@dataclass(frozen=True, eq=False)
class CodeUnits(Units):
    """Lines of code.

    Attributes:
        filled: the blocks that must not be empty.
        quoted: (n,) lines inside of a string that says what a definition is for.
        broken: (n,) lines of which the grammar makes nothing.
        numbers: (2, n) the number of the line that each unit begins and ends on, from 1.
        language: its name.
    """

    filled: tuple[Body, ...] = ()
    quoted: Bools = field(default_factory=lambda: np.zeros(0, np.bool_))
    broken: Bools = field(default_factory=lambda: np.zeros(0, np.bool_))
    numbers: Ints = field(default_factory=lambda: np.zeros((2, 0), np.int64))
    language: str = ""


Place = tuple[SyntaxNode, int, str]


class CodeParts:
    """Parts under construction."""

    def __init__(self, units: Units, syntax: Syntax) -> None:
        self.units, self.syntax = units, syntax
        self.lines = ClusterLines(units)
        self.owner = [0] * len(units)
        self.whole = min(WHOLE, max(LEAST, len(units) // SHARE))
        self.above = [-1]  # the part that each needs
        self.bodies: list[tuple[int, list[int]]] = []
        self.quoted: list[int] = []
        self.broken: list[int] = []

    def add(self, first: int, last: int, above: int) -> int:
        """A new part of these lines, cut out of the part that they were of."""
        self.above.append(above)
        number = len(self.above) - 1
        self.owner[first : last + 1] = [number] * (last - first + 1)
        return number

    def cut(self, root: SyntaxNode) -> None:
        """Cut a whole tree."""
        stack: list[Place] = [(root, 0, "")]
        while stack:
            stack += self._inside(*stack.pop())

    def _inside(self, node: SyntaxNode, part: int, outer: str) -> list[Place]:
        """Make parts of what may go in a node.

        outer -- what the node stands in

        Returns the nodes to look into.
        """
        children = clusters(node, self.lines, self.syntax)
        if node.type == "block" and outer in _DEFINITIONS:
            self._docstring(children, part)
        inner: list[Place] = []
        members: list[int] = []
        comments: list[Cluster] = []
        for group in paragraphs(children, self.lines):
            if group[0].role is Role.COMMENT:
                self._collect(comments, group[0])
                continue
            number = self._part(group, part)
            members += [number] if number != part and not group[0].clause else []
            self._comments(comments, group[0], number, part)
            comments = []
            inner += [(one, number, node.type) for cluster in group for one in self._long(cluster)]
        self._comments(comments, None, part, part)
        if node.type in self.syntax.filled and members and not any(c.filling for c in children if c.role is Role.HEAD):
            self.bodies.append((part, members))
        return inner

    def _part(self, group: list[Cluster], part: int) -> int:
        """The part that statements make, or the one that they stay with."""
        if any(node.type == "ERROR" for cluster in group for node in cluster.nodes):
            self.broken += range(group[0].first, group[-1].last + 1)
        return self.add(group[0].first, group[-1].last, part) if group[0].role is Role.ELEMENT else part

    def _collect(self, comments: list[Cluster], comment: Cluster) -> None:
        """Add a comment, to the one before it where they stand together."""
        if comments and self._right_before(comments[-1], comment.first):
            comments[-1].last, comments[-1].end = comment.last, comment.end
        else:
            comments.append(comment)

    def _right_before(self, cluster: Cluster, line: int) -> bool:
        """Whether a line follows without a blank one between."""
        return cluster.last + 1 == line and not self.lines.blank_behind[cluster.last]

    def _comments(self, comments: list[Cluster], what: Cluster | None, number: int, part: int) -> None:
        """Comments need what they stand right before; others just what they are in."""
        for comment in comments:
            near = what is not None and self._right_before(comment, what.first)
            self.add(comment.first, comment.last, number if near else part)

    def _long(self, cluster: Cluster) -> list[SyntaxNode]:
        """The nodes in a cluster that are long enough to be cut."""
        if cluster.role is Role.ELEMENT and cluster.lines <= self.whole:
            return []
        places = [self.lines.cluster(node, Role.HEAD) for node in cluster.nodes]
        return [place.nodes[0] for place in places if place is not None and place.lines > 1]

    def _docstring(self, children: list[Cluster], part: int) -> None:
        """The string that says what a definition is for: its first line stays with the header."""
        first = next((child for child in children if child.role is not Role.COMMENT), None)
        if first is None or first.role is not Role.ELEMENT or not _is_string(first.nodes):
            return
        last = self.lines.text[self.lines.edges[first.last] : first.end].strip()
        if first.lines > 1 and last not in {'"""', "'''"}:
            return
        first.role = Role.HEAD
        self._paragraphs_of(first, part)
        first.nodes.clear()

    def _paragraphs_of(self, docstring: Cluster, part: int) -> None:
        """Its paragraphs, behind the first line."""
        begin = docstring.first + 1
        for line in range(begin, docstring.last):
            if self.lines.blank_behind[line] or line == docstring.last - 1:
                self.add(begin, line, part)
                begin = line + 1
        self.quoted += range(docstring.first + 1, docstring.last)

    def units_of(self, language: str) -> CodeUnits:
        """The lines, with what they need."""
        owner = np.array(self.owner, np.int64)
        head = np.full(len(self.above), -1, np.int64)
        numbers, firsts = np.unique(owner, return_index=True)
        head[numbers] = firsts
        for part, above in enumerate(self.above):  # (a part has a higher number than what it is in)
            if head[part] < 0 and above >= 0:
                head[part] = head[above]
        outer = np.array(self.above, np.int64)
        needed = np.where(outer >= 0, head[outer], -1)
        units, size = self.units, owner.size
        return CodeUnits(
            units.text,
            units.starts,
            units.ends,
            units.kinds,
            units.names,
            needed[owner],
            owner,
            None,
            tuple(Body(int(head[part]), head[members]) for part, members in self.bodies),
            np.isin(np.arange(size), self.quoted),
            np.isin(np.arange(size), self.broken),
            _line_numbers(units),
            language,
        )


def _line_numbers(units: Units) -> Ints:
    """(2, n) the number of the line that each unit begins and ends on, from 1."""
    characters = np.frombuffer(units.text.encode("utf-32-le", "surrogatepass"), np.uint32)
    ends = np.flatnonzero(characters == ord("\n"))
    return np.stack([np.searchsorted(ends, units.starts), np.searchsorted(ends, units.ends - 1)]) + 1


def _is_string(nodes: list[SyntaxNode]) -> bool:
    """Whether a statement is just a string."""
    return len(nodes) == 1 and [child.type for child in nodes[0].children] == ["string"]


def paragraphs(children: list[Cluster], lines: ClusterLines) -> Iterator[list[Cluster]]:
    """Short statements together that stand together; all else one by one."""
    group: list[Cluster] = []
    for child in children:
        near = group and group[-1].last + 1 == child.first and not lines.blank_behind[group[-1].last]
        if not (near and _short(child) and _short(group[-1]) and child.last - group[0].first < PARAGRAPH):
            if group:
                yield group
            group = []
        group.append(child)
    if group:
        yield group


def _short(cluster: Cluster) -> bool:
    return cluster.role is Role.ELEMENT and cluster.lines < PARAGRAPH and not cluster.clause
