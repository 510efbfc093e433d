"""Whether a compressed text still says what its source says: four laws, counted on annotated sources.

*Inverted*: a word is there that the source denies, its negator is gone. *Dangling*: the negator is there, what it
denies is gone. *Joined*: words of two sentences meet without a sentence end, line break, colon or semicolon between
them. *Cut*: a word is there in part. Everything is counted by characters of the source, so it does not matter how the
compressor cuts words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from tamis.core import Bools, Span

LAWS = ("inverted", "dangling", "joined", "cut")
UNMARKED = "unmarked"  # joined, and the source has no mark between the two words either: nothing could be kept
MARKS = frozenset(".!?…‼⁇⁈⁉．。！？｡।॥؟۔։።፧፨།᠃:;：；؛\u037e\n\r\x0b\x0c\x85\u2028\u2029")


@dataclass(frozen=True, slots=True)
class Denial:
    """A negator, and the word that it denies."""

    negator: Span
    denied: Span


@dataclass(frozen=True, slots=True)
class Gold:
    """What is known of a source: its sentences and words in order, and its denials; offsets of characters."""

    sentences: tuple[Span, ...]
    words: tuple[Span, ...]
    denials: tuple[Denial, ...]

    @classmethod
    def of_row(cls, row: dict[str, Any]) -> Gold:
        """From a row with `sentences` and `words` as [start, end] and `negations` as [start, end, start, end]."""
        return cls(
            tuple(Span(*pair) for pair in row["sentences"]),
            tuple(Span(*pair) for pair in row["words"]),
            tuple(Denial(Span(a, b), Span(c, d)) for a, b, c, d in row["negations"]),
        )


@dataclass(frozen=True, slots=True)
class Breach:
    """A place where a law is broken.

    Attributes:
        law: one of `LAWS`, or `UNMARKED`.
        first, second: the two words of a denial or of a meeting, in the source; both the same for a cut word.
    """

    law: str
    first: Span
    second: Span


@dataclass(frozen=True, slots=True)
class Meaning:
    """How a compressed text keeps the laws.

    Attributes:
        denials: of which at least one part is there.
        meetings: places where words of two sentences follow each other.
        words: that are there, whole or in part.
        breaches: in the order of the source, law by law.
    """

    denials: int
    meetings: int
    words: int
    breaches: tuple[Breach, ...]

    def count(self, law: str) -> int:
        """How often one law is broken."""
        return sum(breach.law == law for breach in self.breaches)


def meaning(text: str, annotation: Gold, starts: ArrayLike, ends: ArrayLike) -> Meaning:
    """Count what a compression breaks.

    Args:
        text: the source.
        annotation: of the source.
        starts: (k,) of the spans of the source that are kept, as in `Compression.selection`.
        ends: (k,) of the same spans.

    Example: "I do not smoke." keeping "I do smoke." -> one denial, inverted.
    """
    letters = np.fromiter(map(str.isalnum, text), np.bool_, len(text))
    kept = _mask(len(text), starts, ends)
    denials = [d for d in annotation.denials if _whole(d.negator, letters, kept) or _whole(d.denied, letters, kept)]
    meetings = list(_meetings(annotation.sentences, letters & kept))
    touched = [w for w in annotation.words if (letters & kept)[w.start : w.end].any()]
    breaches = (
        *_wrong(denials, letters, kept),
        *_joined(text, meetings, kept),
        *(Breach("cut", w, w) for w in touched if not kept[_core(w, letters)].all()),
    )
    return Meaning(len(denials), len(meetings), len(touched), breaches)


def _mask(size: int, starts: ArrayLike, ends: ArrayLike) -> Bools:
    """(size,) the characters that are kept."""
    edges = np.zeros(size + 1, np.int64)
    np.add.at(edges, np.asarray(starts, np.int64), 1)
    np.add.at(edges, np.asarray(ends, np.int64), -1)
    mask: Bools = np.cumsum(edges[:-1]) > 0
    return mask


def _whole(span: Span, letters: Bools, kept: Bools) -> bool:
    """Whether all letters and digits of a span are kept; a span without any is judged by all its characters."""
    here = slice(span.start, span.end)
    return bool(kept[here][letters[here]].all()) if letters[here].any() else bool(kept[here].all())


def _core(word: Span, letters: Bools) -> slice:
    """A word from its first letter or digit to its last: "e-mail" whole, "etc." without its stop."""
    inner = np.flatnonzero(letters[word.start : word.end])
    return slice(word.start + int(inner[0]), word.start + int(inner[-1]) + 1)


def _wrong(denials: Sequence[Denial], letters: Bools, kept: Bools) -> Iterator[Breach]:
    for denial in denials:
        if not _whole(denial.negator, letters, kept):
            yield Breach("inverted", denial.negator, denial.denied)
        elif not _whole(denial.denied, letters, kept):
            yield Breach("dangling", denial.negator, denial.denied)


def _meetings(sentences: Sequence[Span], words: Bools) -> Iterator[tuple[int, int]]:
    """The last kept letter of each sentence that has one, and the first of the next sentence that has one."""
    places = (np.flatnonzero(words[s.start : s.end]) + s.start for s in sentences)
    yield from ((int(a[-1]), int(b[0])) for a, b in pairwise(p for p in places if p.size))


def _joined(text: str, meetings: Sequence[tuple[int, int]], kept: Bools) -> Iterator[Breach]:
    for last, first in meetings:
        marks = [i for i in range(last + 1, first) if text[i] in MARKS]
        if not any(kept[i] for i in marks):
            yield Breach("joined" if marks else UNMARKED, Span(last, last + 1), Span(first, first + 1))


def context(text: str, breach: Breach, starts: ArrayLike, ends: ArrayLike, *, around: int = 40) -> str:
    """The source about a breach on one line, what is dropped in square brackets.

    Example: "I do [not ]smoke."
    """
    low = max(0, min(breach.first.start, breach.second.start) - around)
    high = min(len(text), max(breach.first.end, breach.second.end) + around)
    kept = _mask(len(text), starts, ends)[low:high]
    edges = [0, *(np.flatnonzero(np.diff(kept)) + 1).tolist(), high - low]
    parts = ((text[low + a : low + b], bool(kept[a])) for a, b in pairwise(edges) if b > a)
    return " ".join("".join(part if keep else f"[{part}]" for part, keep in parts).split())
