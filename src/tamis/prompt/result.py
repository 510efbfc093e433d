"""The result: the compressed text, and everything that was dropped and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from tamis.core import PINNED, PREFERRED, Bools, Floats, Ints, Priorities
from tamis.text.protect import Found
from tamis.text.render import join
from tamis.text.words import Words

if TYPE_CHECKING:
    from rich.console import RenderableType


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the source that was kept or dropped whole.

    Attributes:
        start, end: half-open character offsets into the source.
        score: what the method thought of it, higher = keep; None for white space.
        reason: kept: "pinned", "preferred", "score", "gap"; dropped: "score", "gap", "punctuation".
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
    """

    number: int
    start: int
    end: int
    score: float | None


@dataclass(frozen=True, eq=False)
class Selection:
    """What was decided about the words of a source.

    Attributes:
        words: the units.
        scores: (n,) higher = keep.
        priority: (n,) FREE, PREFERRED, PINNED.
        chosen: (n,) selected within the budget.
        mask: (n,) kept: chosen, less the punctuation whose words went.
        starts, ends: the spans of the source that make up the compressed text.
        costs: (n,) tokens of each word with the blank before it: they add up to the text's only roughly.
    """

    words: Words
    scores: Floats
    priority: Priorities
    chosen: Bools
    mask: Bools
    starts: Ints
    ends: Ints
    costs: Ints


@dataclass(frozen=True)
class Compression:
    """A compressed text that remembers its source.

    Attributes:
        text: the compressed text: the source with spans deleted.
        tokens, original_tokens: counted by `tokenizer`, never estimated.
        tokenizer, method, model: what counted, what decided.
        budget: what was asked for, in words: "rate 0.33", "500 tokens", "threshold 0.5".
        question: what the compression was aimed at, if anything.
        protected: what detectors or the caller found, and is still in.
        sacrificed: what detectors found, and had to go because the budget was spent.
        selection: the decision on every word.
        documents: the documents of `source`, in the order in which they are shown, with what their ranker said.
        ranker: what ranked them; None where nothing did.
    """

    text: str
    tokens: int
    original_tokens: int
    tokenizer: str
    method: str
    model: str | None
    budget: str
    question: str | None
    protected: tuple[Found, ...]
    sacrificed: tuple[Found, ...]
    selection: Selection
    documents: tuple[Shown, ...] = ()
    ranker: str | None = None

    @property
    def source(self) -> str:
        """The text that was compressed (documents joined by blank lines, without `<keep>` tags)."""
        return self.selection.words.text

    @property
    def rate(self) -> float:
        """Kept tokens over original tokens; 1.0 for an empty source."""
        return self.tokens / self.original_tokens if self.original_tokens else 1.0

    @property
    def saved(self) -> int:
        """Tokens that are gone, by count."""
        return self.original_tokens - self.tokens

    @cached_property
    def kept(self) -> tuple[Piece, ...]:
        """What is kept, in order: concatenated, these pieces are `text`."""
        return tuple(piece for piece, kept in self._pieces() if kept)

    @cached_property
    def dropped(self) -> tuple[Piece, ...]:
        """What is dropped, in order: with `kept`, these pieces tile the source."""
        return tuple(piece for piece, kept in self._pieces() if not kept)

    def restore(self) -> str:
        """Rebuild the source from what was kept and what was dropped."""
        pieces = sorted([*self.kept, *self.dropped], key=lambda p: p.start)
        starts = np.array([p.start for p in pieces], np.int64)
        return join(self.source, starts, np.array([p.end for p in pieces], np.int64))

    def to_dict(self) -> dict[str, Any]:
        """Return what `tamis compress --json` prints."""
        return {
            "text": self.text,
            "tokens": self.tokens,
            "original_tokens": self.original_tokens,
            "rate": round(self.rate, 6),
            "budget": self.budget,
            "tokenizer": self.tokenizer,
            "method": self.method,
            "model": self.model,
            "question": self.question,
            "documents": [asdict(d) for d in self.documents],
            "kept": [_as_dict(p) for p in self.kept],
            "dropped": [_as_dict(p) for p in self.dropped],
            "sacrificed": [{"start": f.span.start, "end": f.span.end, "rule": f.rule} for f in self.sacrificed],
        }

    def to_html(self, *, title: str | None = None) -> str:
        """Return a self-contained page: what went and what stayed, a heat map of the scores, a rate slider."""
        from tamis.prompt.views.page import page  # only who asks for a page loads the template

        return page(self, title=title)

    def __str__(self) -> str:
        return self.text

    def __rich__(self) -> RenderableType:
        from tamis.prompt.views.terminal import paint  # rich is slow to import

        return paint(self)

    def _pieces(self) -> Iterator[tuple[Piece, bool]]:
        """Yield the tiles of the source: each word and each gap, and whether it is in the text."""
        s = self.selection
        edges = _edges(s.words)
        kept = _covered(edges[:-1], s.starts, s.ends).tolist()
        scores, why = s.scores.tolist(), _reasons(s)
        for i, (start, end, keep) in enumerate(zip(edges.tolist(), edges[1:].tolist(), kept, strict=False)):
            if start == end:
                continue
            unit = i // 2  # even tiles lie before a unit's body (a gap), odd ones are bodies
            yield (Piece(start, end, scores[unit], why[unit]) if i % 2 else Piece(start, end, None, "gap")), keep


def _edges(units: Words) -> Ints:
    """Edges of the tiles gap, body, gap, body, ..., gap: (2 n + 2,)."""
    edges = np.empty(2 * len(units) + 2, np.int64)
    edges[0], edges[-1] = 0, len(units.text)
    edges[1:-1:2], edges[2:-1:2] = units.starts, units.ends
    return edges


def _covered(points: Ints, starts: Ints, ends: Ints) -> Bools:
    """Whether each point lies in one of the sorted spans."""
    if not starts.size:
        return np.zeros(points.size, np.bool_)
    at = np.searchsorted(starts, points, side="right") - 1
    covered: Bools = (at >= 0) & (points < ends[at])
    return covered


def _reasons(selection: Selection) -> list[str]:
    """Say of every word why it was kept or dropped."""
    kept = np.where(selection.priority == PREFERRED, "preferred", "score").astype(object)
    kept[selection.priority == PINNED] = "pinned"
    dropped = np.where(selection.chosen, "punctuation", "score")
    reasons: list[str] = np.where(selection.mask, kept, dropped).tolist()
    return reasons


def _as_dict(piece: Piece) -> dict[str, Any]:
    score = None if piece.score is None else round(piece.score, 4)
    return {"start": piece.start, "end": piece.end, "score": score, "reason": piece.reason}
