"""The words of an instruction, as the network of slots reads them: what is quoted is one word, whatever it says."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from tamis.core import Ints
from tamis.screen.said import ORDINALS, PLACES, ROLES, SIDES, STATES
from tamis.text.function_words import FUNCTION_WORDS

ROWS: Final = 4096  # of hashed parts of words
_SIDES = [frozenset(phrase for phrase, one in SIDES.items() if one == side) for side in dict.fromkeys(SIDES.values())]
_LONGEST = 6  # words of an entry of a table
PARTS: Final = 5  # of a word
FLAGS: Final = (
    "quoted", "capital", "capitals", "digits", "sign", "first", "last", "grammar", "role", "ordinal", "place", "state",
    "below", "above", "left", "right", "near", "row", "section", "single", "behind sign", "quotes",
)  # fmt: skip
QUOTED: Final = re.compile(
    r"\"([^\"]+)\"|“([^“”]+)”|„([^„“”]+)[“”]|«\s*([^«»]+?)\s*»|(?<!\w)‘([^‘’]+(?:(?<=\w)’\w[^‘’]*)*)’"
    r"|(?<![\w'])'((?:[^']|(?<=\w)'(?=\w))+)'(?!\w)|(?<!\w)’((?:[^’]|(?<=\w)’(?=\w))+)’(?!\w)"
)
_WORD = re.compile(r"[^\W_]+(?:['’._@/&-][^\W_]+)*|[^\w\s]|_")
_WIDE = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]|[^\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]+")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of an instruction, a sign, or all that is quoted.

    Attributes:
        start, end: in characters of the instruction, without quotation marks.
    """

    text: str
    start: int
    end: int
    quoted: bool = False


def words_of(text: str) -> tuple[Word, ...]:
    """The words of an instruction, in order; letters of scripts without spaces are words of their own."""
    result: list[Word] = []
    end = 0
    for match in QUOTED.finditer(text):
        if not (inner := match[match.lastindex or 0]).strip():
            continue
        low = match.start(match.lastindex or 0)
        result += _plain(text, end, match.start())
        result.append(Word(inner, low, low + len(inner), quoted=True))
        end = match.end()
    return (*result, *_plain(text, end, len(text)))


def _plain(text: str, low: int, high: int) -> list[Word]:
    words = (match.span() for match in _WORD.finditer(text, low, high))
    parts = (match.span() for start, end in words for match in _WIDE.finditer(text, start, end))
    return [Word(text[start:end], start, end) for start, end in parts]


def parts_of(words: Sequence[Word]) -> Ints:
    """(n, PARTS) rows of hashed parts of each word: itself, its beginnings, its ends, its shape."""
    return np.array([_parts(word) for word in words], dtype=np.int64).reshape(-1, PARTS)


def _parts(word: Word) -> list[int]:
    if word.quoted:
        return [crc32(f"{what}\0quoted".encode()) % ROWS for what in "wpqse"]
    low = word.text.casefold().replace("’", "'")
    parts = (f"w{low}", f"p{low[:3]}", f"q{low[:4]}", f"s{low[-3:]}", f"e{low[-2:]}")
    return [crc32(part.encode()) % ROWS for part in parts]


def flags_of(words: Sequence[Word]) -> NDArray[np.float32]:
    """(n, len(FLAGS)) what is known of each word."""
    low = [word.text.casefold() for word in words]
    known = [_within(low, table) for table in (ROLES, ORDINALS, PLACES, STATES, *_SIDES)]
    any_quotes = any(word.quoted for word in words)
    rows = []
    for at, word in enumerate(words):
        text = word.text
        rows.append((
            word.quoted, text[:1].isupper(), text.isupper() and len(text) > 1, any(c.isdigit() for c in text),
            not any(c.isalnum() for c in text), at == 0, at == len(words) - 1, low[at] in FUNCTION_WORDS,
            *(at in table and not word.quoted for table in known), len(text) == 1,
            at > 0 and not any(c.isalnum() for c in words[at - 1].text), any_quotes,
        ))  # fmt: skip
    return np.array(rows, dtype=np.float32).reshape(-1, len(FLAGS))


def _within(low: Sequence[str], table: Container[str]) -> set[int]:
    """The words that are, or are part of, an entry of a table."""
    result: set[int] = set()
    for size in range(1, _LONGEST + 1):
        for at in range(len(low) - size + 1):
            if " ".join(low[at : at + size]) in table:
                result.update(range(at, at + size))
    return result
