"""The tree of a structured text, of any format: containers and values with their places; and the units that it makes.

Rows, large or repeated things in a container, go or stay whole where they are small beside the text; what is larger is
divided, and none of its values stays without what names it. Does not know a format.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tamis.prompt.forms.data.build import Build, Lead, Long
from tamis.prompt.forms.data.frame import Framed
from tamis.prompt.forms.data.paths import WHOLE, PathRule

ROW = 600  # characters of a row that goes or stays whole, long texts in it not counted
SMALL = 100  # characters of a container that is no row, and goes or stays whole
LIST = 240  # the same of one that holds nothing but plain items: with some of them it would say something else
ROWS = 4  # a row is at most such a part of a text; one that is larger is divided
DEEP = 64  # containers around a row, from which on its values may go without what names it
NAMING = ("id", "key", "name", "title", "path", "file", "url", "uuid", "number", "sha", "login", "code", "type")


@dataclass
class Tree:
    """Containers and values, outermost first, each before what it contains.

    Attributes:
        text: the source.
        starts, ends: where each begins (with its key) and ends.
        opens: where what opens a container ends: its first child may follow.
        closes: where what closes it begins; its end where nothing does.
        above: the container of each, -1 for none.
        after: the number of the next one that it does not contain.
        holds: whether each is a container that may be divided.
        row: whether each is one of several things of a kind.
        solid: whether each goes or stays whole whatever its size.
        tight: the same, unless a rule looks into it.
        texts: the long texts, by the number of the value that they are in.
        names: what may name the row that it is in: the key or tag of plain values.
        keys: the key or tag of all that have one; not needed where there are no rules.
        rules: what the caller says of some.
        alone: whether the first container is all that the text holds: it stays wherever it fits.
        bare: whether the outermost ones are parts of a container that has no sign of its own.
    """

    text: str
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    opens: list[int] = field(default_factory=list)
    closes: list[int] = field(default_factory=list)
    above: list[int] = field(default_factory=list)
    after: list[int] = field(default_factory=list)
    holds: list[bool] = field(default_factory=list)
    row: list[bool] = field(default_factory=list)
    solid: list[bool] = field(default_factory=list)
    tight: list[bool] = field(default_factory=list)
    texts: dict[int, list[Long]] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    keys: dict[int, str] = field(default_factory=dict)
    rules: dict[int, PathRule] = field(default_factory=dict)
    alone: bool = False
    bare: bool = False

    def __len__(self) -> int:
        return len(self.starts)

    def children(self, node: int) -> list[int]:
        """What a container holds directly."""
        below, child = [], node + 1
        while child < self.after[node]:
            below.append(child)
            child = self.after[child]
        return below

    def outermost(self, node: int) -> bool:
        """Whether one is all of a document, or of a line."""
        return self.above[node] < 0 and not (self.bare and (node in self.keys or self.row[node]))

    def depth_at_least(self, node: int, depth: int) -> bool:
        """Whether so many containers are around one."""
        for _ in range(depth):
            if node < 0:
                return False
            node = self.above[node]
        return node >= 0


def units_of(tree: Tree) -> Framed:
    """The units of a tree: what is small, or a small row, whole; of the rest each value."""
    return Cut(tree, divided(tree)).units()


def _around_rules(tree: Tree) -> set[int]:
    """The containers around the values that rules speak of."""
    around: set[int] = set()
    for node in tree.rules:
        above = tree.above[node]
        while above >= 0 and above not in around:
            around.add(above)
            above = tree.above[above]
    return around


def divided(tree: Tree) -> list[bool]:
    """For each whether it is a container of which parts may go."""
    n = len(tree)
    sizes = [end - start for end, start in zip(tree.ends, tree.starts, strict=True)] + [0]
    total, count = [0] * (n + 1), [0] * (n + 1)  # of the containers in each; the last is for what holds the outermost
    words, small = [0] * (n + 1), [LIST] * (n + 1)
    for node, texts in tree.texts.items():
        words[node] = sum(long.end - long.start for long in texts)
    for node in range(n - 1, -1, -1):
        above = tree.above[node]
        words[above] += words[node]
        sizes[node] -= words[node]
        if tree.holds[node] or not tree.row[node]:
            small[above] = SMALL
        if tree.holds[node]:
            total[above] += sizes[node]
            count[above] += 1
    largest = max(SMALL, min(ROW, len(tree.text) // ROWS))
    around, whole = _around_rules(tree), {node for node, rule in tree.rules.items() if rule == WHOLE}
    large = [sum_ > largest * max(parts, 1) for sum_, parts in zip(total, count, strict=True)]
    return [
        tree.holds[node]
        and not tree.solid[node]
        and node not in whole
        and (
            node in around
            or (
                not tree.tight[node]
                and (sizes[node] > small[node] or (tree.above[node] < 0 and not tree.bare))
                and (large[tree.above[node]] or not tree.row[node])
            )
        )
        for node in range(n)
    ]


class Cut:
    """Makes units of the values of a tree.

    split -- (n,) containers of which parts may go
    """

    def __init__(self, tree: Tree, split: list[bool]) -> None:
        self.tree, self.split, self.build = tree, split, Build(tree.text)
        self.unit_of: dict[int, int] = {}
        self.rows: list[tuple[int, int, int]] = []  # (first unit, last unit, value that names them)
        self.texts = sorted(tree.texts)
        self.at = self.next_text = 0

    def units(self) -> Framed:
        """The units of all values."""
        tree, node, n = self.tree, 0, len(self.tree)
        if not n and tree.text:
            self.build.unit(0, len(tree.text))
            self.at = len(tree.text)
        around: list[tuple[int, int, Lead]] = []  # (container, its opening unit, the lead of its first child)
        outermost: Lead = (0, tree.starts[0] if n else 0)
        while node < n or around:
            if around and node >= tree.after[around[-1][0]]:
                self._close(*around.pop()[:2])
                continue
            opener, first = around[-1][1:] if around else (-1, outermost)
            lead = (self.at, tree.starts[node])
            if not self.split[node]:
                self._value(node, lead, self._first(node, first, lead), opener)
                node = tree.after[node]
                continue
            start, self.at = tree.starts[node], tree.opens[node]
            number = self.build.mark(self.build.unit(start, self.at, lead, self._first(node, first, lead), opener))
            around.append((node, number, (self.at, tree.starts[node + 1])))
            node += 1
        return self._done()

    def _first(self, node: int, first: Lead, own: Lead) -> Lead:
        """The lead of a unit before which nothing stays in its container: that of the first one there."""
        return first

    def _value(self, node: int, lead: Lead, first: Lead, opener: int) -> None:
        tree, texts = self.tree, list[Long]()
        while self.next_text < len(self.texts) and self.texts[self.next_text] < tree.after[node]:
            texts += tree.texts[self.texts[self.next_text]]
            self.next_text += 1
        start, end = tree.starts[node], tree.ends[node]
        alone = (
            len(texts) == 1 and end - start - (texts[0].end - texts[0].start) <= SMALL and tree.after[node] <= node + 2
        )
        if alone and not tree.solid[node]:
            self.unit_of[node] = self.build.long_value(start, end, lead, first, opener, texts[0])
        else:
            self.unit_of[node] = self.build.value(start, end, lead, first, opener, texts)
        self.at = tree.ends[node]

    def _close(self, node: int, opener: int) -> None:
        tree, build, last = self.tree, self.build, len(self.build)
        start, end = tree.closes[node], tree.ends[node]
        closer = build.mark(build.unit(start, end, (self.at, start), opener=opener)) if end > start else None
        self.at = end
        if closer is not None:
            build.tie(opener, closer)
        if tree.alone and node == 0:
            for unit in range(opener + 1, last):
                build.need(unit, opener)
        else:
            build.around(opener, closer)
        if tree.row[node] and (name := self._naming(node)) >= 0:
            self.rows.append((opener + 1, last, name))

    def _naming(self, node: int) -> int:
        """The value that names a row, -1 for none."""
        tree = self.tree
        if tree.depth_at_least(node, DEEP) or self._ruled(node):
            return -1
        ruled = tree.rules.keys() | tree.texts.keys()
        plain = [c for c in tree.children(node) if not tree.holds[c] and tree.names.get(c) and c not in ruled]
        keys = [tree.names[child].lower() for child in plain]
        known = [plain[keys.index(name)] for name in NAMING if name in keys]
        return next(iter([*known, *plain]), -1)

    def _ruled(self, node: int) -> bool:
        """Whether a rule speaks of a value, or of one around it: no other one may then depend on what is in it."""
        while node >= 0 and self.tree.rules.get(node, WHOLE) == WHOLE:
            node = self.tree.above[node]
        return node >= 0

    def _done(self) -> Framed:
        for first, last, name in self.rows:
            for unit in range(first, last):
                self.build.need(unit, self.unit_of[name])
        tree = self.tree
        said = [(tree.starts[node], tree.ends[node], rule) for node, rule in tree.rules.items() if rule != WHOLE]
        return replace(self.build.done(self.at), rules=tuple(said))
