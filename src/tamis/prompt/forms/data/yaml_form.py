"""YAML: entries and items with their lines and comments; of long texts, words. Only deletion, and valid after it.

An alias stays only with its anchor; what has an anchor, a tag or an odd key goes or stays whole. A mapping or list
stays just where something in it does. A comment goes with what follows it, or with the line that it ends.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from tamis.core import Bools
from tamis.errors import InvalidInput
from tamis.prompt.forms.data.build import Lead
from tamis.prompt.forms.data.comments import with_comments
from tamis.prompt.forms.data.frame import Framed, put_together
from tamis.prompt.forms.data.paths import Paths
from tamis.prompt.forms.data.tree import Cut, divided
from tamis.prompt.forms.data.yaml_nodes import BLANK_LINES, NEW_LINE, YamlTree, yaml_tree
from tamis.prompt.forms.prose import Prose
from tamis.prompt.forms.protocol import Form
from tamis.text.edits import Edits
from tamis.text.units import Units


@dataclass(frozen=True, slots=True)
class Yaml:
    """The form of a text of one or more YAML documents.

    Attributes:
        inside: the form of the long texts in it; it must only delete.
        paths: what the caller says of some of its entries.
        omissions: whether a comment says how many lines were left out.
    """

    inside: Form = field(default_factory=Prose)
    paths: Paths = field(default_factory=Paths)
    omissions: bool = False

    def parse(self, text: str) -> Units:
        """Cut a text into entries and items.

        Raises:
            InvalidInput: it is no YAML; says where.
            MissingExtra: PyYAML is not installed.
        """
        tree = yaml_tree(text, self.inside)
        if tree.whole:
            tree = YamlTree(text)
        tree.rules = self.paths.of(tree)
        return _YamlCut(tree, divided(tree)).units()

    def render(self, units: Units, mask: Bools, fixed: Bools | None = None) -> Edits:
        """Delete all other entries and items."""
        edits = put_together(units, mask, fixed)
        return with_comments(units, edits) if self.omissions and isinstance(units, Framed) else edits

    def check(self, text: str) -> bool:
        """Whether a text can be read as YAML.

        Raises:
            MissingExtra: PyYAML is not installed.
        """
        try:
            yaml_tree(text, self.inside)
        except InvalidInput:
            return False
        return True


class _YamlCut(Cut):
    """Makes units of the values of a YAML tree; an alias needs its anchor."""

    tree: YamlTree

    def _first(self, node: int, first: Lead, own: Lead) -> Lead:
        """Between commas the lead of the first one; on lines of their own things keep their own comments."""
        text, tree = self.tree.text, self.tree
        if tree.flow[node] or own == first:
            return first
        if node in tree.documents:
            return (own[1], own[1])
        outermost = tree.above[node] < 0
        if not outermost and not NEW_LINE.search(text, *first):
            return first
        begin = BLANK_LINES.match(text, *own)
        return (begin.end() if begin and outermost else own[0], own[1])

    def _done(self) -> Framed:
        build = self.build
        for alias, anchor in self.tree.aliases:
            one, other = (bisect_right(build.starts, at) - 1 for at in (alias, anchor))
            if one >= 0 and other >= 0:
                build.need(one, other)
        return super()._done()
