"""How a text is laid out for ranking: sentences in passages, each passage with the title that it stands under.

A short document is one passage. A long one is cut into passages of about the length that the encoder reads at once, at
headings, at blank lines where possible, never inside a sentence. Does not score anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from tamis.core import Bools, Ints, Span
from tamis.prompt.request import Request
from tamis.text.sentences import sentences

LONGEST = 200  # words; a document up to this long is one passage (about 256 wordpieces, one window of the encoder)
ENOUGH = 150  # words; a passage of a longer document ends at the next sentence, a paragraph's end from half of this on
TITLE = 100  # characters; a first line longer than this is no title
_HEADING = re.compile(r"\s*#{1,6}[ \t]+\S")
_MARKS = "#*_=` \t"
_STOPS = ".!?;,。！？；，、"


@dataclass(frozen=True, slots=True)
class Passage:
    """Consecutive sentences that are judged together.

    Attributes:
        title: what the passage stands under; "" if nothing.
        first, last: half-open numbers of its sentences.
        span: its characters, without the title.
    """

    title: str
    first: int
    last: int
    span: Span


@dataclass(frozen=True, eq=False)
class Layout:
    """Sentences and passages of one text.

    Attributes:
        sentences: in order; they tile the documents.
        passages: in order; every sentence is in exactly one.
        passage_of: (s,) number of each sentence's passage.
        heading: (s,) sentences that are titles or headings.
        sentence_of: (n,) number of the sentence in which each word starts.
    """

    sentences: tuple[Span, ...]
    passages: tuple[Passage, ...]
    passage_of: Ints
    heading: Bools
    sentence_of: Ints


def layout(request: Request) -> Layout:
    """Lay out the documents of a request."""
    spans: list[Span] = []
    headings: list[bool] = []
    passages: list[Passage] = []
    for document in request.documents:
        found = _Document(request.text, document, len(spans))
        spans += found.spans
        headings += found.heading
        passages += found.passages(_word_counts(request, found.spans))
    passage_of = np.repeat(np.arange(len(passages)), [p.last - p.first for p in passages]).astype(np.int64)
    starts = np.array([s.start for s in spans], np.int64)
    sentence_of = np.maximum(np.searchsorted(starts, request.words.starts, side="right") - 1, 0)
    return Layout(tuple(spans), tuple(passages), passage_of, np.array(headings, np.bool_), sentence_of)


def _word_counts(request: Request, spans: list[Span]) -> list[int]:
    edges = np.array([s.start for s in spans] + [spans[-1].end] if spans else [], np.int64)
    counts: list[int] = np.diff(np.searchsorted(request.words.starts, edges)).tolist()
    return counts


class _Document:
    """One document's sentences, its title line on its own; `offset` is the number of its first sentence."""

    def __init__(self, text: str, document: Span, offset: int) -> None:
        self.text, self.offset = text, offset
        head = title_line(document.of(text))
        self.title = text[document.start : document.start + head].strip().strip(_MARKS)
        body = document.start + head
        self.spans = [Span(document.start, body)] if head else []
        self.spans += [Span(body + s.start, body + s.end) for s in sentences(text[body : document.end])]
        self.heading = [(self.title != "" and i == 0) or self._is_heading(s) for i, s in enumerate(self.spans)]

    def _is_heading(self, span: Span) -> bool:
        said = span.of(self.text)
        return _HEADING.match(said) is not None and "\n" not in said.strip()

    def passages(self, sizes: list[int]) -> list[Passage]:
        """Cut into passages; a document that is short enough is one."""
        if not self.spans:
            return []
        if sum(sizes) <= LONGEST and not any(self.heading[1:]):
            return [self._passage(self.title, 0, len(self.spans))]
        made: list[Passage] = []
        title, first, held = self.title, 0, 0
        for i, size in enumerate(sizes):
            if i > first and (self.heading[i] or held + size > LONGEST or self._ends(i, held)):
                made.append(self._passage(title, first, i))
                first, held = i, 0
            if self.heading[i]:
                title = self.spans[i].of(self.text).strip().strip(_MARKS)
            held += size
        return [*made, self._passage(title, first, len(self.spans))]

    def _ends(self, i: int, held: int) -> bool:
        """Whether a passage of `held` words is long enough to end before sentence `i`."""
        before = self.spans[i - 1].of(self.text)
        paragraph = before[len(before.rstrip()) :].count("\n") > 1
        return held >= ENOUGH or (paragraph and held >= ENOUGH // 2)

    def _passage(self, title: str, first: int, last: int) -> Passage:
        body = first + 1 if self.heading[first] and last > first + 1 else first
        span = Span(self.spans[body].start, self.spans[last - 1].end)
        return Passage(title, self.offset + first, self.offset + last, span)


def title_line(document: str) -> int:
    r"""Return how many characters of a document its title line takes, line end included; 0 if it has none.

    A title is a short first line that does not end like a sentence, with text behind it.

    Example: "Steam engine\nA steam engine is a heat engine." -> 13
    """
    line, end, rest = document.partition("\n")
    said = line.strip().rstrip(_MARKS)
    looks = bool(end) and bool(rest.strip()) and 0 < len(said) <= TITLE and said[-1] not in _STOPS
    return len(line) + 1 if looks and any(c.isalnum() for c in said) else 0
