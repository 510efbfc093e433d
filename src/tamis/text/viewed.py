"""Units whose text is read in another spelling than it is written in: a page without its tags, line by line.

The source stays what it is; what is scored and what decides is the view. Does not read any format.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tamis.core import Bools, Ints, Span
from tamis.text.joined import JoinedUnits, joined
from tamis.text.units import Units


@dataclass(frozen=True, slots=True)
class View:
    """A text to be read, and where its characters stand in the source.

    Attributes:
        text: what is read.
        starts, ends: (characters,) of each in the source; in order. What only the view has is empty there.
        separators: (characters, 2) for what only the view has: the stretch of the source that may stand for it.
    """

    text: str
    starts: Ints
    ends: Ints
    separators: Ints

    def place(self, at: Ints | int) -> Ints:
        """Where characters of the view begin in the source; the end of the view is where its last one ends."""
        places = np.append(self.starts, self.ends[-1] if self.ends.size else 0)
        return np.asarray(places[at])

    def past(self, at: Ints | int) -> Ints:
        """Where the characters before these end in the source."""
        places = np.concatenate((self.starts[:1], self.ends))
        return np.asarray(places[at])

    def of(self, character: Ints | int) -> Ints:
        """The first character of the view that ends behind each place of the source."""
        return np.asarray(np.searchsorted(self.ends, character, side="right"))


def extended(view: View, text: str, at: int) -> View:
    """A view with something more at its end, which the source does not have."""
    more = np.full(len(text), at, np.int64)
    places = np.concatenate([view.starts, more]), np.concatenate([view.ends, more])
    return View(view.text + text, *places, np.concatenate([view.separators, np.stack([more, more], axis=1)]))


def _no_view() -> View:
    none = np.zeros(0, np.int64)
    return View("", none, none, np.zeros((0, 2), np.int64))


@dataclass(frozen=True, eq=False)
class ViewedUnits(Units):
    """Units of a source, cut from its view.

    Attributes:
        seen: the same units, as those of the text that is read.
        view: that text.
        aside: (n,) units that are no content: they stay only where they are pinned.
    """

    seen: Units = field(default_factory=lambda: Units("", *(np.zeros(0, np.int64),) * 3))
    view: View = field(default_factory=_no_view)
    aside: Bools = field(default_factory=lambda: np.zeros(0, np.bool_))


def viewed(text: str, seen: Units, view: View, aside: Bools) -> ViewedUnits:
    """The units of a source, cut from its view.

    aside -- (characters of the view,) of what is no content
    """
    starts, ends = view.place(seen.starts), view.past(seen.ends)
    own = aside[np.minimum(seen.starts, max(aside.size - 1, 0))] if aside.size else np.zeros(len(seen), np.bool_)
    return ViewedUnits(
        text,
        starts,
        np.maximum(starts, ends),
        seen.kinds,
        seen.names,
        seen.parents,
        seen.bonds,
        seen.company,
        seen=seen,
        view=view,
        aside=own,
    )


@dataclass(frozen=True, eq=False)
class AsRead:
    """The units of a text as those of what is read of it, and where its characters stand there.

    Attributes:
        units: as many as the text has.
        pieces: (where it begins in the text, where it begins in what is read, its view or None) of each piece.
    """

    units: Units
    pieces: tuple[tuple[int, int, View | None], ...]

    def span(self, span: Span) -> Span:
        """A stretch of the text, in what is read."""
        return Span(self._place(span.start), max(self._place(span.end), self._place(span.start)))

    def _place(self, at: int) -> int:
        begin, own, view = next(piece for piece in reversed(self.pieces) if piece[0] <= at)
        return own + (at - begin if view is None else min(int(view.of(at - begin)), len(view.text)))


def as_read(units: Units) -> AsRead | None:
    """What is read of the units of a text; None where that is the text itself."""
    own = units.pieces if isinstance(units, JoinedUnits) else (units,)
    if not any(isinstance(piece, ViewedUnits) for piece in own):
        return None
    pieces: list[Units] = []
    places: list[tuple[int, int, View | None]] = []
    begin = at = 0
    for piece in own:
        seen, view = (piece.seen, piece.view) if isinstance(piece, ViewedUnits) else (piece, None)
        places.append((begin, at, view))
        pieces += seen.pieces if isinstance(seen, JoinedUnits) else [seen]
        begin, at = begin + len(piece.text), at + len(seen.text)
    return AsRead(joined(pieces), tuple(places))


def pages(units: Units) -> list[Span]:
    """Where texts stand that are read in another spelling."""
    own = units.pieces if isinstance(units, JoinedUnits) else (units,)
    places = units.offsets if isinstance(units, JoinedUnits) else (0,)
    pairs = zip(own, places, strict=False)
    return [Span(at, at + len(piece.text)) for piece, at in pairs if isinstance(piece, ViewedUnits)]


def asides(units: Units) -> Bools | None:
    """(n,) units that are no content; None where all are."""
    own = units.pieces if isinstance(units, JoinedUnits) else (units,)
    if not any(isinstance(piece, ViewedUnits) for piece in own):
        return None
    none = [piece.aside if isinstance(piece, ViewedUnits) else np.zeros(len(piece), np.bool_) for piece in own]
    return np.concatenate(none)
