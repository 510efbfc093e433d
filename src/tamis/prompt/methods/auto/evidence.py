"""Whether a document holds an answer to the question: evidence of its passages, and a calibrated chance made of it.

A document is as likely to answer as its best passage. What is known of a passage, see `FEATURES`, was fitted to
questions with and without an answer by `python -m training relevance train`. Does not select.
"""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

import numpy as np

from tamis.core import Floats, Ints
from tamis.prompt.methods.auto.relevance import Judged, judged
from tamis.prompt.request import Request

FEATURES = (
    "sentence",  # cosine of the question and the nearest sentence
    "passage",  # cosine of the question and the passage
    "evidence",  # best mean evidence logit of a sentence
    "answer",  # best answer logit of a word
)
WEIGHTS, BIAS = (1.739, 2.33, 0.116, 0.047), -2.767

_READINGS: WeakKeyDictionary[Request, Judged] = WeakKeyDictionary()


def readings(requests: Sequence[Request]) -> list[Judged]:
    """`judged`, once a request: who scores words and who judges documents read the same."""
    new = [request for request in requests if request not in _READINGS]
    for request, reading in zip(new, judged(new) if new else [], strict=True):
        _READINGS[request] = reading
    return [_READINGS[request] for request in requests]


def chances(requests: Sequence[Request]) -> list[Floats]:
    """(d,) of each request: how likely each of its documents holds an answer to the question, 0 to 1."""
    return [document_chances(r, reading) for r, reading in zip(requests, readings(requests), strict=True)]


def document_chances(request: Request, reading: Judged) -> Floats:
    """(d,) the chance of each document: that of its best passage; 0 for a document without a word."""
    best = np.zeros(len(request.documents))
    if not best.size:
        return best
    np.maximum.at(best, _document_of(request, reading), _chance(features(request, reading)))
    said = np.array([any(map(str.isalnum, d.of(request.text))) for d in request.documents], np.bool_)
    return np.where(said, best, 0.0)


def _document_of(request: Request, reading: Judged) -> Ints:
    """(p,) the document of each passage."""
    starts = np.array([d.start for d in request.documents], np.int64)
    passages = np.array([p.span.start for p in reading.laid.passages], np.int64)
    return np.maximum(np.searchsorted(starts, passages, side="right") - 1, 0)


def features(request: Request, reading: Judged) -> Floats:
    """(p, len(FEATURES)) of each passage."""
    best = np.full((len(reading.laid.passages), len(FEATURES)), -np.inf)
    np.maximum.at(best, reading.laid.passage_of, reading.features[:, : len(FEATURES)])
    return best


def _chance(rows: Floats) -> Floats:
    logits: Floats = rows @ np.array(WEIGHTS) + BIAS
    return np.asarray(1 / (1 + np.exp(-logits)), np.float64)
