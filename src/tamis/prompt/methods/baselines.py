"""Baselines under the interface of every method: what a learned scorer has to beat.

Deterministic, and as good as their name allows. Scores lie in 0..1 so that thresholds mean something; words with equal
scores are kept from the left.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tamis.core import Floats
from tamis.prompt.methods.auto.features import Bags, bm25, cosines, load_encoder
from tamis.prompt.methods.auto.layout import layout
from tamis.prompt.methods.protocol import Method
from tamis.prompt.request import Request
from tamis.text.function_words import FUNCTION_WORDS


def random_words(requests: Sequence[Request]) -> list[Floats]:
    """Score words at random, by the seed of the options and never by what they say."""
    return [np.random.Generator(np.random.PCG64(r.options.seed)).random(len(r.units)) for r in requests]


def truncate(requests: Sequence[Request]) -> list[Floats]:
    """Score words by their place: the beginning stays."""
    return [_falling(len(r.units)) for r in requests]


def stopwords(requests: Sequence[Request]) -> list[Floats]:
    """Score content words above function words and punctuation; within each kind the beginning stays."""
    return [(_content(r) + _falling(len(r.units))) / 2 for r in requests]


def _content(request: Request) -> Floats:
    function = np.array([body.lower().replace("’", "'") in FUNCTION_WORDS for body in request.units.bodies()], np.bool_)
    return (~function & ~request.units.punct).astype(np.float64)


def _falling(size: int) -> Floats:
    return 1 - np.arange(size) / max(size, 1)


def tfidf_words(requests: Sequence[Request]) -> list[Floats]:
    """Score words by tf-idf, the sentences of the text itself being the documents: nothing learned."""
    return [_tfidf(r) for r in requests]


def _tfidf(request: Request) -> Floats:
    bags = Bags(request.units.bodies(), request.sentence_of, len(request.sentences))
    idf = np.log((1 + max(bags.sentences, 1)) / (bags.spread + 0.5))  # (blank documents have no sentence)
    raw = bags.counts[bags.pair_of_word] * idf[bags.terms]
    return np.asarray(raw / max(float(raw.max(initial=0.0)), 1e-9), np.float64)


def bm25_sentences(requests: Sequence[Request]) -> list[Floats]:
    """Score every word by its sentence's BM25 to the question."""
    scored: list[Floats] = []
    for request in requests:
        laid = layout(request)
        raw = bm25(request, laid.sentence_of, len(laid.sentences))
        scored.append((raw / (1 + raw))[laid.sentence_of])
    return scored


def embedding_sentences(requests: Sequence[Request]) -> list[Floats]:
    """Score every word by cos(question, title + sentence) + cos(question, passage): the strong untrained baseline."""
    layouts = [layout(r) for r in requests]
    pairs = zip(cosines(requests, layouts), layouts, strict=True)
    return [((s + p[at.passage_of] + 2) / 4)[at.sentence_of] for (s, p), at in pairs]


RANDOM = Method("random", random_words, "words at random (baseline)")
TRUNCATE = Method("truncate", truncate, "the beginning of the text (baseline)")
STOPWORDS = Method("stopwords", stopwords, "function words go first, from the end (baseline)")
TFIDF = Method("tfidf-words", tfidf_words, "words rare in the text's own sentences stay (baseline)")
BM25 = Method("bm25-sentences", bm25_sentences, "sentences by BM25 to the question (baseline)", needs_question=True)
EMBEDDING = Method(
    "embedding-sentences",
    embedding_sentences,
    "sentences by cosine to the question, plus their document's (strong baseline)",
    needs_question=True,
    model="mini",
    load=load_encoder,
)
