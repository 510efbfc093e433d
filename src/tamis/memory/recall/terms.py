"""Texts as terms for lexical search: lower case, without function words, stemmed (Snowball)."""

from __future__ import annotations

import re
from datetime import datetime

from tamis.text.stems import stemmer

_WORD = re.compile(r"[^\W_]+(?:['’][a-z]+)?")
_UNSPACED = re.compile(r"[぀-ヿ㐀-䶿一-鿿가-힣豈-﫿฀-๿]+")  # scripts that put no space between words
_LISTED = """
a an the and or but if of at by for with about to from in on is are was were be been being do does did doing have has
had having i me my we our us you your he him his she her it its they them their this that these those what which who
whom whose when where why how am as so than too very can could will would shall should may might must just not no nor
there here then up out s t d ll m re ve
"""
_FUNCTION = frozenset(_LISTED.split())


def terms(text: str, language: str = "english") -> list[str]:
    """The terms of a text, in order; repeats stay.

    Example: "She was running to the 2 shops" -> run, 2, shop
    """
    stem = stemmer(language)
    return [stem(word) for word in words(text) if word not in _FUNCTION]


def words(text: str) -> list[str]:
    """Lower-case words without possessive endings; of scripts without spaces, pairs of letters."""
    tokens: list[str] = []
    for match in _WORD.finditer(text.lower()):
        word = re.split("['’]", match.group(), maxsplit=1)[0]
        tokens += _pairs(word) if _UNSPACED.search(word) else [word]
    return tokens


def _pairs(word: str) -> list[str]:
    return [word] if len(word) < 2 else [word[i : i + 2] for i in range(len(word) - 1)]


def date_terms(time: datetime | None, language: str = "english") -> list[str]:
    """What a time can be asked for by: its year, month, day and day of the week. English names."""
    return [] if time is None else terms(time.strftime("%Y %B %d %A").replace(" 0", " "), language)
