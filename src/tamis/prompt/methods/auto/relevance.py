"""Relevance to a question: what is known of every sentence and word, and one score made of it.

What of the text is read with the question, and how closely, `cascade` decides. A sentence's relevance is a fixed linear
blend of its own and its passage's features, a word's score is that plus what the word itself promises. One selection
over these scores goes from coarse to fine: first the sentences of good passages, in them first the words that may be
the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tamis.core import Bools, Floats, Ints
from tamis.prompt.methods.auto.cascade import looks
from tamis.prompt.methods.auto.features import encoder_of, okapi, terms
from tamis.prompt.methods.auto.layout import PassageLayout, layout
from tamis.prompt.methods.auto.pooling import best_of, log_sum_exp
from tamis.prompt.methods.auto.salience import closed
from tamis.prompt.request import Request

FEATURES = (
    "sentence",  # cosine of the question and the titled sentence
    "passage",  # the largest cosine of a sentence of its passage
    "evidence",  # mean evidence logit of its words
    "answer",  # best answer logit of its words
    "passage evidence",  # log-sum-exp of the evidence of the passage's sentences
    "passage answer",  # best answer logit in the passage
    "words",  # BM25 of the sentence's stems, 1 for the best
    "passage words",  # BM25 of the titled passage's stems, 1 for the best
    "unread",  # 1 if the cross-encoder did not read the passage
    "named",  # 1 if one of the best sentences says the passage's title
    "shared",  # BM25 of the passage to what the best sentences say and the question does not, 1 for the best
)
FIRST = 9  # features of the first look; the others depend on it
LOOK = 5  # best sentences of the first look, which point further


@dataclass(frozen=True, eq=False)
class Judged:
    """What is known of one request.

    Attributes:
        laid: its sentences and passages.
        features: (s, len(FEATURES)) of each sentence.
        answer: (n,) answer logit of each word; the least of all for words that were not read with the question.
        evidence: (n,) evidence logit of each word, likewise.
        read: (p,) passages that the cross-encoder read.
        encoded: (s,) sentences whose cosine is known rather than estimated.
    """

    laid: PassageLayout
    features: Floats
    answer: Floats
    evidence: Floats
    read: Bools
    encoded: Bools


def judged(requests: Sequence[Request]) -> list[Judged]:
    """Read the requests and their questions."""
    return [_judge(request, layout(request)) for request in requests]


def _judge(request: Request, at: PassageLayout) -> Judged:
    seen = looks(encoder_of(request), request, at)
    over, count = at.passage_of, len(at.passages)
    features = np.stack(
        [
            seen.sentence,
            seen.passage[over],
            seen.own_evidence,
            seen.own_answer,
            log_sum_exp(seen.own_evidence, over, count)[over],
            best_of(seen.own_answer, over, count)[over],
            seen.lexical,
            seen.passage_lexical[over],
            ~seen.read[over],
        ],
        axis=1,
    )
    best = _first_look(at, features)
    pointed = [_named(request, at, best), _shared(request, at, best)]
    features = np.column_stack([features, *(values[over] for values in pointed)])
    return Judged(at, features, seen.answer, seen.evidence, seen.read, seen.encoded)


def _first_look(at: PassageLayout, features: Floats) -> Ints:
    """Numbers of the best sentences by the first features; titles and headings say nothing by themselves."""
    raw = np.where(at.heading, -np.inf, features @ np.array(FUSION.weights[:FIRST]))
    order = np.argsort(-raw, kind="stable")[:LOOK]
    best: Ints = order[np.isfinite(raw[order])]
    return best


def _named(request: Request, at: PassageLayout, best: Ints) -> Floats:
    """(p,) 1 for a passage whose title, word for word, stands in a best sentence of a passage with another title."""
    titles = [_spaced(p.title) for p in at.passages]
    best_pairs = [(titles[at.passage_of[i]], _spaced(at.sentences[i].of(request.text))) for i in best.tolist()]
    return np.array(
        [float(t.strip() != "" and any(t in s for own, s in best_pairs if own != t)) for t in titles], np.float64
    )


def _spaced(text: str) -> str:
    """The words of a text in lower case, a blank around each.

    Example: "Rowe's mill, 1826" -> " rowe's mill 1826 "
    """
    return f" {' '.join(terms(text)).lower()} "


def _shared(request: Request, at: PassageLayout, best: Ints) -> Floats:
    """(p,) BM25 of the passages that hold no best sentence to what these say beyond the question; 1 for the best."""
    query_terms = {word.lower() for word in terms(request.question or "")}
    new = {word.lower() for i in best.tolist() for word in terms(at.sentences[i].of(request.text))} - query_terms
    over = at.passage_of[at.sentence_of] if len(at.sentences) else at.sentence_of
    scores = okapi(request.units.bodies(), over, len(at.passages), new)
    scores[at.passage_of[best]] = 0.0
    return scores / max(float(scores.max(initial=0.0)), 1e-9)


@dataclass(frozen=True, slots=True)
class Fusion:
    """How features become scores. Fitted by `python -m training fusion train` on the dev articles only.

    Attributes:
        weights: of `FEATURES`.
        answer: weight of a word's answer logit beside its sentence's relevance.
        keep: weight of what any reader needs of it.
        preferred: bonus of a word that a detector found (numbers, names, negations).
        punctuation: malus of punctuation.
        length: malus for each doubling of a sentence's words: two short sentences say more than a long one.
        heading: malus of a title below the best sentence that stands under it.
    """

    weights: tuple[float, ...]
    answer: float = 0.0
    keep: float = 0.0
    preferred: float = 0.0
    punctuation: float = 0.0
    length: float = 0.0
    heading: float = 0.0


# On 400 dev questions an answer is kept in 98 / 96 / 93 % at 10x / 20x / 40x (`embedding-sentences`: 92 / 85 / 77 %).
FUSION = Fusion(
    # Searched by hand around the listwise fit, on the dev articles at 3,400 and 8,000 tokens. The last two by a search
    # on HotpotQA and MuSiQue: without them 3 to 6 points fewer answers stay at 2x / 4x / 8x (docs/lab-log.md).
    weights=(6.336, 4.9, -0.095, 0.45, 0.088, 0.004, 0.2, 0.2, 2.0, 3.0, 1.0),
    answer=0.3,
    preferred=0.25,
    punctuation=0.5,
    heading=1.0,
)
REACH = 3  # words: a gap this wide between two likely answer words is taken for a part of the answer
SURE = 8.0  # logits beyond this say no more


def sentence_scores(reading: Judged, fusion: Fusion) -> Floats:
    """(s,) relevance of each sentence; of a title or heading, that of the best sentence under it, less a malus."""
    raw = reading.features @ np.array(fusion.weights)
    size = np.bincount(reading.laid.sentence_of, minlength=raw.size)
    raw = raw - fusion.length * np.log2(np.maximum(size, 1))
    body = np.where(reading.laid.heading, -np.inf, raw)
    best = best_of(body, reading.laid.passage_of, len(reading.laid.passages))[reading.laid.passage_of]
    return np.where(reading.laid.heading, np.where(np.isfinite(best), best, raw) - fusion.heading, raw)


def word_scores(request: Request, reading: Judged, keep: Floats, fusion: Fusion) -> Floats:
    """(n,) score of each word: its sentence's relevance and what it promises itself.

    keep -- (n,) how much any reader needs each word, see `salience`
    """
    sentence = sentence_scores(reading, fusion)
    own = fusion.answer * np.clip(closed(reading.answer, REACH), -SURE, SURE)
    own = own + fusion.keep * keep + fusion.preferred * request.preferred
    return sentence[reading.laid.sentence_of] + own - fusion.punctuation * request.units.punct
