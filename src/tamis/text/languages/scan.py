"""Finds the operators of a text: the words that say how something holds rather than what.

Time is linear in the text: a look into a table for each word, and a walk of a few words where an expression may begin.
Does not know clauses or scopes; what an operator governs is decided by who asks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from tamis.core import Span
from tamis.text.languages.language import Language
from tamis.text.languages.lexicon import PLAIN, UNSPACED, Lexicon, Node, lexicon

_GAP = re.compile(r"[,.]?[ \t\u00a0\u202f]{0,4}\n?[ \t\u00a0]{0,4}|")
_SENTENCE_END = re.compile(r"[.!?…]['\"”»)]*\s|[。！？।]|\n\s*\n")
_STARTS = "\n.!?…。！？:;：；*•·|>"  # what stands before the start of a sentence, white space aside
_MARGIN = 12  # characters that are looked at before a word, for the start of a sentence
_APOSTROPHES = str.maketrans("’ʼ＇İ", "'''i")


@dataclass(frozen=True, slots=True)
class Operator:
    """A word or expression whose scope must not be cut (or, if light, one that need not stay).

    span: characters of the text. kind: one of `KINDS`, which `tamis.text.languages` explains.

    Example: the first of operators("Never say never.", language) is Operator(Span(0, 5), "negator")
    """

    span: Span
    kind: str


class _Hit(NamedTuple):
    """An expression in the text."""

    start: int
    end: int
    node: Node


def operators(text: str, language: Language | None) -> tuple[Operator, ...]:
    """Return the operators of a text in order; no two overlap, the longest expression wins.

    Words of the other scripts are compared with the commonest negators of their languages; so is the whole text if
    the language is not known (None).

    Example: operators("Take no more than two.", LANGUAGES["en"]) -> "no more than" as a limit
    """
    table = lexicon(language)
    lowered = _lowered(text, language)
    hits = _by_words(lowered, table)
    if table.runs and not text.isascii() and UNSPACED.search(text):
        hits = _disjoint(hits + _by_characters(lowered, table))
    return _with_kinds(lowered, table, hits)


def _lowered(text: str, language: Language | None) -> str:
    """The text in lower case, apostrophes made straight, every character at its place."""
    if not text.isascii():
        text = text.translate(_APOSTROPHES)
    if language is not None and language.code in {"tr", "az"}:
        text = text.replace("I", "ı")
    return text.lower()


def _by_words(text: str, table: Lexicon) -> list[_Hit]:
    """Expressions in what is written with spaces."""
    hits = []
    words = table.words
    floor = 0
    for match in table.word.finditer(text):
        node = words[match[0]]
        if node is None or match.start() < floor:
            continue
        end = match.end()
        if node.children:
            node, end = _longest(text, node, end, table)
        if node.ends:
            hits.append(_Hit(match.start(), end, node))
            floor = end
    return hits


def _longest(text: str, node: Node, end: int, table: Lexicon) -> tuple[Node, int]:
    """The longest expression that begins with the word that ends at `end`."""
    longest = node, end
    while node.children:
        gap = _GAP.match(text, end)
        match = gap and table.word.match(text, gap.end())
        child = match and node.children.get(match[0])
        if not match or child is None:
            break
        node, end = child, match.end()
        if node.ends:
            longest = node, end
    return longest


def _by_characters(text: str, table: Lexicon) -> list[_Hit]:
    """Expressions in what is written without spaces."""
    hits = [_Hit(*match.span(), node) for pattern, node in table.patterns for match in pattern.finditer(text)]
    for match in table.starts.finditer(text):
        start = match.start()
        for length in table.lengths[match[0]]:
            node = table.runs.get(text[start : start + length])
            if node is not None:
                hits.append(_Hit(start, start + length, node))
                break
    return hits


def _disjoint(hits: list[_Hit]) -> list[_Hit]:
    """Without overlaps: the first one stays, the longest of those that start together."""
    disjoint = []
    floor = 0
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
        if hit.start >= floor:
            disjoint.append(hit)
            floor = hit.end
    return disjoint


def _with_kinds(text: str, table: Lexicon, hits: list[_Hit]) -> tuple[Operator, ...]:
    """The operators among the expressions: halves of pairs with their first half, starters at their place."""
    operators: list[Operator] = []
    first_halves: dict[int, int] = {}  # end of the last first half that still waits for its second, by group
    negation = -1  # end of the last negator
    for start, end, node in hits:
        kind = node.kind
        if node.seconds:
            kind = _second_half(text, start, node, first_halves) or kind
        for group in node.firsts:
            first_halves[group] = end
        if node.starter and _starts_sentence(text, start):
            kind = "light"
        if kind == "light" and negation >= 0 and text[negation:start].isspace():
            continue  # "not really": what weakens a denial belongs to it
        if kind == "negator":
            negation = end
        if kind and kind != PLAIN:
            operators.append(Operator(Span(start, end), kind))
    return tuple(operators)


def _second_half(text: str, start: int, node: Node, first_halves: dict[int, int]) -> str:
    """The kind of the pair that the expression closes; "" if none."""
    for group, kind, reach in node.seconds:
        end = first_halves.get(group, -1)
        if end >= 0 and start - end <= reach and not _SENTENCE_END.search(text, end, start):
            del first_halves[group]
            return kind
    return ""


def _starts_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - _MARGIN) : start]
    stripped = before.rstrip(" \t\u00a0\u3000\"'“”«»„(-–—")
    return stripped[-1] in _STARTS if stripped else start < _MARGIN or "\n" in before
