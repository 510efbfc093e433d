"""The form of HTML pages: their text, read as Markdown, of which what is no content stays only where it is pinned.

What stands in the result are the words of the page in order. Tags go; in their place stand line ends and the marks of
Markdown, and characters that are written as "&amp;" stand as "&". All of this is listed among the insertions; where
nothing is to be put in, characters stay as they are written and a tag divides what nothing else would.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tamis.core import Bools
from tamis.errors import InvalidInput
from tamis.prompt.forms.pages.content import aside
from tamis.prompt.forms.pages.reader import PageReader
from tamis.prompt.forms.protocol import Form
from tamis.text.edits import Edits, Insertion
from tamis.text.render import merged
from tamis.text.units import Units
from tamis.text.viewed import View, ViewedUnits, extended, viewed

_TAG = re.compile(r"<[^<>]*>|\s")
TAGS = "\n\n·"  # stands for the tags of a page at the end of what is read; where it stays, all of the page does


@dataclass(frozen=True, slots=True)
class Page:
    """The form of a page. All its tags are one unit behind the others, and no content.

    Attributes:
        inside: the form of its text, which is Markdown.
        omissions: whether marks of Markdown, line ends and decoded characters may be put in.
    """

    inside: Form
    omissions: bool = True

    def parse(self, text: str) -> Units:
        """Read a page, and cut what can be read.

        Raises:
            InvalidInput: nothing on it can be read.
        """
        try:
            page = PageReader(text).read()
        except (AssertionError, ValueError, IndexError) as error:
            raise InvalidInput(f"This page cannot be read: {error}.", hint="form='prose' takes any text.") from error
        if not text:
            return self.inside.parse(text)
        if not page.view.text.strip():
            raise InvalidInput("No text can be read on this page.", hint="form='prose' takes any text.")
        none = np.concatenate([aside(page), np.ones(len(TAGS), np.bool_)])
        view = extended(page.view, TAGS, len(text))
        return viewed(text, self.inside.parse(view.text), view, none)

    def render(self, units: Units, mask: Bools, fixed: Bools | None = None) -> Edits:
        """The text that stays; the page as it is where all of it does."""
        if not isinstance(units, ViewedUnits):
            return self.inside.render(units, mask, fixed)  # (what is pinned in tags makes a page a text)
        if mask.all():
            return Edits(mask, np.zeros(1, np.int64), np.array([len(units.text)], np.int64))
        return in_source(self.inside.render(units.seen, mask, fixed), units, insert=self.omissions)

    def check(self, text: str) -> bool:
        """Always: what is left is text."""
        return True


def in_source(edits: Edits, units: ViewedUnits, *, insert: bool) -> Edits:
    """Edits of a view as those of its source.

    insert -- put in what only the view has; otherwise the stretch of the source that divides as well
    """
    view = units.view
    starts: list[int] = []
    ends: list[int] = [0]
    notes: list[Insertion] = []
    own = iter([*edits.insertions, None])
    note = next(own)
    for first, last in zip(edits.starts.tolist(), edits.ends.tolist(), strict=True):
        while note is not None and note.at <= first:
            notes.append(Insertion(int(view.place(note.at)), note.text))
            note = next(own)
        for begin, end in _runs(view, first, last):
            at, past = int(view.starts[begin]), int(view.ends[end - 1])
            if past - at == end - begin:
                starts.append(at)
                ends.append(past)
            elif insert:
                notes.append(Insertion(at, view.text[begin:end]))
            else:
                low, high = _divider(units, begin, ends[-1], at)
                starts.append(low)
                ends.append(high)
    while note is not None:
        notes.append(Insertion(int(view.place(note.at)), note.text))
        note = next(own)
    spans = np.array([starts, ends[1:]], np.int64)
    return Edits(edits.mask, *merged(*spans[:, spans[1] > spans[0]]), tuple(notes))


def _divider(units: ViewedUnits, character: int, reached: int, at: int) -> tuple[int, int]:
    """The stretch of the source that stands for what only the view has: its tag, or another one on the way.

    reached, at -- what stays before it ends here, and it stands here
    """
    low, high = units.view.separators[character].tolist()
    if low == high or low >= reached:
        return (low, high) if low < high else (reached, reached)
    tag = _TAG.search(units.text, reached, max(at, reached))
    return tag.span() if tag else (reached, reached)


def _runs(view: View, first: int, last: int) -> list[tuple[int, int]]:
    """The stretches of a view that stand so in the source, and single characters that do not."""
    starts, ends = view.starts[first:last], view.ends[first:last]
    plain = ends - starts == 1
    breaks = np.flatnonzero(~plain[1:] | ~plain[:-1] | (starts[1:] != ends[:-1])) + 1
    edges = [first, *(breaks + first).tolist(), last]
    return [(a, b) for a, b in pairwise(edges) if a < b]
