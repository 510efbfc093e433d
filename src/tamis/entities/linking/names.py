"""How alike two names are: letters, words, meaning; and the long forms of abbreviations in a text."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tamis.text.stems import stemmer

_WORD = re.compile(r"\w+")
_SHORT = re.compile(r"\(([^()\s]{2,10})\)")
_IDLE = frozenset(["of", "the", "a", "an", "and", "or", "in", "de", "la", "der"])
Vector = NDArray[np.float32]


def plain(name: str) -> str:
    """A name without case, accents and signs: "Crohn's  Disease" -> "crohn s disease"."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return " ".join(_WORD.findall("".join(c for c in decomposed if not unicodedata.combining(c))))


def bag(name: str) -> tuple[str, ...]:
    """The stems of a name's words in alphabetical order: "cancers of the breast" -> ("breast", "cancer")."""
    stem = stemmer("english")
    return tuple(sorted({stem(word) for word in plain(name).split() if word not in _IDLE}))


def grams(name: str) -> list[str]:
    """The letters of a name, three at a time, with its edges."""
    text = f" {plain(name)} "
    return [text[n : n + 3] for n in range(max(1, len(text) - 2))]


def long_forms(text: str) -> dict[str, str]:
    """Abbreviations in brackets with what stands in front of them (Schwartz and Hearst 2003).

    Example: long_forms("adenomatous polyposis coli (APC)") -> {"APC": "adenomatous polyposis coli"}
    """
    pairs: dict[str, str] = {}
    for match in _SHORT.finditer(text):
        short = match[1]
        if not short[0].isalnum() or not any(char.isupper() for char in short):
            continue
        words = text[max(0, match.start() - 200) : match.start()].split()[-min(len(short) + 5, 2 * len(short)) :]
        long = _long_form(short, " ".join(words))
        if long:
            pairs.setdefault(short, long)
    return pairs


def _long_form(short: str, before: str) -> str:
    """The end of the words in front whose first letters it is; else the shortest one that has its letters in order."""
    words = before.split()[-len(short) :]
    if len(words) == len(short) and [word[0].lower() for word in words] == list(short.lower()):
        return " ".join(words)
    place = len(before) - 1
    letters = [char for char in short.lower() if char.isalnum()]
    for number in range(len(letters) - 1, -1, -1):
        char = letters[number]
        while place >= 0 and not (
            before[place].lower() == char and (number or place == 0 or not before[place - 1].isalnum())
        ):
            place -= 1
        if place < 0:
            return ""
        place -= 1
    long = before[place + 1 :].strip()
    return long if len(long) > len(short) else ""


@dataclass(frozen=True, eq=False)
class NameIndex:
    """Names by their letters: postings of trigrams, weighted by how rare they are (Salton and Buckley 1988)."""

    names: tuple[str, ...]
    _postings: dict[str, tuple[NDArray[np.int64], Vector]]
    _rarity: dict[str, float]

    @staticmethod
    def of(names: Sequence[str]) -> NameIndex:
        """The index of some names."""
        counts = [_counts(name) for name in names]
        places: dict[str, list[int]] = defaultdict(list)
        for number, table in enumerate(counts):
            for gram in table:
                places[gram].append(number)
        rarity = {gram: float(np.log(1 + len(names) / len(rows))) for gram, rows in places.items()}
        lengths = np.array([_length(table, rarity) for table in counts], np.float32)
        postings = {}
        for gram, rows in places.items():
            numbers = np.array(rows, np.int64)
            weights = np.array([counts[n][gram] for n in rows], np.float32) * np.float32(rarity[gram])
            postings[gram] = numbers, weights / lengths[numbers]
        return NameIndex(tuple(names), postings, rarity)

    def cosines(self, name: str) -> Vector:
        """(n,) how alike each name is in its letters, 0 to 1."""
        scores = np.zeros(len(self.names), np.float32)
        table = _counts(name)
        unseen = float(np.log(1 + len(self.names)))
        length = _length(table, {gram: self._rarity.get(gram, unseen) for gram in table})
        for gram, count in table.items():
            if gram in self._postings:
                numbers, weights = self._postings[gram]
                scores[numbers] += weights * np.float32(count * self._rarity[gram] / length)
        return scores


def _counts(name: str) -> dict[str, int]:
    table: dict[str, int] = {}
    for gram in grams(name):
        table[gram] = table.get(gram, 0) + 1
    return table


def _length(table: dict[str, int], rarity: dict[str, float]) -> float:
    return max(1e-6, float(np.sqrt(sum((count * rarity[gram]) ** 2 for gram, count in table.items()))))


@dataclass(frozen=True, eq=False)
class WordIndex:
    """Names by their words, weighted by how rare they are."""

    _rows: dict[str, NDArray[np.int64]]
    _rarity: dict[str, float]
    _totals: Vector

    @staticmethod
    def of(bags: Sequence[Sequence[str]]) -> WordIndex:
        """The index of some bags of words, none with a word twice."""
        rows: dict[str, list[int]] = defaultdict(list)
        for number, words in enumerate(bags):
            for word in words:
                rows[word].append(number)
        rarity = {word: float(np.log(1 + len(bags) / len(numbers))) for word, numbers in rows.items()}
        totals = np.array([sum(rarity[word] for word in words) for words in bags], np.float32)
        return WordIndex({word: np.array(numbers) for word, numbers in rows.items()}, rarity, totals)

    def __call__(self, words: Sequence[str]) -> tuple[Vector, Vector]:
        """(n,) of common words as a share of all words of both, and of the words of each name; 0 to 1."""
        common = np.zeros_like(self._totals)
        unseen = float(np.log(1 + len(self._totals)))
        total = np.float32(sum(self._rarity.get(word, unseen) for word in words))
        for word in words:
            if word in self._rows:
                common[self._rows[word]] += np.float32(self._rarity[word])
        union = self._totals + total - common
        return _ratio(common, union), _ratio(common, self._totals)


def _ratio(part: Vector, whole: Vector) -> Vector:
    return np.asarray(part / np.maximum(whole, np.float32(1e-6)), np.float32)
