"""How the languages of one script are told apart: by whole words, and by the trigrams of their own closed classes.

No model is stored: the listings of a language, some hundreds of its most frequent words, are the sample of how it is
spelled (Cavnar & Trenkle 1994 rank the n-grams of a text; here naive Bayes adds their log-likelihoods).
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from tamis.text.languages.language import Language
from tamis.text.languages.table import LANGUAGES

_BETWEEN_WORDS = re.compile(r"[\W\d_]+")
_UNSEEN = 0.5  # of a count, for what a language's listings do not have
_EMPHASIS = 3  # how often a word of `common` counts

Row = NDArray[np.float32]


class Profile:
    """Function words and trigrams of the languages of a script. Texts are `spaced` (see there)."""

    def __init__(self, languages: tuple[Language, ...]) -> None:
        self.languages = languages
        self._columns: dict[str, tuple[int, ...]] = {}  # the languages that have a word
        for column, language in enumerate(languages):
            for word in language.common.union(*language.by_kind().values()):
                self._columns[word] = (*self._columns.get(word, ()), column)

    def words(self, spaced: str) -> list[int]:
        """Return how many of the text's words are listed, for each language."""
        counts = [0] * len(self.languages)
        for columns in filter(None, map(self._columns.get, spaced.split())):
            for column in columns:
                counts[column] += 1
        return counts

    def likelihoods(self, spaced: str) -> Row:
        """Return the log-likelihood of the text's trigrams for each language, up to a constant."""
        rows, table = self._trigrams
        likelihoods: Row = table[[rows[each] for each in _trigrams(spaced) if each in rows]].sum(0)
        return likelihoods

    @cached_property
    def _trigrams(self) -> tuple[dict[str, int], Row]:
        """The row of each trigram, and its log-likelihood in each language, less their mean."""
        counts = [_counts(language) for language in self.languages]
        rows = {trigram: row for row, trigram in enumerate(dict.fromkeys(itertools.chain.from_iterable(counts)))}
        table = np.zeros((len(rows), len(counts)), np.float32)
        for column, count in enumerate(counts):
            table[[rows[trigram] for trigram in count], column] = list(count.values())
        likelihoods = np.log((table + _UNSEEN) / (table.sum(0) + _UNSEEN * len(rows)))
        return rows, likelihoods - likelihoods.mean(1, keepdims=True)


def spaced(text: str) -> str:
    """Return the letters of a text in lower case, one space between words and around them."""
    return f" {_BETWEEN_WORDS.sub(' ', text.lower())} "


@lru_cache(maxsize=32)
def of_script(script: str) -> Profile:
    """Return the profile of the languages of a script."""
    return Profile(tuple(language for language in LANGUAGES.values() if language.script == script))


def _trigrams(spaced: str) -> list[str]:
    return [spaced[start : start + 3] for start in range(len(spaced) - 2)]


def _counts(language: Language) -> dict[str, int]:
    """How often each trigram is in the listings of a language, a space for the end of a word."""
    listings = [*language.by_kind().values(), *[language.common] * _EMPHASIS]
    words = spaced(" ".join(entry for entries in listings for entry in entries)).split()
    counts = Counter(_trigrams("  ".join(["", *words, ""])))
    return {trigram: count for trigram, count in counts.items() if "  " not in trigram}
