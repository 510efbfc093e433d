"""What is known of the units of prose before a style decides: sentences, segments, closed classes, languages."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tamis.core import Bools, Ints, Span
from tamis.text.clauses import Clauses, clauses, following
from tamis.text.languages import Language, language_of, languages_of, operators
from tamis.text.scope import Closed, closed_class
from tamis.text.sentences import STOPS, sentences
from tamis.text.units import Units

SHORT = 12  # units of a sentence that goes or stays whole in any case


@dataclass(frozen=True, eq=False)
class Outline:
    """What is known of the units of a text.

    Attributes:
        units: of the text.
        at: its sentences and segments.
        closed: its closed-class words.
        light: (n,) words that can go without a loss.
        known: (sentences,) whether each is in the language of the text.
        language: of the text; None if it is not known.
    """

    units: Units
    at: Clauses
    closed: Closed
    light: Bools
    known: Bools
    language: Language | None


def outline_of(units: Units, quiet: Bools, signs: Bools | None = None) -> Outline:
    """Look at a text.

    quiet -- (n,) punctuation that divides no sentence
    signs -- (n,) units that stay because of others: of list items, brackets
    """
    spans, language = _divided(units.text), language_of(units.text)
    closed = closed_class(units, operators(units.text, language))
    at = clauses(units, spans, closed.first & closed.of("opener", "condition"), quiet)
    light = closed.of("light") & ~units.punct
    light[_beginnings(units, at, signs)] = False  # "The uprising", at the beginning, as people write
    known = _known(units.text, spans, language, at, units)
    if len(units):
        light &= known[at.sentence_of]  # "a" is no article in "a meno che"
    return Outline(units, at, closed, light, known, language)


def _beginnings(units: Units, at: Clauses, signs: Bools | None) -> Ints:
    """The first unit of each sentence, and its first word behind signs: "- The uprising"."""
    first = at.sentence_edges[:-1]
    words = ~units.punct if signs is None else ~(units.punct | signs)
    behind = following(words)[first]
    return np.concatenate((first, behind[behind < len(units)]))


def _divided(text: str) -> tuple[Span, ...]:
    """The sentences of a text; the lines of one that has no stop at all, such as speech that was written down."""
    if "\n" not in text or not STOPS.isdisjoint(text):
        return sentences(text)
    ends = np.cumsum([len(line) for line in text.splitlines(keepends=True)]).tolist()
    return tuple(Span(a, b) for a, b in pairwise([0, *ends]))


def _known(text: str, spans: tuple[Span, ...], language: Language | None, at: Clauses, units: Units) -> Bools:
    """(sentences,) whether a sentence is in the language of the text, if that is known."""
    count = at.sentence_edges.size - 1
    if language is None or not count:
        return np.zeros(count, np.bool_)
    if text.isascii() and language.script == "Latin":
        return np.ones(count, np.bool_)
    starts = np.array([s.start for s in spans], np.int64)
    first = units.starts[at.sentence_edges[:-1]]  # (marks that stand apart are in the sentence before them)
    own = np.searchsorted(starts, first, side="right") - 1
    same = [one is language for one in languages_of(text, [spans[i] for i in own.tolist()], language)]
    return np.array(same, np.bool_)
