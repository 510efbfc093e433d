"""Relevance to a question: what is known of every sentence and word, and one score made of it.

Passages are ranked by cosines; the best of them are read together with the question by the encoder's cross-encoder
heads. A sentence's relevance is a fixed linear blend of its own and its passage's features, a word's score is that plus
what the word itself promises. One selection over these scores goes from coarse to fine: first the sentences of good
passages, in them first the words that may be the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tamis.core import Bools, Floats, Ints
from tamis.prompt.methods.auto.features import bm25, cosines, encoder_of, okapi, terms, titled
from tamis.prompt.methods.auto.layout import PassageLayout, layout
from tamis.prompt.methods.auto.salience import closed
from tamis.prompt.request import Request
from tamis.text.align import pool_tokens

if TYPE_CHECKING:
    from tamis.models.encoder import Mini

READ = 6000  # words of the best passages that the cross-encoder reads: about 8,000 word pieces, half a second
FEATURES = (
    "sentence",  # cosine of the question and the titled sentence
    "passage",  # cosine of the question and the titled passage
    "evidence",  # mean evidence logit of its words
    "answer",  # best answer logit of its words
    "passage evidence",  # log-sum-exp of the evidence of the passage's sentences
    "passage answer",  # best answer logit in the passage
    "words",  # BM25 of the sentence, 1 for the best
    "passage words",  # BM25 of the passage, 1 for the best
    "named",  # 1 if one of the best sentences says the passage's title
    "shared",  # BM25 of the passage to what the best sentences say and the question does not, 1 for the best
)
FIRST = 8  # features of the first look; the others depend on it
LOOK = 5  # best sentences of the first look, which point further


@dataclass(frozen=True, eq=False)
class Judged:
    """What is known of one request.

    Attributes:
        laid: its sentences and passages.
        features: (s, len(FEATURES)) of each sentence.
        answer: (n,) answer logit of each word.
        evidence: (n,) evidence logit of each word.
    """

    laid: PassageLayout
    features: Floats
    answer: Floats
    evidence: Floats


def judged(requests: Sequence[Request]) -> list[Judged]:
    """Read the requests and their questions."""
    layouts = [layout(r) for r in requests]
    pairs = cosines(requests, layouts)
    mini = encoder_of(requests[0])
    return [_judge(mini, r, at, s, p) for r, at, (s, p) in zip(requests, layouts, pairs, strict=True)]


def _judge(mini: Mini, request: Request, at: PassageLayout, sentence: Floats, passage: Floats) -> Judged:
    evidence, answer, read = _read(mini, request, at, worth_reading(request, at, sentence, passage))
    of, groups = at.sentence_of, len(at.sentences)
    own_evidence = _pooled(evidence, of, groups, read)
    own_answer = _best(answer, of, groups)
    over = at.passage_of
    lexical, passage_lexical = bm25(request, of, groups), bm25(request, over[of] if groups else of, len(at.passages))
    features = np.stack(
        [
            sentence,
            passage[over],
            own_evidence,
            own_answer,
            _log_sum_exp(own_evidence, over, len(at.passages))[over],
            _best(own_answer, over, len(at.passages))[over],
            lexical / max(float(lexical.max(initial=0.0)), 1e-9),
            (passage_lexical / max(float(passage_lexical.max(initial=0.0)), 1e-9))[over],
        ],
        axis=1,
    )
    best = _first_look(at, features)
    pointed = [_named(request, at, best), _shared(request, at, best)]
    return Judged(at, np.column_stack([features, *(values[over] for values in pointed)]), answer, evidence)


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


def worth_reading(request: Request, at: PassageLayout, sentence: Floats, passage: Floats) -> Ints:
    """Return the numbers of the best passages by cosines, as many as `READ` words hold, at least one."""
    if not at.passages:
        return np.zeros(0, np.int64)
    merit = passage + _best(sentence, at.passage_of, len(at.passages))
    size = np.bincount(at.passage_of[at.sentence_of], minlength=len(at.passages))
    order = np.argsort(-merit, kind="stable")
    fitting = np.cumsum(size[order]) <= READ
    fitting[0] = True
    return np.sort(order[fitting])


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
    return _floored(evidence, read), _floored(answer, read), read


def _floored(values: Floats, mask: Bools) -> Floats:
    return np.where(mask, values, float(values[mask].min()) if mask.any() else 0.0)


def _pooled(values: Floats, groups: Ints, count: int, mask: Bools) -> Floats:
    """(count,) mean of the known values of each group; of a group without any, the least value of all."""
    size = np.bincount(groups[mask], minlength=count)
    total = np.bincount(groups[mask], values[mask], minlength=count)
    return _floored(total / np.maximum(size, 1), size > 0)


def _best(values: Floats, groups: Ints, count: int) -> Floats:
    """(count,) largest value of each group; of an empty group, the least value of all."""
    best = np.full(count, -np.inf)
    np.maximum.at(best, groups, values)
    return _floored(best, np.isfinite(best))


def _log_sum_exp(values: Floats, groups: Ints, count: int) -> Floats:
    """(count,) log of the sum of exponentials in each group: near the largest value, more for several good ones."""
    top = _best(values, groups, count)
    total = np.bincount(groups, np.exp(values - top[groups]), minlength=count)
    return top + np.log(np.maximum(total, 1e-9))


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
    # The last two by a search on HotpotQA and MuSiQue: 93 / 84 / 71 % of the answers stay at 2x / 4x / 8x (89 / 79 / 65
    # without them), and nothing is lost on the dev articles (docs/lab-log.md).
    weights=(6.336, 8.745, -0.095, 0.538, 0.088, 0.004, 0.482, 0.689, 3.0, 1.0),
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
    best = _best(body, reading.laid.passage_of, len(reading.laid.passages))[reading.laid.passage_of]
    return np.where(reading.laid.heading, np.where(np.isfinite(best), best, raw) - fusion.heading, raw)


def word_scores(request: Request, reading: Judged, keep: Floats, fusion: Fusion) -> Floats:
    """(n,) score of each word: its sentence's relevance and what it promises itself.

    keep -- (n,) how much any reader needs each word, see `salience`
    """
    sentence = sentence_scores(reading, fusion)
    own = fusion.answer * np.clip(closed(reading.answer, REACH), -SURE, SURE)
    own = own + fusion.keep * keep + fusion.preferred * request.preferred
    return sentence[reading.laid.sentence_of] + own - fusion.punctuation * request.units.punct
