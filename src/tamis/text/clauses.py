"""Clauses: where the sentences of units begin and end, and what they consist of.

A segment ends at a mark (a comma, a colon, a dash, a bracket that holds more than a word) and, where it would be
long, before a word that opens a clause ("because", "which", "but"). Judged by marks and closed classes alone, in linear
time. Does not parse: a comma in an enumeration ends a segment, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tamis.core import Bools, Ints, Span
from tamis.text.sentences import STOPS
from tamis.text.units import Units

BREAKS = frozenset("!?‼⁇⁈⁉！？؟;；:：؛።")  # where two sentences may meet, whoever cut them
MARKS = frozenset(",;:—–()[]{}，、；：（）【】《》،؛·")  # end a segment
DASHES = frozenset("—–")
OPENING = frozenset("([{（【《")
CLOSING = frozenset(")]}）】》")
LONG = 40  # units; a longer segment is cut where clauses open
LINE = 2  # strength of a gap that holds a line end


@dataclass(frozen=True, eq=False)
class Clauses:
    """How units stand in sentences and segments; numbers rise from left to right.

    Attributes:
        sentence_of: (n,) number of the sentence of each unit.
        segment_of: (n,) number of its segment.
        stop: (n,) units that end a sentence.
        pause: (n,) other marks that end a segment.
        sentence_edges, segment_edges: where each begins, and n.
    """

    sentence_of: Ints
    segment_of: Ints
    stop: Bools
    pause: Bools
    sentence_edges: Ints
    segment_edges: Ints


def clauses(units: Units, sentences: Sequence[Span], opens: Bools, quiet: Bools | None = None) -> Clauses:
    """Divide units into sentences and segments.

    sentences -- spans that partition the text
    opens -- (n,) units that open a clause
    quiet -- (n,) marks that divide nothing
    """
    starts = np.array([s.start for s in sentences], np.int64)
    number = np.searchsorted(starts, units.starts, side="right") - 1
    new_sentence = _with_words(units, np.diff(number, prepend=number[:1] - 1) != 0)
    first = first_characters(units)
    mark = units.punct & np.isin(first, list(MARKS | STOPS))
    mark = mark if quiet is None else mark & ~quiet
    mark &= ~_numbering(units, first)
    opening = mark & np.isin(first, list(OPENING))
    stop = _stops(units, first, new_sentence)
    # A mark ends what stands before it; an opening bracket begins what stands behind it.
    new = new_sentence | (_before(mark & ~opening) & ~mark) | (opening & ~_before(mark))
    new |= _before(_dashed(units))
    new = _shorter(new, opens & ~units.punct)
    breaks = units.punct & np.isin(first, list(BREAKS))
    pause = ((mark & ~opening) | breaks) & ~stop
    sentence_of, segment_of = np.cumsum(new_sentence) - 1, np.cumsum(new) - 1
    return Clauses(sentence_of, segment_of, stop, pause, edges(sentence_of), edges(segment_of))


def _numbering(units: Units, first: NDArray[np.str_]) -> Bools:
    """(n,) brackets around one word, which belongs to what stands beside it: "(i) power", "fifty (50) shares"."""
    opens = units.punct & np.isin(first, list(OPENING))
    one = np.zeros(opens.size, np.bool_)
    one[:-2] = opens[:-2] & ~units.punct[1:-1] & units.punct[2:] & np.isin(first[2:], list(CLOSING))
    around: Bools = one | np.concatenate((np.zeros(min(2, one.size), np.bool_), one[:-2]))
    return around


def _with_words(units: Units, new: Bools) -> Bools:
    """Marks in the line of a sentence that stand apart from it ("Really ... !") are no sentence of their own."""
    begins = np.flatnonzero(new)
    if begins.size < 2:
        return new
    silent = ~np.logical_or.reduceat(~units.punct, begins)
    silent[0] = False
    silent &= units.gap[np.maximum(begins - 1, 0)] < LINE
    new[begins[silent]] = False
    return new


def _dashed(units: Units) -> Bools:
    """(n,) words that end with a dash which stands without blanks: "GE—could" is two units."""
    if not len(units):
        return np.zeros(0, np.bool_)
    dashed: Bools = ~units.punct & np.isin(_characters(units.text)[units.ends - 1], list(DASHES))
    return dashed


def first_characters(units: Units) -> NDArray[np.str_]:
    """(n,) the first character of each unit."""
    return _characters(units.text)[units.starts] if len(units) else np.zeros(0, "U1")


def _characters(text: str) -> NDArray[np.str_]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.dtype("<U1"))


def edges(numbers: Ints) -> Ints:
    """Where each group of a numbering that rises from 0 begins, and the end of the last."""
    return np.append(np.flatnonzero(np.diff(numbers, prepend=-1)), numbers.size)


def following(mask: Bools) -> Ints:
    """(n,) number of the first unit of the mask at or behind each unit; n where there is none."""
    number = np.where(mask, np.arange(mask.size), mask.size)
    first: Ints = np.minimum.accumulate(number[::-1])[::-1]
    return first


def _before(mask: Bools) -> Bools:
    """(n,) whether the unit before each is in the mask."""
    return np.concatenate((np.zeros(min(mask.size, 1), np.bool_), mask[:-1]))


def _shorter(new: Bools, opens: Bools) -> Bools:
    """Cut long segments where clauses open."""
    bounds = np.append(np.flatnonzero(new), new.size)
    long = np.repeat(np.diff(bounds) > LONG, np.diff(bounds)) if bounds.size > 1 else np.zeros(new.size, np.bool_)
    cut: Bools = new | (opens & ~_before(opens) & long)
    return cut


def _stops(units: Units, first: NDArray[np.str_], new_sentence: Bools) -> Bools:
    """(n,) punctuation behind the last word of a sentence that holds a stop."""
    n = len(units)
    stop = units.punct & np.isin(first, list(STOPS))
    if not n:
        return stop
    begins = np.flatnonzero(new_sentence)
    last_word = np.maximum.reduceat(np.where(units.punct, -1, np.arange(n)), begins)
    number = np.cumsum(new_sentence) - 1
    trailing: Bools = stop & (np.arange(n) > last_word[number])
    return trailing
