"""All numerals of a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from math import isfinite

from tamis.entities.numeric.counts import counts
from tamis.entities.numeric.languages import LANGUAGES
from tamis.entities.numeric.languages.grammar import percentages, spoken
from tamis.entities.numeric.languages.table import NumberTable
from tamis.entities.numeric.lexicon import TRIGGERS
from tamis.entities.numeric.moment import written
from tamis.entities.numeric.moments import moments
from tamis.entities.numeric.numeral import KINDS, MOMENTS, Count, Numeral
from tamis.entities.numeric.places import apart
from tamis.entities.numeric.quantities import quantities
from tamis.entities.numeric.sequences import sequences
from tamis.errors import InvalidInput, UnknownName, unknown

_QUANTITIES = frozenset(["percent", "range", "money", "dimension", "temperature", "age"])
_COUNTS = frozenset(["number", "ordinal", "fraction"])
_SEQUENCES = frozenset(KINDS) - _QUANTITIES - _COUNTS - MOMENTS
_FIGURE, _LETTERS = re.compile(r"\d"), re.compile(r"[a-z]+")
_EPOCH = datetime(2000, 1, 1)


def numerals(
    text: str, *, kinds: Iterable[str] = KINDS, now: datetime | None = None, language: str = "en"
) -> tuple[Numeral, ...]:
    """The numerals of a text, in order, none over another; of two that overlap the longer one.

    Args:
        text: any text.
        kinds: which kinds to look for; two that would overlap are only weighed against each other if both are asked for.
        language: of its words, a name in `LANGUAGES`. In languages other than English ("en") numbers, ordinals, fractions and
            percentages are found, and addresses and ids; no units and no times.
        now: what "tomorrow" and "in May" are seen from. Without it they have no value, but are there.

    Raises:
        UnknownName: there is no such kind or language.
        InvalidInput: the text is no str, or now is outside of the years 1000 to 9000.

    Example: numerals("pay $3.5 million by 5 May 2026") -> money 3500000 Dollar, date 2026-05-05
    """
    wanted = frozenset([kinds] if isinstance(kinds, str) else kinds)
    for kind in wanted:
        if kind not in KINDS:
            raise UnknownName(f"There is no numeral of kind {kind!r}.", hint=f"Choose from {', '.join(KINDS)}.")
    if not isinstance(text, str):
        raise InvalidInput(f"A text must be a str, got {type(text).__name__}.")
    if now is not None and not 1000 <= now.year <= 9000:
        raise InvalidInput(f"`now` must be from the year 1000 to 9000, got {now.isoformat()}.")
    if language not in LANGUAGES:
        raise unknown("language", language, LANGUAGES)
    table = LANGUAGES[language]
    rows = _candidates(text, wanted, now) if table is None else _foreign(text, wanted, table)
    return _apart([_finite(one) for one in rows if one.kind in wanted])


def _foreign(text: str, wanted: frozenset[str], table: NumberTable) -> Iterator[Numeral]:
    """What is found in languages whose words are a table."""
    if wanted & (_COUNTS | {"percent"}):
        bare = spoken(text, table)
        yield from (_count(text, one) for one in bare)
        yield from (Numeral(a, b, text[a:b], "percent", value) for a, b, value in percentages(text, bare, table))
    if wanted & _SEQUENCES:
        yield from sequences(text)


def _candidates(text: str, wanted: frozenset[str], now: datetime | None) -> Iterator[Numeral]:
    bare = counts(text) if wanted & (_QUANTITIES | _COUNTS) else []
    if wanted & _COUNTS:
        yield from (_count(text, one) for one in bare)
    if wanted & _QUANTITIES:
        yield from quantities(text, bare)
    if wanted & _SEQUENCES:
        yield from sequences(text)
    if wanted & MOMENTS:
        base = (now or _EPOCH).replace(tzinfo=None)
        for start, line in _lines(text):
            for moment in moments(line, base):
                one = written(moment, line, known=now is not None)
                yield replace(one, start=one.start + start, end=one.end + start)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that may hold a time, each with its place: those with a figure, or a word that times are made of."""
    start = 0
    for line in text.splitlines(keepends=True):
        if _FIGURE.search(line) or any(word in TRIGGERS for word in _LETTERS.findall(line.lower())):
            yield start, line
        start += len(line)


def _finite(one: Numeral) -> Numeral:
    return replace(one, value=None) if isinstance(one.value, float) and not isfinite(one.value) else one


def _count(text: str, one: Count) -> Numeral:
    return Numeral(one.start, one.end, text[one.start : one.end], one.kind, one.value)


def _apart(candidates: list[Numeral]) -> tuple[Numeral, ...]:
    order = {kind: place for place, kind in enumerate(reversed(KINDS))}
    return tuple(apart(sorted(candidates, key=lambda one: (one.start - one.end, order[one.kind]))))
