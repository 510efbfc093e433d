"""Sentences, words and denials of a text that nobody has annotated, as tamis itself sees them.

Good for watching the laws on texts of one's own; no judge of tamis, whose eyes they are. For that there are gold
annotations, see `Gold.of_row`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np

from tamis.bench.prompt.meaning import Denial, Gold
from tamis.core import Span
from tamis.text.languages import Operator, language_of, operators
from tamis.text.sentences import sentences
from tamis.text.units import Units
from tamis.text.words import words

NEGATOR_LAST = frozenset({"ja", "ko", "tr"})  # the negator follows what it denies

HELPERS = frozenset({"negator", "light", "modal", "stranded"})


def detected(text: str) -> Gold:
    """What tamis detects: a negator denies the next word of its sentence that is no helper, or the last before it."""
    spans, units, language = sentences(text), words(text), language_of(text)
    marks = operators(text, language)
    content, whole = _content(units, marks), zip(units.starts.tolist(), units.ends.tolist(), strict=True)
    last = language is not None and language.code in NEGATOR_LAST
    denials = (_denial(mark, spans, content, last=last) for mark in marks if mark.kind == "negator")
    return Gold(
        spans,
        tuple(Span(a, b) for a, b in whole if any(map(str.isalnum, text[a:b]))),
        tuple(denial for denial in denials if denial is not None),
    )


def _content(units: Units, marks: Sequence[Operator]) -> list[Span]:
    """The words that can be denied, in order: no punctuation, and none of the kinds that only help others to speak."""
    taken = np.zeros(len(units.text) + 1, np.bool_)
    for mark in (mark for mark in marks if mark.kind in HELPERS):
        taken[mark.span.start : mark.span.end] = True
    bodies = zip(units.starts[~units.punct].tolist(), units.ends[~units.punct].tolist(), strict=True)
    free = ((a + int(taken[a:b].argmin()), b) for a, b in bodies if not taken[a:b].all())
    return [Span(a, b) for a, b in free]  # (a phrase may begin with its negator: 不一样)


def _denial(mark: Operator, spans: Sequence[Span], content: Sequence[Span], *, last: bool) -> Denial | None:
    """The negator and the word that it denies; None where its sentence has no other word.

    last -- the negator stands behind what it denies
    """
    sentence = spans[bisect_right(spans, mark.span.start, key=_start) - 1]
    at = bisect_right(content, mark.span.start, key=_start)
    before = [word for word in content[max(0, at - 1) : at] if word.start >= sentence.start]
    behind = [word for word in content[at : at + 1] if word.start < sentence.end]
    nearest = [*before, *behind] if last else [*behind, *before]
    return Denial(mark.span, nearest[0]) if nearest else None


def _start(span: Span) -> int:
    return span.start
