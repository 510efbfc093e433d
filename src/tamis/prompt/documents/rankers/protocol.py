"""What every ranker's arguments and scores are held to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tamis.core import Floats
from tamis.errors import InvalidInput, ModelError, TamisError
from tamis.prompt.documents.ranking import Ranker


@dataclass(frozen=True)
class Checked:
    """A ranker whose arguments and scores are checked: a callable of the user's, or one of ours.

    Attributes:
        name: what errors call it.
        inner: the ranker itself; it never sees a blank question, but None.
        needs_question: refuses to work without one.
        blame: the error for scores that cannot be used.
    """

    name: str
    inner: Ranker
    needs_question: bool = False
    blame: type[TamisError] = InvalidInput

    def __call__(self, question: str | None, documents: Sequence[str]) -> Floats:
        """Return the scores, (d,) finite.

        Raises:
            InvalidInput: no list of texts, no question where one is needed, or scores that cannot be used.
        """
        texts, query = _texts(documents), _question(question)
        if self.needs_question and query is None:
            hint = "Pass a question; without one there is ranker='perplexity', which puts the most informative first."
            raise InvalidInput(f"The ranker {self.name!r} needs a question, got {question!r:.80}.", hint=hint)
        if not texts:
            return np.zeros(0)
        return self._usable(self.inner(query, texts), len(texts))

    def relevance(self, question: str | None, documents: Sequence[str]) -> Floats | None:
        """(d,) how likely each document holds an answer, 0 to 1; None where the ranker does not judge it."""
        texts, query = _texts(documents), _question(question)
        return self.inner.relevance(query, texts) if isinstance(self.inner, Distinct) and query else None

    def _usable(self, scores: object, count: int) -> Floats:
        try:
            row: Floats = np.array(scores, np.float64)
        except (TypeError, ValueError) as error:
            raise self.blame(f"The ranker {self.name!r} gave no numbers: {scores!r:.80}.") from error
        if row.shape != (count,):
            hint = "One number a document."
            raise self.blame(f"The ranker {self.name!r} gave {row.shape} scores for {count} documents.", hint=hint)
        if (strange := np.flatnonzero(~np.isfinite(row))).size:
            at = int(strange[0])
            raise self.blame(f"The ranker {self.name!r} scored document {at} as {row[at]}.", hint="Scores are finite.")
        return row


@dataclass(frozen=True)
class Distinct:
    """A ranker that is asked once about each different document, in an order that is always the same.

    So duplicates score alike, scores do not depend on the order in which documents are given (down to the last bit,
    where batches would change it), and nobody pays twice. Blank documents are not shown to the ranker: they score 1
    less than the least of the others, 0 where all are blank.
    """

    inner: Ranker

    def __call__(self, question: str | None, documents: Sequence[str]) -> Floats:
        """Return the scores of all documents from those of the different ones."""
        different = _different(documents)
        if not different:
            return np.zeros(len(documents))
        scores = np.asarray(self.inner(question, different), np.float64)
        if scores.shape != (len(different),):
            raise ModelError(f"A ranker gave {scores.shape} scores for {len(different)} documents.")
        place = {document: i for i, document in enumerate(different)}
        blank = scores.min() - 1
        return np.array([scores[place[d]] if d in place else blank for d in documents], np.float64)

    def relevance(self, question: str | None, documents: Sequence[str]) -> Floats | None:
        """Return the chances of all documents from those of the different ones; blank ones have none."""
        different = _different(documents)
        judge = getattr(self.inner, "relevance", None)
        if judge is None:
            return None
        told = dict(zip(different, judge(question, different).tolist(), strict=True)) if different else {}
        return np.array([told.get(document, 0.0) for document in documents], np.float64)


def _different(documents: Sequence[str]) -> list[str]:
    return sorted({document for document in documents if document.strip()})


def name_of(ranker: str | Ranker) -> str:
    """What a ranker is called in results and errors."""
    if isinstance(ranker, str):
        return ranker
    return ranker.name if isinstance(ranker, Checked) else str(getattr(ranker, "__name__", type(ranker).__name__))


def _texts(documents: object) -> tuple[str, ...]:
    if isinstance(documents, (str, bytes)) or not isinstance(documents, Sequence):
        raise InvalidInput(
            f"Expected a list of texts, got {type(documents).__name__}.", hint="Wrap one text in a list."
        )
    for number, document in enumerate(documents):
        if not isinstance(document, str):
            raise InvalidInput(f"Document {number} must be a text, got {type(document).__name__}.")
    return tuple(documents)


def _question(question: object) -> str | None:
    if question is not None and not isinstance(question, str):
        raise InvalidInput(f"A question must be a text, got {question!r:.80}.")
    return question if question and question.strip() else None
