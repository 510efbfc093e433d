"""The children of a syntax node, put together where they share lines, and what each of these may do: go or stay."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum

from tamis.prompt.forms.code.grammar import SyntaxNode, characters
from tamis.prompt.forms.code.syntax import Syntax
from tamis.text.source_lines import line_edges
from tamis.text.units import Units


class Role(Enum):
    """What a child is for the node that it stands in."""

    HEAD = 0  # stays with it
    ELEMENT = 1  # may go
    COMMENT = 2  # may go, and needs what it precedes
    COMMA = 3  # belongs to what stands before it
    BEFORE = 4  # belongs to what stands behind it
    BEHIND = 5  # belongs to what stands before it
    BROKEN = 6  # did not parse: holds on to both


@dataclass(slots=True)
class Cluster:
    """Children that share lines, or belong together otherwise.

    Attributes:
        first, last: numbers of the units (lines) that it stands on, both included.
        start, end: half-open characters.
        role: HEAD, ELEMENT or COMMENT.
        nodes: the children.
        comma: whether it ends with a comma.
        clause: whether it is one of the clauses that a statement can do without.
        filling: whether any of it is a statement of the block, which is not empty with it.
    """

    first: int
    last: int
    start: int
    end: int
    role: Role
    nodes: list[SyntaxNode] = field(default_factory=list)
    comma: bool = False
    clause: bool = False
    filling: bool = False

    @property
    def lines(self) -> int:
        """How many lines it stands on."""
        return self.last - self.first + 1


class ClusterLines:
    """The lines of a text as units, and where nodes stand among them."""

    def __init__(self, units: Units) -> None:
        self.text = units.text
        self.edges: list[int] = line_edges(units).tolist()
        self.blank_behind: list[bool] = (units.gap >= 3).tolist()
        self.character = characters(units.text)

    def cluster(self, node: SyntaxNode, role: Role) -> Cluster | None:
        """Where a node stands, without the white space at its end; None where there is nothing else of it."""
        text, start, end = self.text, self.character[node.start_byte], self.character[node.end_byte]
        while end > start and text[end - 1].isspace():
            end -= 1
        if start == end:
            return None
        first, last = bisect_right(self.edges, start) - 1, bisect_left(self.edges, end) - 1
        return Cluster(first, last, start, end, role, [node], node.type == ",")

    def alone(self, cluster: Cluster) -> bool:
        """Whether nothing else stands on its lines."""
        before = self.text[self.edges[cluster.first] : cluster.start]
        behind = self.text[cluster.end : self.edges[cluster.last + 1]]
        return not before.strip() and not behind.strip()


def clusters(node: SyntaxNode, lines: ClusterLines, syntax: Syntax) -> list[Cluster]:
    """The children of a node, those together that cannot be parted."""
    merged: list[Cluster] = []
    for cluster in _children(node, lines, syntax):
        if merged and _together(merged[-1], cluster, lines, syntax):
            _merge(merged[-1], cluster)
        else:
            merged.append(cluster)
    for cluster in merged:
        if cluster.role not in {Role.ELEMENT, Role.COMMENT} or not lines.alone(cluster):
            cluster.role = Role.HEAD
    if node.type in syntax.commas and not _separable(merged):
        for cluster in merged:
            cluster.role = Role.HEAD
    return merged


def _children(node: SyntaxNode, lines: ClusterLines, syntax: Syntax) -> Iterator[Cluster]:
    opener, kind = syntax.after.get(node.type), node.type
    may_go = kind in syntax.lists or kind in syntax.commas
    clauses: Sequence[str] | frozenset[str] = syntax.clauses.get(kind, ())
    first = True
    for child in node.children:
        role = _ROLES.get(child.type) or _role(child, syntax)
        if role is Role.ELEMENT and not (may_go and child.is_named):
            role = Role.HEAD
        clause = child.type in clauses
        if clause:
            role = Role.ELEMENT
        filling = role is Role.ELEMENT and not clause
        if child.type in syntax.first and first and (clause or may_go):
            role, first = Role.HEAD, False
        may_go = may_go or child.type == opener
        cluster = lines.cluster(child, role)
        if cluster is not None:
            cluster.clause, cluster.filling = clause, filling
            yield cluster


_ROLES = {"ERROR": Role.BROKEN, ",": Role.COMMA, ";": Role.COMMA}


def _role(child: SyntaxNode, syntax: Syntax) -> Role:
    """What a child is in a list of which any part may go."""
    kind = child.type
    if "comment" in kind:
        return Role.COMMENT
    if kind in syntax.before:
        return Role.BEFORE
    if kind in syntax.behind:
        return Role.BEHIND
    return Role.HEAD if kind in syntax.stay else Role.ELEMENT


def _together(one: Cluster, other: Cluster, lines: ClusterLines, syntax: Syntax) -> bool:
    if other.first <= one.last:
        return True
    if one.role is Role.HEAD or other.role is Role.HEAD:
        return other.role is Role.BROKEN or one.role is Role.BROKEN
    if one.role in {Role.BEFORE, Role.BROKEN} or other.role in {Role.BEHIND, Role.COMMA, Role.BROKEN}:
        return True
    return other.role is Role.ELEMENT and lines.text[other.start] in syntax.glue


_WEAK = {Role.COMMENT, Role.COMMA, Role.BEHIND, Role.BEFORE}


def _merge(one: Cluster, other: Cluster) -> None:
    """Add the second to the first."""
    roles = {one.role, other.role}
    if Role.HEAD in roles:
        one.role = Role.HEAD
    elif Role.BROKEN in roles:
        one.role = Role.BROKEN
    elif one.role is not Role.BEFORE or other.role is not Role.COMMENT:
        one.role = Role.ELEMENT if not roles <= _WEAK or one.role is not other.role else one.role
    one.last, one.end = max(one.last, other.last), max(one.end, other.end)
    one.nodes += other.nodes
    one.clause = one.clause or other.clause
    one.filling = one.filling or other.filling
    if other.role is not Role.COMMENT:
        one.comma = other.comma


def _separable(merged: list[Cluster]) -> bool:
    """Whether each element but the last ends with its comma, and none begins with one."""
    elements = [cluster for cluster in merged if cluster.role is Role.ELEMENT]
    return all(one.comma for one in elements[:-1]) and all(one.nodes[0].type != "," for one in elements)
