"""Whether a document holds an answer to the question: evidence of its passages, and a calibrated chance made of it.

A document is as likely to answer as its best passage. What is known of a passage, see `FEATURES`, was fitted to
questions with and without an answer by `python -m training relevance train`. Does not select.
"""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

import numpy as np

from tamis.core import Floats, Ints
from tamis.prompt.methods.auto.asked import MEASURES, Asked, asked, stems
from tamis.prompt.methods.auto.features import titled
from tamis.prompt.methods.auto.kinds import lined
from tamis.prompt.methods.auto.layout import TitledPassage
from tamis.prompt.methods.auto.lines.score import all_line_scores
from tamis.prompt.methods.auto.relevance import Judged, judged
from tamis.prompt.request import Request

FEATURES = (
    "level",  # mean cosine of the question and the passage's sentences
    "sentence",  # that of the nearest sentence
    "evidence",  # mean evidence logit of the sentence that is likeliest to answer
    "answer",  # best answer logit of its words
    *MEASURES,  # how much of the question that sentence says, see `asked`
)
# Fitted by `python -m training relevance train` on train articles of SQuAD 2.0, calibrated on the dev articles: half of
# the questions with an answer in the paragraph, half without, a third of these each on their own paragraph
# (unanswerable), on another one of the article, and on one of another article. Held-out articles: docs/compress.md.
WEIGHTS = (1.6445, 1.8496, 0.1243, 0.0908, -0.0284, 0.0601, -0.1161, -0.8705, 0.6618, -0.3086, -0.6749, -2.5266)
BIAS = -1.4425
SHARE = 0.5  # of the answer logit beside the evidence, where the sentence is chosen that should answer

_READINGS: WeakKeyDictionary[Request, Judged] = WeakKeyDictionary()


def readings(requests: Sequence[Request]) -> list[Judged]:
    """`judged`, once a request: who scores words and who judges documents read the same."""
    new = [request for request in requests if request not in _READINGS]
    for request, reading in zip(new, judged(new) if new else [], strict=True):
        _READINGS[request] = reading
    return [_READINGS[request] for request in requests]


def chances(requests: Sequence[Request]) -> list[Floats]:
    """(d,) of each request: how likely each of its documents holds an answer to the question, 0 to 1."""
    prose = [request for request in requests if not lined(request)]
    read = iter(readings(prose))
    return [line_chances(r) if lined(r) else document_chances(r, next(read)) for r in requests]


def line_chances(request: Request) -> Floats:
    """(d,) of a request with lines: the score of the best line of each document: an order, no calibrated chance."""
    best = np.zeros(len(request.documents))
    if best.size and len(request.units):
        lines, scores = all_line_scores(request)
        np.maximum.at(best, request.document_of[lines], scores)
    return best


def document_chances(request: Request, reading: Judged) -> Floats:
    """(d,) the chance of each document: that of its best passage; 0 for a document without a word."""
    best = np.zeros(len(request.documents))
    if not best.size:
        return best
    told = 1 / (1 + np.exp(-logits(features(request, reading))))
    np.maximum.at(best, _document_of(request, reading), told)
    said = np.array([any(map(str.isalnum, d.of(request.text))) for d in request.documents], np.bool_)
    return np.where(said, best, 0.0)


def _document_of(request: Request, reading: Judged) -> Ints:
    """(p,) the document of each passage."""
    starts = np.array([d.start for d in request.documents], np.int64)
    passages = np.array([p.span.start for p in reading.laid.passages], np.int64)
    return np.maximum(np.searchsorted(starts, passages, side="right") - 1, 0)


def features(request: Request, reading: Judged) -> Floats:
    """(p, len(FEATURES)) of each passage."""
    question = asked(request.question or "")
    rows = [_row(request, reading, question, passage) for passage in reading.laid.passages]
    return np.array(rows, np.float64).reshape(-1, len(FEATURES))


def _row(request: Request, reading: Judged, question: Asked, passage: TitledPassage) -> tuple[float, ...]:
    laid = reading.laid
    inside = np.arange(passage.first, passage.last)
    inside = inside[~laid.heading[inside]] if not laid.heading[inside].all() else inside
    cosine, _, evidence, answer = reading.features[inside, :4].T
    best = int(inside[np.argmax(evidence + SHARE * answer)])
    texts = [s.of(request.text) for s in laid.sentences[max(best - 1, passage.first) : best + 1]]
    before = texts.pop(0) if best > passage.first else ""
    said = stems(titled(request, passage))
    return (cosine.mean(), cosine.max(), *reading.features[best, 2:4], *question.measures(before, texts[0], said))


def logits(rows: Floats) -> Floats:
    """(p,) log odds of an answer in each passage, from its features (p, k)."""
    return np.asarray(rows @ np.array(WEIGHTS) + BIAS, np.float64)
