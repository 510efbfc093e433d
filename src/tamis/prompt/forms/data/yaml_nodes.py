"""The tree of a YAML text, with the place of every entry and item, from the marks of PyYAML's events.

What is written in a way that cannot be taken apart by deleting whole entries (keys that are no plain word, tags, the
targets of aliases) is solid: it goes or stays whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from tamis.errors import InvalidInput, missing_extra
from tamis.prompt.forms.data.build import Long
from tamis.prompt.forms.data.faults import malformed
from tamis.prompt.forms.data.strings import block_text, doubled_quotes, is_long, plain_quotes
from tamis.prompt.forms.data.tree import SMALL, Tree
from tamis.prompt.forms.protocol import Form

_BREAKS = r"\r\n\x85\u2028\u2029"
_SKIP = re.compile(rf"(?:[ \t{_BREAKS}]|\#[^{_BREAKS}]*)*")
_COLON = re.compile(r"[ \t]*:")
_COMMENT = re.compile(rf"[ \t]+(?:\#[^{_BREAKS}]*)?(?=[{_BREAKS}]|\Z)")
_NUMBER = re.compile(r"[-+]?[0-9][0-9_]*(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?\Z")
BLANK_LINES = re.compile(rf"(?:[ \t]*(?:\r\n|[{_BREAKS}]))*")
NEW_LINE = re.compile(rf"\r\n|[{_BREAKS}]")


@dataclass
class YamlTree(Tree):
    """The tree of a YAML text.

    Attributes:
        flow: whether each stands in braces or brackets, between commas.
        documents: numbers of those that are documents with a marker.
        aliases: (where an alias stands, where its anchor does).
        whole: whether the text cannot be divided at all.
    """

    flow: list[bool] = field(default_factory=list)
    documents: set[int] = field(default_factory=set)
    aliases: list[tuple[int, int]] = field(default_factory=list)
    whole: bool = False


def yaml_tree(text: str, inside: Form) -> YamlTree:
    """The tree of a text of one or more YAML documents.

    Raises:
        InvalidInput: it is not well-formed; says where.
        MissingExtra: PyYAML is not installed.
    """
    return _Events(text, inside).read()


@dataclass
class _Collection:
    """An open mapping or sequence.

    Attributes:
        owner: the node that its children are in, -1 for none.
        mapping, flow: what it is.
        at: where the next child may begin.
        entry: the number of the child that is open, -1 for none.
        numbers: whether all children so far are numbers.
    """

    owner: int
    mapping: bool
    flow: bool
    at: int
    entry: int = -1
    numbers: bool = True


class _Events:
    """Makes a tree of the events of a text."""

    def __init__(self, text: str, inside: Form) -> None:
        self.text, self.inside = text, inside
        self.shift = 1 if text.startswith("\ufeff") else 0
        self.tree = YamlTree(text)
        self.open: list[_Collection] = []
        self.anchors: dict[str, int] = {}
        self.document = -1
        self.quiet = 0  # collections inside of a key

    def read(self) -> YamlTree:
        """Read all events."""
        yaml = _package()
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            for event in yaml.parse(self.text[self.shift :], Loader=loader):
                self._event(type(event).__name__.removesuffix("Event"), event)
        except yaml.YAMLError as error:
            raise self._fault(error) from None
        except (UnicodeEncodeError, ValueError) as error:
            raise malformed("YAML", self.text, 0, f"text that no file can hold ({type(error).__name__})") from None
        tree = self.tree
        n = len(tree)
        tree.alone = n > 1 and tree.after[0] == n and self.text[tree.starts[0]] in "{["
        tree.bare = not tree.alone
        return tree

    def _fault(self, error: Any) -> InvalidInput:
        mark = getattr(error, "problem_mark", None)
        at = self.shift + (mark.index if mark is not None else int(getattr(error, "position", 0) or 0))
        why = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read"
        return malformed("YAML", self.text, min(at, len(self.text)), str(why))

    def _event(self, name: str, event: Any) -> None:
        start, end = event.start_mark.index + self.shift, event.end_mark.index + self.shift
        if getattr(event, "anchor", None) is not None:
            self._anchor(event.anchor, start, alias=name == "Alias")
        if self.quiet:
            self.quiet += name.endswith("Start") - name.endswith("End")
            if self.open and not self.quiet:
                self.open[-1].at = end
        elif name == "DocumentStart":
            self._begin_document(start, end, explicit=event.explicit)
        elif name == "DocumentEnd":
            self._end_document(start, end, explicit=event.explicit)
        elif name in ("MappingEnd", "SequenceEnd"):
            self._end(start, end)
        elif name in ("Scalar", "Alias", "MappingStart", "SequenceStart"):
            self._node(name, event, start, end)

    def _anchor(self, name: str, at: int, *, alias: bool) -> None:
        if alias:
            self.tree.aliases.append((at, self.anchors.get(name, at)))
        else:
            self.anchors[name] = at

    def _add(self, start: int, end: int, above: int, *, row: bool = False, flow: bool = False) -> int:
        tree = self.tree
        for values, value in (
            (tree.starts, start), (tree.ends, end), (tree.opens, end), (tree.closes, end), (tree.above, above),
            (tree.after, len(tree) + 1),
        ):  # fmt: skip
            values.append(value)
        for marks in (tree.holds, tree.solid, tree.tight):
            marks.append(False)
        tree.row.append(row)
        tree.flow.append(flow)
        return len(tree) - 1

    def _solid(self, node: int) -> None:
        """Say of a node that it goes or stays whole; of the text, where no node is."""
        if node < 0:
            self.tree.whole = True
        else:
            self.tree.solid[node] = True

    def _begin_document(self, start: int, end: int, *, explicit: bool) -> None:
        self.document = self._add(start, end, -1) if explicit else -1
        if explicit:
            self.tree.documents.add(self.document)

    def _end_document(self, start: int, end: int, *, explicit: bool) -> None:
        tree, node = self.tree, self.document
        if node < 0:
            return
        tree.after[node] = len(tree)
        last = max([tree.ends[child] for child in tree.children(node)], default=tree.opens[node])
        tree.closes[node], tree.ends[node] = (start, end) if explicit else (last, last)
        tree.holds[node] = tree.after[node] > node + 1

    def _node(self, name: str, event: Any, start: int, end: int) -> None:
        """A key, a value, an item, or what a document is."""
        top = self.open[-1] if self.open else None
        if top is not None and top.mapping and top.entry < 0:
            self._key(top, name, event, start, end)
            return
        if top is None:
            owner = self._root(name, event, start, end)
        else:
            owner = top.entry if top.mapping else self._item(top, start, end)
        if name in ("Scalar", "Alias"):
            self._value(owner, event, start, end)
        else:
            self._begin(owner, name == "MappingStart", event, start, end)

    def _root(self, name: str, event: Any, start: int, end: int) -> int:
        """The node that the outermost value is, or that its children are in."""
        if name in ("MappingStart", "SequenceStart") and not event.flow_style:
            if end > start:  # an anchor or a tag of all that follows
                self._solid(self.document)
            return self.document
        return self._add(start, end, self.document)

    def _key(self, top: _Collection, name: str, event: Any, start: int, end: int) -> None:
        """The key of a mapping: an entry begins."""
        if name.endswith("Start"):
            self.quiet = 1
        if name != "Scalar" or self.text[self._skip(top.at)] == "?":
            self._solid(top.owner)
        top.entry = self._add(start, end, top.owner, flow=top.flow)
        if event.anchor is not None:
            self._solid(top.entry)
        elif name == "Scalar":
            self.tree.names[top.entry] = self.tree.keys[top.entry] = event.value
        colon = _COLON.match(self.text, end)
        self.tree.opens[top.entry] = self.tree.ends[top.entry] = top.at = colon.end() if colon else end

    def _skip(self, at: int) -> int:
        match = _SKIP.match(self.text, at)
        return min(match.end() if match else at, len(self.text) - 1)

    def _item(self, top: _Collection, start: int, end: int) -> int:
        """An item of a sequence begins: at its dash, if it has one."""
        if top.flow:
            return self._add(start, end, top.owner, row=True, flow=True)
        dash = self._skip(top.at)
        if self.text[dash] != "-":
            self._solid(top.owner)
            dash = start
        node = self._add(dash, dash + 1, top.owner, row=True)
        self.tree.opens[node] = dash + 1
        return node

    def _value(self, owner: int, event: Any, start: int, end: int) -> None:
        """A scalar or an alias ends the entry, the item or the document's value that it is."""
        tree, style = self.tree, getattr(event, "style", None)
        if style in ("|", ">"):
            last = start + len(self.text[start:end].rstrip())
            cut = NEW_LINE.search(self.text, last, end)
            keeps = "+" in self.text[start:end].split("\n", 1)[0]
            end = (max(start, end - 1) if keeps else cut.start()) if cut else end
        else:
            end = start + len(self.text[start:end].rstrip()) if end > start else tree.opens[owner]
        if event.anchor is not None and not hasattr(event, "value"):
            tree.names.pop(owner, None)  # (an alias does not name a row)
        last = end
        if self.open:
            top = self.open[-1]
            top.numbers &= style is None and _NUMBER.match(self.text[start:end]) is not None
            if end - start > SMALL and style and (long := self._long(start, end, style, event)):
                tree.texts[owner] = [long]
            last = self._with_comment(last, top)
        tree.ends[owner] = tree.opens[owner] = tree.closes[owner] = last
        self._done(last)

    def _with_comment(self, end: int, top: _Collection) -> int:
        """The end of a value, with the comment that stands behind it on its line."""
        match = None if top.flow else _COMMENT.match(self.text, end)
        return match.end() if match else end

    def _done(self, end: int) -> None:
        """The entry or item that is open has its value."""
        if self.open:
            self.open[-1].entry, self.open[-1].at = -1, end

    def _long(self, start: int, end: int, style: str, event: Any) -> Long | None:
        body = self.text[start:end]
        if event.anchor is not None or event.tag is not None or not is_long(body):
            return None
        if style in ("'", '"'):
            if NEW_LINE.search(body) or body[0] != style:
                return None
            read = plain_quotes if style == '"' else doubled_quotes
            return Long(start + 1, end - 1, *read(self.text, start + 1, end - 1), self.inside)
        block = block_text(self.text, start, end)
        return None if block is None else Long(int(block[1][0]), int(block[1][-1]), *block, self.inside)

    def _begin(self, owner: int, mapping: bool, event: Any, start: int, end: int) -> None:  # noqa: FBT001
        """A mapping or a sequence begins, as the value of a node, or as all of a document."""
        tree, flow = self.tree, bool(event.flow_style)
        if event.anchor is not None or event.tag is not None or (flow and self.text[end - 1 : end] not in ("{", "[")):
            self._solid(owner)
        if owner >= 0 and owner not in tree.documents:
            tree.opens[owner] = end if flow else tree.opens[owner]
        self.open.append(_Collection(owner, mapping, flow, end))

    def _end(self, start: int, end: int) -> None:
        tree, closed = self.tree, self.open.pop()
        owner = closed.owner
        if owner < 0 or owner in tree.documents:
            return
        tree.after[owner] = len(tree)
        tree.holds[owner] = len(tree) > owner + 1
        if closed.flow:
            tree.closes[owner], tree.ends[owner] = start, end
        else:
            tree.closes[owner] = tree.ends[owner] = max([tree.ends[c] for c in tree.children(owner)], default=start)
        if closed.numbers and not closed.mapping and tree.above[owner] >= 0:
            tree.tight[owner] = True
        if self.open:
            self.open[-1].numbers = False
            if closed.flow:
                last = self._with_comment(end, self.open[-1])
                tree.ends[owner] = last
                end = last
        self._done(tree.ends[owner])


def _package() -> Any:
    try:
        return import_module("yaml")
    except ImportError as error:
        raise missing_extra("yaml", "pyyaml") from error
