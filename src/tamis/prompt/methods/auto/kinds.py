"""Requests with units of several kinds: words are scored as words, lines as lines, each in a request of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, pairwise
from typing import TypeAlias

import numpy as np

from tamis.core import Floats, Ints, Span
from tamis.prompt.documents.source import Source
from tamis.prompt.methods.auto.lines.level import levelled, owners
from tamis.prompt.methods.auto.lines.score import line_scores, text_scores
from tamis.prompt.request import Request
from tamis.text.joined import JoinedUnits, joined
from tamis.text.units import Units

READ = 3000  # characters of texts inside of values that the model reads for a question: some 40 ms
_Block: TypeAlias = tuple[Units, Ints]


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
        rest = rest[owners(request.units)[rest] < 0] if index.size else rest
        if rest.size:
            own[rest] = line_scores(request, rest)
        all_scores.append(levelled(request, own) if rest.size and index.size else own)
    return all_scores


def lined(request: Request) -> bool:
    """Whether a request has lines among its units."""
    return bool(request.units.of_kind("line").any())


def _words_of(request: Request) -> tuple[Request, Ints]:
    """The words of a request as a request, and their numbers in it.

    Texts inside of values are paragraphs of their own there, without what stands around them. With a question, the
    model reads no more of them than `READ` characters, the most promising ones: the words of the others score 0.
    """
    units = request.units
    firsts = units.firsts if isinstance(units, JoinedUnits) else (0,)
    pieces = units.pieces if isinstance(units, JoinedUnits) else (units,)
    blocks = [block for piece, first in zip(pieces, firsts, strict=False) for block in _blocks(piece, first)]
    if request.question:
        blocks = _promising(request, blocks)
    index = np.concatenate([np.zeros(0, np.int64), *(numbers for _, numbers in blocks)])
    worded = joined([block for block, _ in blocks])
    source = Source(worded.text, (Span(0, len(worded.text)),), question=request.question)
    preferred = request.preferred[index]
    part = Request(worded, source, preferred, request.question, request.model, request.options, style=request.style)
    return part, index


def _promising(request: Request, blocks: list[_Block]) -> list[_Block]:
    """The texts that have most in common with the question, as lines do, as many as are read; in order."""
    sizes = [len(units.text) for units, _ in blocks]
    owner = owners(request.units)
    inside = [number for number, (_, words) in enumerate(blocks) if owner[words[0]] >= 0]
    if len(inside) < 2 or sum(sizes[number] for number in inside) <= READ:
        return blocks
    units = request.units
    first, last = np.array([blocks[n][1][0] for n in inside]), np.array([blocks[n][1][-1] for n in inside])
    scores = text_scores(request, units.starts[first], units.ends[last])
    best = sorted(range(len(inside)), key=lambda i: -scores[i])
    read = accumulate(sizes[inside[i]] for i in best)
    left = {inside[i] for place, (i, size) in enumerate(zip(best, read, strict=True)) if place and size > READ}
    return [block for number, block in enumerate(blocks) if number not in left]


def _blocks(piece: Units, first: int) -> Iterator[tuple[Units, Ints]]:
    """The words of one piece, and their numbers: all of it, or the runs of words that need the same line.

    first -- number of the first unit of the piece
    """
    is_word = piece.of_kind("word") | piece.of_kind("mark")
    if len(piece) and is_word.all():
        yield piece, np.arange(first, first + len(piece))
        return
    run = np.where(is_word, owners(piece) + 1, -1)
    edges = np.flatnonzero(np.diff(run, prepend=-2, append=-2))
    says = np.concatenate(([0], np.cumsum(piece.of_kind("word"))))
    for low, high in pairwise(edges.tolist()):
        if says[high] > says[low]:
            start, end = int(piece.starts[low]), int(piece.ends[high - 1])
            own = piece.starts[low:high] - start, piece.ends[low:high] - start
            text = f"{piece.text[start:end]}\n\n"
            yield Units(text, *own, piece.kinds[low:high], piece.names), np.arange(first + low, first + high)
