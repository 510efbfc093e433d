"""Chunks of a text that fit a model, ending at sentences where they can. Knows tokenizers only as a measure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from tamis.core import Ints, Span
from tamis.text.sentences import sentences

Measure = Callable[[Sequence[str]], list[int]]
"""Length of each text in pieces, special tokens included."""
Range = tuple[int, int]

_WORD = re.compile(r"\S+\s*|\s+")
_SLICE = 2048  # characters: a word without end is first cut into slices, as measuring it again and again would be slow


def chunks(text: str, measure: Measure, limit: int) -> Iterator[Span]:
    """Partition the text into chunks that each measure at most `limit`.

    A chunk ends at a sentence; a sentence that is too long is cut between words; a single word that is too long is
    cut where it must be. Blank text has no chunks.
    """
    if text.strip():
        for start, end in _packed(text, [(s.start, s.end) for s in sentences(text)], measure, limit):
            yield from _fitting(text, start, end, measure, limit)


def _packed(text: str, parts: Sequence[Range], measure: Measure, limit: int) -> list[Range]:
    """Join neighbouring parts while the sum of their lengths fits; joined, they may measure a piece more or less."""
    special = measure([""])[0]
    begin, total, packed = parts[0][0], special, []
    for (start, _), size in zip(parts, measure([text[start:end] for start, end in parts]), strict=True):
        if start > begin and total + size - special > limit:
            packed.append((begin, start))
            begin, total = start, special
        total += size - special
    return [*packed, (begin, parts[-1][1])]


def _fitting(text: str, start: int, end: int, measure: Measure, limit: int) -> Iterator[Span]:
    """The range itself if it fits, else what fits of its parts."""
    if end - start == 1 or measure([text[start:end]])[0] <= limit:
        yield Span(start, end)
        return
    parts = _parts(text, start, end)
    packed = _packed(text, parts, measure, limit)
    if len(packed) == 1:  # it measures more than its parts do
        middle = parts[len(parts) // 2][0]
        packed = [(start, middle), (middle, end)]
    for part in packed:
        yield from _fitting(text, *part, measure, limit)


def _parts(text: str, start: int, end: int) -> list[Range]:
    """At least two parts: words, slices of a single long word, or halves of a short one."""
    words = [match.span() for match in _WORD.finditer(text, start, end)]
    if len(words) > 1:
        return words
    step = _SLICE if end - start > _SLICE else (end - start + 1) // 2
    return [(at, min(at + step, end)) for at in range(start, end, step)]


def ends(text: str, offsets: Ints, most: int) -> str:
    """The text itself if it has at most `most` pieces, else its first and its last half of so many, joined by a blank.

    offsets -- (m, 2) characters of its pieces

    Example: "who was the first of them" by words, most 4 -> "who was of them"
    """
    half = max(1, most // 2)
    if len(offsets) <= most:
        return text
    return f"{text[: int(offsets[half - 1, 1])]} {text[int(offsets[-half, 0]) :]}"
