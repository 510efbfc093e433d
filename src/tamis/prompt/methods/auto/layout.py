"""How a text is laid out for ranking: sentences in passages, each passage with the title that it stands under.

A short document is one passage. A long one is cut into passages of about the length that the encoder reads at once, at
headings, at blank lines where that is near, never inside a sentence. Does not score anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tamis.core import Bools, Ints, Span
from tamis.prompt.request import Request
from tamis.text.sentences import sentences

LONGEST = 180  # words and punctuation; about 210 wordpieces, which with question and title fill the encoder's window
EARLY = 0.6  # of the target size, from which on a passage may end with its paragraph
TITLE = 100  # characters; a first line longer than this is no title
_HEADING = re.compile(r"\s*#{1,6}[ \t]+\S")
_MARKS = "#*_=` \t"
_STOPS = ".!?;,。！？；，、"


@dataclass(frozen=True, slots=True)
class TitledPassage:
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
class PassageLayout:
    """Sentences and passages of one text.

    Attributes:
        sentences: in order; they tile the documents.
        passages: in order; every sentence is in exactly one.
        passage_of: (s,) number of each sentence's passage.
        heading: (s,) sentences that are titles or headings.
        sentence_of: (n,) number of the sentence in which each word starts.
    """

    sentences: tuple[Span, ...]
    passages: tuple[TitledPassage, ...]
    passage_of: Ints
    heading: Bools
    sentence_of: Ints


def layout(request: Request) -> PassageLayout:
    """Lay out the documents of a request."""
    spans: list[Span] = []
    headings: list[bool] = []
    passages: list[TitledPassage] = []
    for document in request.documents:
        document_layout = _Document(request.text, document, len(spans))
        spans += document_layout.spans
        headings += document_layout.heading
        passages += document_layout.passages(_word_counts(request, document_layout.spans))
    if not spans:  # nothing but white space: still a place for every word
        spans, headings = [Span(0, len(request.text))], [False]
        passages = [TitledPassage("", 0, 1, spans[0])]
    passage_of = np.repeat(np.arange(len(passages)), [p.last - p.first for p in passages]).astype(np.int64)
    starts = np.array([s.start for s in spans], np.int64)
    sentence_of = np.maximum(np.searchsorted(starts, request.units.starts, side="right") - 1, 0)
    return PassageLayout(tuple(spans), tuple(passages), passage_of, np.array(headings, np.bool_), sentence_of)


def _word_counts(request: Request, spans: list[Span]) -> list[int]:
    edges = np.array([s.start for s in spans] + [spans[-1].end] if spans else [], np.int64)
    counts: list[int] = np.diff(np.searchsorted(request.units.starts, edges)).tolist()
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
        body = span.of(self.text)
        return _HEADING.match(body) is not None and "\n" not in body.strip()

    def passages(self, sizes: list[int]) -> list[TitledPassage]:
        """Cut at headings, and what is long between two headings into parts of like size; `sizes` in words."""
        heads = [i for i in range(len(self.spans)) if i == 0 or (self.heading[i] and not self.heading[i - 1])]
        parts: list[TitledPassage] = []
        title = ""
        for first, last in pairwise([*heads, len(self.spans)]):
            for i in range(first, last):
                title = self.spans[i].of(self.text).strip().strip(_MARKS) if self.heading[i] else title
            parts += [self._passage(title, a, b) for a, b in pairwise([first, *self._cuts(sizes, first, last), last])]
        return parts

    def _cuts(self, sizes: list[int], first: int, last: int) -> list[int]:
        """Sentences at which a new passage begins: at the target size, or at a paragraph's end not far before it."""
        cuts: list[int] = []
        size, target = 0, _even(sum(sizes[first:last]))
        for i in range(first, last):
            full = size + sizes[i] > LONGEST or size >= target or (size >= EARLY * target and self._paragraph(i))
            if size and full:
                cuts.append(i)
                size, target = 0, _even(sum(sizes[i:last]))
            size += sizes[i]
        return cuts

    def _paragraph(self, i: int) -> bool:
        """Whether a blank line stands before sentence `i`."""
        before = self.spans[i - 1].of(self.text)
        return before[len(before.rstrip()) :].count("\n") > 1

    def _passage(self, title: str, first: int, last: int) -> TitledPassage:
        body = first
        while body < last - 1 and self.heading[body]:
            body += 1
        span = Span(self.spans[body].start, self.spans[last - 1].end)
        return TitledPassage(title, self.offset + first, self.offset + last, span)


def title_line(document: str) -> int:
    r"""Return how many characters of a document its title line takes, line end included; 0 if it has none.

    A title is a short first line that does not end like a sentence, with text behind it.

    Example: "Steam engine\nA steam engine is a heat engine." -> 13
    """
    line, end, rest = document.partition("\n")
    title = line.strip().rstrip(_MARKS)
    looks = bool(end) and bool(rest.strip()) and 0 < len(title) <= TITLE and title[-1] not in _STOPS
    return len(line) + 1 if looks and any(c.isalnum() for c in title) else 0


def _even(total: int) -> float:
    """Size of the parts when `total` words are cut into as few parts of at most `LONGEST` as possible."""
    return total / max(1, -(-total // LONGEST))
