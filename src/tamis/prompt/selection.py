"""What was decided about every unit of a source, and the stretches that come of it. Does not decide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tamis.core import PINNED, Bools, Floats, Ints, Priorities, Scored
from tamis.text.edits import Edits
from tamis.text.units import Units
from tamis.text.viewed import asides


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the source that was kept or dropped whole.

    Attributes:
        start, end: half-open character offsets into the source.
        score: what the method thought of it, higher = keep; None for white space.
        reason: kept: "pinned", "preferred", "score", "gap"; dropped: "score", "gap", "punctuation", "relevance" (its
            document is not relevant enough), "aside" (it is no content of a page).
    """

    start: int
    end: int
    score: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A document of the source.

    Attributes:
        number: which one it was, as they were given; an instruction and a question count too.
        start, end: half-open character offsets into the source.
        score: what its ranker said, higher = more relevant; None if it was not ranked.
        relevance: how likely it holds an answer to the question, 0 to 1; None where nothing judged.
    """

    number: int
    start: int
    end: int
    score: float | None
    relevance: float | None = None


@dataclass(frozen=True, eq=False)
class Selection:
    """What was decided about the units of a source.

    Attributes:
        units: the units.
        scored: their scores, costs and priorities.
        chosen: (n,) selected within the budget.
        edits: what the form made of these: which units stay, and how they become the compressed text.
        excluded: (n,) units whose documents are not relevant enough; None for none.
        preferred: (n,) units that a detector marks; None for none.
    """

    units: Units
    scored: Scored[int]
    chosen: Bools
    edits: Edits
    excluded: Bools | None = None
    preferred: Bools | None = None

    @property
    def words(self) -> Units:
        """The units, by the name that they have in prose."""
        return self.units

    @property
    def scores(self) -> Floats:
        """(n,) higher = keep."""
        return self.scored.scores

    @property
    def costs(self) -> Ints:
        """(n,) tokens of each unit with the blank before it: they add up to the text's only roughly."""
        return self.scored.costs

    @property
    def priority(self) -> Priorities:
        """(n,) FREE, PREFERRED, PINNED."""
        return self.scored.priority

    @property
    def mask(self) -> Bools:
        """(n,) kept: chosen, less the punctuation whose words went."""
        return self.edits.mask

    @property
    def starts(self) -> Ints:
        """(k,) where the spans of the source that make up the compressed text start."""
        return self.edits.starts

    @property
    def ends(self) -> Ints:
        """(k,) where they end."""
        return self.edits.ends

    def pieces(self) -> Iterator[tuple[Piece, bool]]:
        """Yield the tiles of the source: each unit and each gap, and whether it is in the text."""
        tiles = _edges(self.units)
        # (Of a gap, a part may stay: its line ends, but not its indentation.)
        edges = np.union1d(tiles, np.concatenate((self.starts, self.ends)))
        numbers = (np.searchsorted(tiles, edges[:-1], side="right") - 1).tolist()
        kept = covered(edges[:-1], self.starts, self.ends).tolist()
        scores, why = self.scores.tolist(), _reasons(self)
        for i, start, end, keep in zip(numbers, edges.tolist(), edges[1:].tolist(), kept, strict=False):
            unit = i // 2  # even tiles lie before a unit's body (a gap), odd ones are bodies
            yield (Piece(start, end, scores[unit], why[unit]) if i % 2 else Piece(start, end, None, "gap")), keep


def _edges(units: Units) -> Ints:
    """Edges of the tiles gap, body, gap, body, ..., gap: (2 n + 2,)."""
    edges = np.empty(2 * len(units) + 2, np.int64)
    edges[0], edges[-1] = 0, len(units.text)
    edges[1:-1:2], edges[2:-1:2] = units.starts, units.ends
    return edges


def covered(points: Ints, starts: Ints, ends: Ints) -> Bools:
    """Whether each point lies in one of the sorted spans."""
    if not starts.size:
        return np.zeros(points.size, np.bool_)
    at = np.searchsorted(starts, points, side="right") - 1
    inside: Bools = (at >= 0) & (points < ends[at])
    return inside


def _reasons(selection: Selection) -> list[str]:
    """Say of every word why it was kept or dropped."""
    preferred = np.zeros(len(selection.units), np.bool_) if selection.preferred is None else selection.preferred
    kept = np.where(preferred, "preferred", "score").astype(object)
    kept[selection.priority == PINNED] = "pinned"
    dropped = np.where(selection.chosen, "punctuation", "score").astype(object)
    if selection.excluded is not None:
        dropped[selection.excluded] = "relevance"
    if (none := asides(selection.units)) is not None:
        dropped[none] = "aside"
    reasons: list[str] = np.where(selection.mask, kept, dropped).tolist()
    return reasons
