"""The methods by name: a new one is a file beside this one, and a line here."""

from __future__ import annotations

from dataclasses import replace

from tamis.errors import unknown
from tamis.prompt.methods.auto.scorer import AUTO
from tamis.prompt.methods.baselines import BM25, EMBEDDING, RANDOM, STOPWORDS, TFIDF, TRUNCATE
from tamis.prompt.methods.extracts import CENTROID, LEAD, LEXRANK, TEXTRANK
from tamis.prompt.methods.llmlingua import LLMLINGUA, LONGLLMLINGUA
from tamis.prompt.methods.llmlingua2 import LLMLINGUA2
from tamis.prompt.methods.protocol import Method, Scorer, checked

METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        AUTO,
        LLMLINGUA2,
        LLMLINGUA,
        LONGLLMLINGUA,
        RANDOM,
        TRUNCATE,
        STOPWORDS,
        TFIDF,
        LEAD,
        TEXTRANK,
        LEXRANK,
        CENTROID,
        BM25,
        EMBEDDING,
    )
}


def method_of(method: str | Method | Scorer) -> Method:
    """A method by its name; or a `Method`, or any callable that scores, of the caller's own.

    A callable gets a list of `Request`s and returns an array of scores for each, one a unit, higher = keep.

    Raises:
        UnknownName: neither a known name nor a callable.
    """
    if isinstance(method, str) and method in METHODS:
        return METHODS[method]
    if isinstance(method, Method):
        return replace(method, score=checked(method.name, method.score))
    if isinstance(method, str) or not callable(method):
        raise unknown("method", method, METHODS)
    name = str(getattr(method, "__name__", type(method).__name__))
    return Method(name, checked(name, method))
