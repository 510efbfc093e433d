"""Requests with units of several kinds: words are scored as words, lines as lines, each in a request of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from tamis.core import Floats, Span
from tamis.prompt.documents.source import Source
from tamis.prompt.methods.auto.lines.level import levelled
from tamis.prompt.methods.auto.lines.score import line_scores
from tamis.prompt.request import Request
from tamis.text.joined import JoinedUnits, joined
from tamis.text.units import Units


def by_kind(requests: Sequence[Request], words: Callable[[Sequence[Request]], list[Floats]]) -> list[Floats]:
    """(n,) scores of each request: of its words and punctuation by `words`, of all other units as lines."""
    if not any(lined(request) for request in requests):
        return words(requests)
    split = [_words_of(request) if lined(request) else (request, np.arange(len(request.units))) for request in requests]
    worded = [part for part, index in split if index.size]
    scores = iter(words(worded) if worded else [])
    all_scores: list[Floats] = []
    for request, (_, index) in zip(requests, split, strict=True):
        own = np.zeros(len(request.units))
        if index.size:
            own[index] = next(scores)
        rest = np.setdiff1d(np.arange(own.size), index)
        if rest.size:
            own[rest] = line_scores(request, rest)
        all_scores.append(levelled(request, own) if rest.size and index.size else own)
    return all_scores


def lined(request: Request) -> bool:
    """Whether a request has lines among its units."""
    return bool(request.units.of_kind("line").any())


def _words_of(request: Request) -> tuple[Request, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """The words of a request as a request, and their numbers in it."""
    units = request.units
    is_word = units.of_kind("word") | units.of_kind("mark")
    if isinstance(units, JoinedUnits):
        spans = list(zip(units.pieces, units.firsts, strict=False))
        pieces = [piece for piece, first in spans if len(piece) and is_word[first : first + len(piece)].all()]
        index = np.concatenate([np.zeros(0, np.int64), *(
            np.arange(first, first + len(piece)) for piece, first in spans if any(piece is one for one in pieces)
        )])  # fmt: skip
        worded: Units = joined(pieces)
    else:
        index = np.flatnonzero(is_word)
        worded = replace(units, starts=units.starts[index], ends=units.ends[index], kinds=units.kinds[index])
        worded = replace(worded, parents=None, bonds=None, company=None)
    source = Source(worded.text, (Span(0, len(worded.text)),), question=request.question)
    preferred = request.preferred[index]
    part = Request(worded, source, preferred, request.question, request.model, request.options, style=request.style)
    return part, index
