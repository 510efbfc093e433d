"""Rankers that read: our best, sentence vectors, and cross-encoders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from tamis.core import Floats, Span
from tamis.prompt.documents.rankers.lexical import bm25
from tamis.prompt.documents.source import SEPARATOR, Source
from tamis.prompt.methods.auto.evidence import chances, readings
from tamis.prompt.methods.auto.relevance import FUSION, sentence_scores
from tamis.prompt.options import Options
from tamis.prompt.request import Request
from tamis.text.words import words

# Weight of BM25, 1 for the best document, beside the relevance of the best sentence. It raises recall at 5 of the
# multi-document questions from 76.8 to 78.2 %, and up to 3 it changes nothing on SQuAD's dev articles.
WORDS = 2.0


@dataclass(frozen=True)
class Auto:
    """Our best: the relevance of a document's best sentence, judged as `compress` does, and BM25 of the whole.

    How sentences are judged stands in `methods/auto/relevance.py`. A document that answers nothing but is about a name
    in the question has words in common with it: the first hop of questions that need two documents.

    Attributes:
        model: the small encoder to use.
        threads: that it may use.
    """

    model: str = "mini"
    threads: int | None = None

    def __call__(self, question: str | None, documents: Sequence[str]) -> Floats:
        """Return the score of each document."""
        request = _request(question, tuple(documents), self.model, self.threads)
        (reading,) = readings([request])
        starts = np.array([document.start for document in request.documents])
        sentences = np.array([sentence.start for sentence in reading.laid.sentences])
        owner = np.searchsorted(starts, sentences, side="right") - 1
        best = np.full(len(documents), -np.inf)
        np.maximum.at(best, owner, sentence_scores(reading, FUSION))
        lexical = bm25(question, documents)
        return best + WORDS * lexical / max(float(lexical.max()), 1e-9)

    def relevance(self, question: str | None, documents: Sequence[str]) -> Floats:
        """Return how likely each document holds an answer, 0 to 1; right after the scores it costs no reading."""
        (judgement,) = chances([_request(question, tuple(documents), self.model, self.threads)])
        return judgement


@lru_cache(maxsize=1)  # (so that scores and relevance come of one reading)
def _request(question: str | None, documents: tuple[str, ...], model: str, threads: int | None) -> Request:
    units = words(SEPARATOR.join(documents))
    ends = np.cumsum([len(document) + len(SEPARATOR) for document in documents]) - len(SEPARATOR)
    spans = tuple(Span(int(end) - len(d), int(end)) for d, end in zip(documents, ends.tolist(), strict=True))
    nothing = np.zeros(len(units), np.bool_)
    return Request(units, Source(units.text, spans), nothing, question, model, Options(threads=threads))


@dataclass(frozen=True)
class Embedding:
    """The product of the vectors of question and document: their cosine, for nearly every model.

    Attributes:
        model: "mini", or a folder or hub id of a sentence-transformers model (extra `torch`).
        threads: for the embedded model.
        query_prefix: what goes before the question; None = what the model's configuration says.
        document_prefix: what goes before a document; None = what the model's configuration says.
    """

    model: str = "mini"
    threads: int | None = None
    query_prefix: str | None = None
    document_prefix: str | None = None

    def __call__(self, question: str | None, documents: Sequence[str]) -> Floats:
        """Return the score of each document."""
        from tamis.models.sentence import SentenceModel, load_sentences

        encoder = load_sentences(self.model, threads=self.threads)
        says = encoder.prompts if isinstance(encoder, SentenceModel) else {}
        before_question = says.get("query", "") if self.query_prefix is None else self.query_prefix
        before = says.get("document", "") if self.document_prefix is None else self.document_prefix
        texts = [f"{before_question}{question or ''}", *(f"{before}{document}" for document in documents)]
        vectors = encoder.vectors(texts).astype(np.float64)
        product: Floats = vectors[1:] @ vectors[0]
        return product


@dataclass(frozen=True)
class Reranking:
    """The logit of a cross-encoder that reads question and document together (extra `torch`).

    Attributes:
        model: folder or hub id of a sequence classifier of transformers with one label, or two.
    """

    model: str = "cross-encoder/ms-marco-MiniLM-L6-v2"

    def __call__(self, question: str | None, documents: Sequence[str]) -> Floats:
        """Return the score of each document."""
        from tamis.models.reranker import load_reranker

        return load_reranker(self.model).scores(question or "", documents)
