"""The words of a text as the guard compares them, and the words of another text that they are.

Two texts are matched word by word: words that stand once in both anchor the rest (patience diff), and between two
anchors the longest common stretches are taken. Nearly linear in the texts; what is too repetitive stays unmatched.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import TypeAlias

from tamis.core import Span

_SIGN = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0eff"  # scripts without spaces: each character is a word
_TOKEN = re.compile(
    rf"[{_SIGN}]|\d[\d.,:/\u00a0\u202f]*(?<=\d)[^\W\d_]*|[^\W\d{_SIGN}]+(?:['’][^\W\d_]+)*|\w|[^\w\s]", re.UNICODE
)
FEW = 4_000  # pairs of lines that are compared each with each
ALIKE = 0.6  # the share of a line's words that the line which it comes from must have
LARGE = 1_000_000  # pairs of words between two anchors, beyond which they are left alone


Line: TypeAlias = "tuple[str, int, int]"
"""A line, and the range of its words."""
Pair: TypeAlias = "tuple[tuple[int, int], tuple[int, int]]"
"""Ranges of words on the left and on the right."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a number or a mark; `key` is what is compared."""

    span: Span
    key: str


def tokens(text: str) -> list[Token]:
    """The words, numbers and marks of a text in order.

    Example: "It isn't 3,5 %." -> it, isn't, 3,5, %, .
    """
    return [Token(Span(*match.span()), match[0].casefold().replace("’", "'")) for match in _TOKEN.finditer(text)]


def aligned(source: str, shortened: str, left: Sequence[Token], right: Sequence[Token]) -> list[int]:
    """For each word of a source the place of the same word in the shortened text, -1 where it is not there.

    Lines that are there whole are matched first, so that words of a line that went are not looked for in others.
    """
    partner = [-1] * len(left)
    lines, rows = _lines(source, left), _lines(shortened, right)
    there = matching([line[0] for line in lines], [row[0] for row in rows])
    for (_, a, b), j in zip(lines, there, strict=True):
        if j >= 0:
            partner[a:b] = range(rows[j][1], rows[j][2])
    for some, others in _between(lines, rows, there):
        for (a, b), (c, d) in _pairs(some, others, left, right):
            part = matching([token.key for token in left[a:b]], [token.key for token in right[c:d]])
            partner[a:b] = [c + j if j >= 0 else -1 for j in part]
    return partner


def _pairs(some: Sequence[Line], others: Sequence[Line], left: Sequence[Token], right: Sequence[Token]) -> list[Pair]:
    """Which words to match: line by line, where each line on the right is plainly one on the left; else all."""
    whole = ((some[0][1], some[-1][2]), (others[0][1], others[-1][2]))
    if len(some) * len(others) > FEW or len(some) == 1:
        return [whole]
    bags = [Counter(token.key for token in left[a:b]) for _, a, b in some]
    goals = [Counter(token.key for token in right[c:d]) for _, c, d in others]
    rare = Counter(key for bag in bags for key in bag)
    common = [[bag & goal for goal in goals] for bag in bags]
    worth = [[sum(n / rare[key] for key, n in both.items()) for both in row] for row in common]
    chosen = _heaviest(worth)
    plain = all(common[i][j].total() >= ALIKE * goals[j].total() for i, j in chosen)
    if len(chosen) < len(others) or not plain:
        return [whole]
    return [(some[i][1:], others[j][1:]) for i, j in chosen]


def _heaviest(worth: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Pairs of places, rising on both sides, that are worth most together (Needleman and Wunsch, 1970)."""
    rows, columns = len(worth), len(worth[0])
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], best[i + 1][j + 1] + worth[i][j])
    pairs, i, j = [], 0, 0
    while i < rows and j < columns:
        if worth[i][j] > 0 and best[i][j] == best[i + 1][j + 1] + worth[i][j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


def _lines(text: str, parts: Sequence[Token]) -> list[Line]:
    """The lines that have words, and which words these are."""
    starts = [token.span.start for token in parts]
    lines, at = [], 0
    for line in text.split("\n"):
        low, high = bisect_left(starts, at), bisect_left(starts, at + len(line))
        at += len(line) + 1
        if high > low:
            lines.append((line.strip(), low, high))
    return lines


def _between(
    lines: Sequence[Line], rows: Sequence[Line], there: Sequence[int]
) -> Iterator[tuple[Sequence[Line], Sequence[Line]]]:
    """The lines between those that are matched, on the left and on the right."""
    pairs = [(-1, -1), *((i, j) for i, j in enumerate(there) if j >= 0), (len(lines), len(rows))]
    for (i, j), (k, m) in pairwise(pairs):
        if k > i + 1 and m > j + 1:
            yield lines[i + 1 : k], rows[j + 1 : m]


def matching(left: Sequence[str], right: Sequence[str]) -> list[int]:
    """For each word on the left the place of the same word on the right, -1 where it is not there; in order.

    Example: matching("a b c".split(), "a c".split()) -> [0, -1, 1]
    """
    partner = [-1] * len(left)
    open_ranges = [(0, len(left), 0, len(right))]
    while open_ranges:
        a, b, c, d = open_ranges.pop()
        anchors = _anchors(left[a:b], right[c:d])
        if anchors:
            edges = [(a - 1, c - 1), *((a + i, c + j) for i, j in anchors), (b, d)]
            for i, j in edges[1:-1]:
                partner[i] = j
            open_ranges += [(i + 1, k, j + 1, m) for (i, j), (k, m) in pairwise(edges) if k > i + 1 and m > j + 1]
            continue
        a, b, c, d = _without_ends(left, right, (a, b, c, d), partner)
        if (b - a) * (d - c) <= LARGE:
            for i, j in _stretches(left[a:b], right[c:d]):
                partner[a + i] = c + j
    return partner


def _without_ends(
    left: Sequence[str], right: Sequence[str], ranges: tuple[int, int, int, int], partner: list[int]
) -> tuple[int, int, int, int]:
    """Match what two ranges have in common at their ends; what is left of them."""
    a, b, c, d = ranges
    while a < b and c < d and left[a] == right[c]:
        partner[a] = c
        a, c = a + 1, c + 1
    while a < b and c < d and left[b - 1] == right[d - 1]:
        b, d = b - 1, d - 1
        partner[b] = d
    return a, b, c, d


def _anchors(left: Sequence[str], right: Sequence[str]) -> list[tuple[int, int]]:
    """Words that stand once on both sides, as many as are in the same order: the longest rising sequence."""
    once = {word for word, count in Counter(left).items() if count == 1}
    once &= {word for word, count in Counter(right).items() if count == 1}
    place = {word: j for j, word in enumerate(right) if word in once}
    pairs = [(i, place[word]) for i, word in enumerate(left) if word in once]
    tails: list[int] = []
    ends: list[int] = []  # of each length, the pair that ends its lowest sequence
    before = [-1] * len(pairs)
    for number, (_, j) in enumerate(pairs):
        length = bisect_left(tails, j)
        before[number] = ends[length - 1] if length else -1
        tails[length : length + 1] = [j]
        ends[length : length + 1] = [number]
    chain, number = [], ends[-1] if ends else -1
    while number >= 0:
        chain.append(pairs[number])
        number = before[number]
    return chain[::-1]


def _stretches(left: Sequence[str], right: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Pairs of the longest common stretches."""
    for block in SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks():
        yield from ((block.a + k, block.b + k) for k in range(block.size))
