"""Words as stems (Snowball, Porter 1980), so that "wrote", "writes" and "writing" meet where words are compared."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from tamis.errors import unknown


def has_stemmer(language: str) -> bool:
    """Whether words of that language can be stemmed.

    Example: has_stemmer("german") -> True; has_stemmer("japanese") -> False
    """
    import Stemmer

    return language in Stemmer.algorithms()


@lru_cache(maxsize=8)
def stemmer(language: str) -> Callable[[str], str]:
    """What stems a lower-case word of a language ("english", "german", ...), and remembers what it has seen.

    Example: stemmer("english")("running") -> "run"

    Raises:
        UnknownName: there is no stemmer for that language.
    """
    import Stemmer

    if not has_stemmer(language):
        raise unknown("language", language, Stemmer.algorithms())
    stem: Callable[[str], str] = lru_cache(maxsize=1 << 17)(Stemmer.Stemmer(language, 0).stemWord)
    return stem
