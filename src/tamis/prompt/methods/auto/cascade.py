"""What of a text is read for a question: all of it cheaply, the promising parts dearly.

A cascade (Wang, Lin & Metzler 2011): each look costs more a word than the one before it and is given fewer words.

    BM25 of stems          of every sentence and passage; no model
    sentence vectors       of the lexically best sentence of each passage; of another where that leaves a doubt
    the cross-encoder      of the passages that are then near the best one, `READ` words of them at most
    sentence vectors       of all sentences of the best of those, `ENCODED` words of them at most

A text of up to `WHOLE` words gets every look at all of it. What was not looked at is given an estimate by what was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tamis.core import Bools, Floats, Ints
from tamis.prompt.methods.auto.features import lexical, titled, titled_sentence
from tamis.prompt.methods.auto.layout import PassageLayout
from tamis.prompt.methods.auto.pooling import best_of, floored, pooled
from tamis.prompt.request import Request
from tamis.text.align import pool_tokens

if TYPE_CHECKING:
    from tamis.models.encoder import Mini

WHOLE = 1800  # words and punctuation of a text that is read whole
READ = 2000  # of the passages that the cross-encoder reads, at most
NEAR = 0.25  # how far behind the best passage another may be and is still read; cosines
DOUBT = 0.4  # up to here behind it, a passage gets a second sentence before it is passed over
LEAST = 400  # words that are read however far behind
ENCODED = 600  # words of the passages whose sentences all get a vector
SHORT = 0.3  # of equal BM25 a shorter sentence goes first: BM25 by words to this power (half of the cost is length)
LEXICAL = 0.1  # weight of a passage's BM25 beside the cosine of its best sentence
STEP, LIFT = 0.1, 0.1  # a sentence without a vector: this far below its passage's best, up to so much more by its BM25
# What tells which of the passages that were read is best: cosine, best answer and evidence logits, BM25.
BEST = (6.0, 0.25, 0.2, 1.5)


@dataclass(frozen=True, eq=False)
class Looks:
    """What the looks at one text say.

    Attributes:
        sentence: (s,) cosine of the question and each titled sentence; an estimate where it was not `encoded`.
        encoded: (s,) sentences with a vector.
        passage: (p,) the cosine of the best sentence of each passage that has a vector.
        lexical, passage_lexical: (s,), (p,) BM25 of stems, 1 for the best.
        read: (p,) passages that the cross-encoder read.
        evidence, answer: (n,) its logits of each word; the least of all where it did not read.
        own_evidence, own_answer: (s,) mean evidence and best answer of each sentence's words.
    """

    sentence: Floats
    encoded: Bools
    passage: Floats
    lexical: Floats
    passage_lexical: Floats
    read: Bools
    evidence: Floats
    answer: Floats
    own_evidence: Floats
    own_answer: Floats


def looks(mini: Mini, request: Request, at: PassageLayout) -> Looks:
    """Look at a text for its request's question."""
    lexicals = lexical(request, at)
    vectors, sizes = _Cosines(mini, request, at), _Sizes.of(at)
    whole = sizes.total <= WHOLE
    read = np.ones(len(at.passages), np.bool_)
    if whole:
        vectors.encode(np.ones(len(at.sentences), np.bool_))
    else:
        read = worth_reading(_promise(vectors, at, sizes, lexicals), sizes.passages)
    evidence, answer, known = _read(mini, request, at, np.flatnonzero(read))
    own = pooled(evidence, at.sentence_of, len(at.sentences), known), best_of(answer, at.sentence_of, len(at.sentences))
    if not whole:
        merit = _merit(at, vectors.passage(), own, lexicals[1])
        best = _within(np.where(read, merit, -np.inf), sizes.passages, ENCODED) & read
        vectors.encode(best[at.passage_of])
    return Looks(
        vectors.estimated(lexicals[0]), vectors.encoded, vectors.passage(), *lexicals, read, evidence, answer, *own
    )


@dataclass(frozen=True, slots=True)
class _Sizes:
    """Words of each sentence, of each passage, and of the text."""

    sentences: Ints
    passages: Ints
    total: int

    @staticmethod
    def of(at: PassageLayout) -> _Sizes:
        sentences = np.bincount(at.sentence_of, minlength=len(at.sentences))
        passages = np.bincount(at.passage_of, sentences, minlength=len(at.passages)).astype(np.int64)
        return _Sizes(sentences, passages, int(sentences.sum()))


