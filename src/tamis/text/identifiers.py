"""The words in source code, paths and logs: identifiers as a whole, and what they are made of."""

from __future__ import annotations

from functools import lru_cache

import regex

from tamis.text.function_words import FUNCTION_WORDS
from tamis.text.stems import stemmer

TOKEN = regex.compile(r"[^\W\d_][\w$]*|_+\w+|\d[\w.]*\w|\d")
_PARTS = regex.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_A-Za-z]+")


@lru_cache(maxsize=1 << 16)
def stems_of(token: str) -> tuple[str, ...]:
    """The stems of a token and of its parts, the whole first; () of a word that says nothing by itself.

    Example: "readConfig_file" -> "readconfig_file", "read", "config", "file"
    """
    low = token.lower()
    if low in FUNCTION_WORDS:
        return ()
    parts = [part.lower() for part in _PARTS.findall(token)]
    stem = stemmer("english")
    stems = dict.fromkeys([stem(low), *(stem(part) for part in parts if len(part) > 1 and part not in FUNCTION_WORDS)])
    return tuple(stems)
