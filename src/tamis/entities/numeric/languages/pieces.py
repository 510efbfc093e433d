"""A text as pieces: words of a table, compounds cut into them ("dreihundertfünf"), and figures."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from tamis.entities.numeric.languages.table import NumberTable
from tamis.entities.numeric.numeral import Count

_LONGEST = 60  # letters of a compound that are tried


@dataclass(frozen=True, slots=True)
class NumberPart:
    """A word of the table, or figures.

    Attributes:
        word: small, without accents; "" for figures.
        value: of figures.
        begins: a written word begins here.
    """

    word: str
    start: int
    end: int
    value: float = 0.0
    begins: bool = True


def folded(text: str) -> str:
    """Small letters without accents, wide figures as figures; every character keeps its place."""
    return "".join(_plain(character) for character in text)


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    low = unicodedata.normalize("NFKD", character).lower()
    return low[0] if low and (len(low) == 1 or unicodedata.combining(low[1])) else character


def pieces(text: str, numbers: list[Count], table: NumberTable) -> list[NumberPart]:
    """Words of the table and figures, in order."""
    plain = [NumberPart("", one.start, one.end, one.value) for one in numbers if one.kind == "number"]
    for match in re.finditer(r"[^\W\d_]+", text):
        plain += _cut(match[0], match.start(), table)
    return sorted(plain, key=lambda piece: piece.start)


def _cut(word: str, start: int, table: NumberTable) -> Iterator[NumberPart]:
    """The words of the table that a written word is; in a language that joins them also those among others."""
    known, longest = table.words, table.longest
    if word in known:
        yield NumberPart(word, start, start + len(word))
    elif not table.joined:
        place = 0
        for part in _compound(word, known, longest) if len(word) <= _LONGEST else ():
            yield NumberPart(part, start + place, start + place + len(part), begins=not place)
            place += len(part)
    else:
        place = 0
        while place < len(word):
            sizes = range(min(longest, len(word) - place), 0, -1)
            size = next((size for size in sizes if word[place : place + size] in known), 0)
            if size:
                yield NumberPart(word[place : place + size], start + place, start + place + size)
            place += size or 1


def _compound(word: str, known: frozenset[str], longest: int) -> tuple[str, ...]:
    """The fewest words of the table that make up a word; none where they do not."""
    best: list[tuple[str, ...] | None] = [(), *[None] * len(word)]
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - longest), end):
            head, part = best[start], word[start:end]
            if head is not None and part in known and (best[end] is None or len(head) + 1 < len(best[end] or ())):
                best[end] = (*head, part)
    return best[-1] or ()
