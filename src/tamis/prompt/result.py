"""The result: the compressed text, and everything that was dropped and why."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from tamis.errors import InvalidInput
from tamis.prompt.documents.source import Source
from tamis.prompt.forms.mixed import kinds_of
from tamis.prompt.guards import Risk, guard
from tamis.prompt.kinds.kind import Part
from tamis.prompt.pins import fate
from tamis.prompt.relevance import Relevance, doubts
from tamis.prompt.request import Request
from tamis.prompt.selection import Piece, Selection, Shown
from tamis.prompt.task import Task, budget_in_words
from tamis.text.edits import Insertion
from tamis.text.protect import Detection
from tamis.text.render import join

if TYPE_CHECKING:
    from rich.console import RenderableType


@dataclass(frozen=True)
class Compression:
    """A compressed text that remembers its source.

    Attributes:
        text: the compressed text: the source with spans deleted; forms other than prose may insert what says so.
        tokens, original_tokens: counted by `tokenizer`, never estimated.
        tokenizer, method, model: what counted, what decided.
        budget: what was asked for, in words: "rate 0.33", "500 tokens", "threshold 0.5".
        question: what the compression was aimed at, if anything.
        style: what the text is made of: "clauses", "sentences" or "words".
        kinds: the parts of the source, each with its kind and what it was recognised by.
        protected: what detectors or the caller found, and is still in.
        sacrificed: what detectors found, and had to go because the budget was spent.
        selection: the decision on every word, or other unit.
        documents: the documents of `source`, in the order in which they are shown, with what their ranker said.
        ranker: what ranked them; None where nothing did.
        relevance: how likely the source holds an answer to the question, 0 to 1, calibrated on questions with and
            without one: that of its best document. None without a question, and for methods that do not judge it (all
            but "auto", unless `min_relevance` asks for it). Of lines (logs, code, data) it is the score of the best
            one, which orders documents and is not calibrated.
        min_relevance: what documents had to reach to stay, if anything.
        remarks: what was done about the risk of it, in sentences (`Options.on_risk`).
    """

    text: str
    tokens: int
    original_tokens: int
    tokenizer: str
    method: str
    model: str | None
    budget: str
    question: str | None
    protected: tuple[Detection, ...]
    sacrificed: tuple[Detection, ...]
    selection: Selection
    documents: tuple[Shown, ...] = ()
    ranker: str | None = None
    relevance: float | None = None
    min_relevance: float | None = None
    style: str = "words"
    remarks: tuple[str, ...] = ()
    kinds: tuple[Part, ...] = ()

    @property
    def source(self) -> str:
        """The text that was compressed (documents joined by blank lines, without `<keep>` tags)."""
        return self.selection.units.text

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
        """What is kept, in order: concatenated, these pieces are `text`, but for `inserted`."""
        return tuple(piece for piece, kept in self.selection.pieces() if kept)

    @cached_property
    def dropped(self) -> tuple[Piece, ...]:
        """What is dropped, in order: with `kept`, these pieces tile the source."""
        return tuple(piece for piece, kept in self.selection.pieces() if not kept)

    @property
    def inserted(self) -> tuple[Insertion, ...]:
        """What stands in `text` and not in the source; nothing in prose."""
        return self.selection.edits.insertions

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader should know before the text is used, in sentences; mostly nothing."""
        return (*doubts(self.relevance, self.min_relevance), *self.remarks)

    @cached_property
    def risk(self) -> Risk:
        """How likely the text misleads: its numbers, denials, names and the question's terms beside the source's.

        What stands in place of what was left out ("… 212 lines …") says nothing about it.
        """
        edits = self.selection.edits
        return guard(self.source, join(self.source, edits.starts, edits.ends), question=self.question)

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
            "relevance": None if self.relevance is None else round(self.relevance, 4),
            "warnings": list(self.warnings),
            "kinds": [part.to_dict() for part in self.kinds],
            "documents": [asdict(d) for d in self.documents],
            "kept": [_as_dict(p) for p in self.kept],
            "dropped": [_as_dict(p) for p in self.dropped],
            "sacrificed": [{"start": f.span.start, "end": f.span.end, "rule": f.rule} for f in self.sacrificed],
        }

    def to_html(self, *, title: str | None = None) -> str:
        """Return a self-contained page: what went and what stayed, a heat map of the scores, a rate slider."""
        from tamis.prompt.views.page import page  # (only who asks for a page loads the frame)

        return page(self, title=title)

    def __str__(self) -> str:
        return self.text

    def __rich__(self) -> RenderableType:
        from tamis.prompt.views.terminal import paint  # (rich is slow to import)

        return paint(self)


def result_of(request: Request, selection: Selection, task: Task, chances: Relevance | None = None) -> Compression:
    """What the caller gets.

    Raises:
        InvalidInput: a form from outside that rendered what is not well-formed in it.
    """
    source, text = request.source, selection.edits.of(request.text)
    if not task.form.check(text) and task.form.check(source.text):
        raise InvalidInput(f"The form {type(task.form).__name__!r} rendered what it does not accept: {text!r:.80}.")
    whole, broken = fate((*source.pinned, *source.preferred), selection.units, selection.mask)
    return Compression(
        text=text,
        tokens=task.count(text),
        original_tokens=task.count(source.text),
        tokenizer=task.count.name,
        method=task.method.name,
        model=task.model if task.method.model else None,
        budget=budget_in_words(task.budget),
        question=request.question,
        protected=whole,
        sacrificed=broken,
        selection=selection,
        documents=_documents(source, chances),
        ranker=source.ranking.ranker if source.ranking else None,
        relevance=chances.best if chances is not None else None,
        min_relevance=task.min_relevance,
        style=task.style.name,
        kinds=kinds_of(task.form, task.options.form, request.units),
    )


def _documents(source: Source, chances: Relevance | None) -> tuple[Shown, ...]:
    """The documents as the result lists them."""
    relevant = chances.chances if chances is not None else {}
    scores: dict[int, float] = {}
    if source.ranking is not None:
        ranked = zip(source.best_first, source.ranking.order, strict=True)
        scores = {number: float(source.ranking.scores[i]) for number, i in ranked}
    # (a document without a word has the merit -inf, which is no score, and no JSON)
    finite = {number: score for number, score in scores.items() if np.isfinite(score)}
    spans = zip(source.numbers, source.documents, strict=True)
    return tuple(
        Shown(number, s.start, s.end, finite.get(i), relevant.get(number)) for i, (number, s) in enumerate(spans)
    )


def _as_dict(piece: Piece) -> dict[str, Any]:
    score = None if piece.score is None else round(piece.score, 4)
    return {"start": piece.start, "end": piece.end, "score": score, "reason": piece.reason}
