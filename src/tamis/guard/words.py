"""Words of a text as the guard reads them: places, states of the encoder, hashed runs of words, and windows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from tamis.core import Ints
from tamis.models.hidden import load_hidden

LAYERS = ("layers.1.hidden",)  # two of six: a verdict on 500 pieces has 15 ms
BUCKETS = 1 << 16
FEATURES = 4
WINDOW, STRIDE = 40, 20  # words that are judged together
_WORD = re.compile(r"\w+|[^\w\s]")
_EDGE = crc32(b"\0")


@dataclass(frozen=True, eq=False)
class WordTable:
    """One text: places of its words (n, 2), states (n, WIDTH), buckets (n, FEATURES)."""

    places: tuple[tuple[int, int], ...]
    states: NDArray[np.float16]
    buckets: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.places)


def word_tables(texts: Sequence[str]) -> list[WordTable]:
    """The texts as the network reads them."""
    rows = []
    for text, hidden in zip(texts, load_hidden(LAYERS)(texts), strict=True):
        places = tuple(match.span() for match in _WORD.finditer(text))
        rows.append(WordTable(places, hidden.of_words(places), buckets([text[low:high] for low, high in places])))
    return rows


def buckets(words: Sequence[str]) -> NDArray[np.uint32]:
    """(n, FEATURES): each word, with the one before, with the two before, and how it is written."""
    if not words:
        return np.zeros((0, FEATURES), np.uint32)
    own = np.array([_EDGE, _EDGE, *(crc32(word.lower().encode("utf-8", "replace")) for word in words)], np.uint64)
    here, last, first = own[2:], own[1:-1], own[:-2]
    shape = np.array([_shape(word) for word in words], np.uint64)
    pair = here * 31 + last * 0x9E3779B1 + 1
    triple = pair * 37 + first * 0x85EBCA6B + 2
    columns = np.stack([here, pair, triple, shape * 41 + last * 7 + 3], 1) & np.uint64(0xFFFFFFFF)
    return np.asarray(((columns * 0x2C1B3C6D) >> np.uint64(13)) % BUCKETS, np.uint32)


def _shape(word: str) -> int:
    """A number for: capital letters, a capital first, digits, a sign, anything else."""
    if word.isupper() and len(word) > 1:
        return 1
    return 2 if word[0].isupper() else 3 if word.isdigit() else 4 if not word.isalnum() else 5


def window_starts(count: int) -> Ints:
    """The first words of the windows over `count` words; the last window ends with the text.

    Example: 90 words -> 0, 20, 40, 50
    """
    last = max(0, count - WINDOW)
    starts = np.arange(0, last, STRIDE, dtype=np.int64)
    return np.append(starts, last)


def window_words(counts: Sequence[int]) -> tuple[Ints, NDArray[np.bool_], Ints]:
    """The words of all windows of several texts that stand behind each other.

    counts -- words of each text, at least 1

    Returns places (w, WINDOW), which of them are words (w, WINDOW), and the text of each window (w,).
    """
    rows, live, texts, base = [], [], [], 0
    for number, count in enumerate(counts):
        grid = window_starts(count)[:, None] + np.arange(WINDOW)
        rows.append(np.minimum(grid, count - 1) + base)
        live.append(grid < count)
        texts.append(np.full(len(grid), number, np.int64))
        base += count
    return np.concatenate(rows), np.concatenate(live), np.concatenate(texts)