class _Cosines:
    """Cosines of the question and titled sentences, encoded when they are asked for."""

    def __init__(self, mini: Mini, request: Request, at: PassageLayout) -> None:
        self._mini, self._request, self._at = mini, request, at
        self._question = mini.vectors([request.question or ""])[0].astype(np.float64)
        self.encoded = np.zeros(len(at.sentences), np.bool_)
        self._values = np.zeros(len(at.sentences))

    def encode(self, mask: Bools) -> None:
        """Encode some sentences, those that were not yet."""
        new = np.flatnonzero(mask & ~self.encoded)
        if new.size:
            texts = [titled_sentence(self._request, self._at, i) for i in new.tolist()]
            self._values[new] = self._mini.vectors(texts) @ self._question
            self.encoded[new] = True

    def passage(self) -> Floats:
        """(p,) the best cosine of each passage; headings count where nothing else stands under them."""
        at, best = self._at, np.full(len(self._at.passages), -np.inf)
        for group in (self.encoded & ~at.heading, self.encoded):
            empty = ~np.isfinite(best[at.passage_of])
            np.maximum.at(best, at.passage_of[group & empty], self._values[group & empty])
        return floored(best, np.isfinite(best))

    def estimated(self, lexical_scores: Floats) -> Floats:
        """(s,) the cosines, and estimates of those that nobody asked for."""
        guess = self.passage()[self._at.passage_of] - STEP + LIFT * lexical_scores
        return np.where(self.encoded, self._values, guess)


def _promise(vectors: _Cosines, at: PassageLayout, sizes: _Sizes, lexicals: tuple[Floats, Floats]) -> Floats:
    """(p,) how promising each passage is: by one sentence, or two where the first leaves a doubt."""
    places = _places(at, (lexicals[0] + 1e-3) / np.maximum(sizes.sentences, 6) ** SHORT)
    vectors.encode(places == 0)
    merit = vectors.passage() + LEXICAL * lexicals[1]
    behind = merit.max(initial=-np.inf) - merit
    vectors.encode((places == 1) & ((behind > NEAR) & (behind < DOUBT))[at.passage_of])
    return vectors.passage() + LEXICAL * lexicals[1]


def _places(at: PassageLayout, scores: Floats) -> Ints:
    """(s,) the place of each sentence in its passage, best first, the first of equals before; headings come last."""
    count = len(at.sentences)
    order = np.lexsort((np.arange(count), -scores, at.heading, at.passage_of))
    first = np.searchsorted(at.passage_of, np.arange(len(at.passages)))
    places = np.empty(count, np.int64)
    places[order] = np.arange(count) - first[at.passage_of[order]]
    return places


def worth_reading(merit: Floats, sizes: Ints) -> Bools:
    """(p,) the passages near the best one, as many as `READ` words hold; the best always, and `LEAST` words of them.

    merit -- (p,) how promising each is
    sizes -- (p,) words of each
    """
    near = merit >= merit.max(initial=-np.inf) - NEAR
    read: Bools = (_within(merit, sizes, READ) & near) | _within(merit, sizes, LEAST)
    return read


def _within(merit: Floats, sizes: Ints, limit: int) -> Bools:
    """(p,) the best passages, as many as some words hold, at least one."""
    order = np.argsort(-merit, kind="stable")
    fitting = np.cumsum(sizes[order]) <= limit
    fitting[:1] = True
    mask = np.zeros(merit.size, np.bool_)
    mask[order[fitting]] = True
    return mask


def _merit(at: PassageLayout, cosine: Floats, own: tuple[Floats, Floats], lexical_scores: Floats) -> Floats:
    """(p,) how good each passage is that was read."""
    evidence, answer = (best_of(values, at.passage_of, len(at.passages)) for values in own)
    merit: Floats = np.stack([cosine, answer, evidence, lexical_scores], axis=1) @ np.array(BEST)
    return merit


def _read(mini: Mini, request: Request, at: PassageLayout, numbers: Ints) -> tuple[Floats, Floats, Bools]:
    """(n,) evidence and answer of each word, and which words were read; the others are worth the least of these."""
    passages = [at.passages[i] for i in numbers.tolist()]
    heads = mini.relevance(request.question or "", [titled(request, p) for p in passages])
    shifts = [p.span.start - (len(p.title) + 1 if p.title else 0) for p in passages]
    offsets = np.concatenate([np.zeros((0, 2), np.int64), *(s.offsets + d for s, d in zip(heads, shifts, strict=True))])
    inside = np.concatenate(
        [
            np.zeros(0, np.bool_),
            *(s.offsets[:, 0] + d >= p.span.start for s, d, p in zip(heads, shifts, passages, strict=True)),
        ]
    )
    starts, ends = request.units.starts, request.units.ends

    def words(name: str, how: str) -> Floats:
        values = np.concatenate([np.zeros(0), *(s.values[name] for s in heads)])
        return pool_tokens(offsets[inside], values[inside], starts, ends, how=how, fill=-np.inf)

    evidence, answer = words("evidence", "mean"), words("answer", "max")
    read = np.isfinite(evidence)
    return floored(evidence, read), floored(answer, read), read
