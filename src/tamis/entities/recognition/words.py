"""Words of a text with their places, and hashed features of how they are written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"\w+|[^\w\s]")
BUCKETS = 1 << 15
_OWN = 14  # features of a word by itself
_OFFSETS = (-2, -1, 1, 2)
FEATURES = _OWN + 3 * len(_OFFSETS) + 3
_EDGE = "\0"
Table = NDArray[np.uint32]


def words(text: str) -> list[tuple[int, int]]:
    """The places of the words of a text, and of each sign between them."""
    return [match.span() for match in _WORD.finditer(text)]


def features(tokens: Sequence[str]) -> Table:
    """(n, FEATURES) buckets: each word, its ends and its shape, what stands around it, and pairs of neighbours."""
    own = np.array([_own(_EDGE), _own(_EDGE), *map(_own, tokens), _own(_EDGE), _own(_EDGE)], np.uint32)
    here = own[2 : len(own) - 2]
    columns = [here]
    for salt, offset in enumerate(_OFFSETS, 1):
        there = own[2 + offset : len(own) - 2 + offset, :3]
        columns.append(_mixed(there, salt))
    before, after = own[1 : len(own) - 3, :2], own[3 : len(own) - 1, :2]
    pairs = np.stack(
        [before[:, 0] * 31 + here[:, 0], here[:, 0] * 37 + after[:, 0], before[:, 1] * 41 + after[:, 1]], 1
    )
    columns.append(_mixed(pairs, 9))
    return np.asarray(np.concatenate(columns, axis=1) % BUCKETS, np.uint32)


def _mixed(values: Table, salt: int) -> Table:
    """Other buckets for the same words elsewhere."""
    mixed = (values ^ np.uint32(salt * 0x9E3779B1 & 0xFFFFFFFF)) * np.uint32(0x85EBCA6B)
    return np.asarray(mixed ^ (mixed >> np.uint32(13)), np.uint32)


@lru_cache(maxsize=1 << 16)
def _own(word: str) -> tuple[int, ...]:
    low, shape = word.lower(), _shape(word)
    short = re.sub(r"(.)\1+", r"\1", shape)
    names = [
        f"w{low}", f"s{short}", f"p{low[:3]}", f"e{low[-3:]}", f"P{low[:4]}", f"E{low[-4:]}", f"f{low[-2:]}", f"b{low[:2]}",
        f"S{shape[:8]}", f"n{min(len(word), 9)}", f"g{low[1:4]}", f"h{low[2:5]}", f"c{shape[0]}{len(word) == 1}", f"W{word}",
    ]  # fmt: skip
    return tuple(crc32(name.encode("utf-8", "surrogatepass")) for name in names)


def _shape(word: str) -> str:
    return "".join("d" if c.isdigit() else "X" if c.isupper() else "x" if c.isalpha() else c for c in word[:24]) or "-"
