"""Finds the operators of a text: the words that say how something holds rather than what.

Time is linear in the text: a look into a table for each word, and a walk of a few words where an expression may begin.
Does not know clauses or scopes; what an operator governs is decided by who asks.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TypeAlias

import regex

from tamis.core import Span
from tamis.text.languages.language import KINDS, Language
from tamis.text.languages.lexicon import PLAIN, UNSPACED, Lexicon, Node, lexicon

_CLUSTER = regex.compile(r"\X")
_SENTENCE_END = re.compile(r"[.!?…]['\"”»)]*\s|[。！？।]|\n\s*\n")
_STARTS = "\n.!?…。！？:;：；*•·|>"  # what stands before the start of a sentence, white space aside
_CLAUSE_STARTS = _STARTS + ",،，、("
_BEHIND_LIGHT = " ,\n\t\r\u00a0"  # "a.m." and "a/b" are no articles
_NUMBERED = re.compile(r"\.[ \u00a0]?\d")
_MARGIN = 12  # characters that are looked at before a word, for the start of a sentence
_GAP = 3  # characters at most between a negator and the intensifier behind it
_SIMPLE = frozenset(KINDS) - {"negator", "light"}  # kinds that no neighbour changes
# Apostrophes and hyphens; İ alone would become two characters in lower case.
_STRAIGHT = (("’", "'"), ("ʼ", "'"), ("＇", "'"), ("‑", "-"), ("İ", "i"))


@dataclass(frozen=True, slots=True)
class Operator:
    """A word or expression whose scope must not be cut (or, if light, one that need not stay).

    span: characters of the text. kind: one of `KINDS`, which `tamis.text.languages` explains.

    Example: the first of operators("Never say never.", language) is Operator(Span(0, 5), "negator")
    """

    span: Span
    kind: str


_Hit: TypeAlias = tuple[int, int, Node]  # start, end and what is known of an expression in the text


def operators(text: str, language: Language | None) -> tuple[Operator, ...]:
    """Return the operators of a text in order; no two overlap, the longest expression wins.

    Words of the other scripts are compared with the commonest negators of their languages; so is the whole text if
    the language is not known (None).

    Example: operators("Take no more than two.", LANGUAGES["en"]) -> "no more than" as a limit
    """
    table = lexicon(language)
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return _operators(text, table)
    # Letters and marks apart, as some file systems write them: looked at together, clusters keep their places.
    clusters = [(unicodedata.normalize("NFC", match[0]), match.span()) for match in _CLUSTER.finditer(text)]
    places = [place for cluster, place in clusters for _ in cluster]
    composed = _operators("".join(cluster for cluster, _ in clusters), table)
    return tuple(Operator(Span(places[one.span.start][0], places[one.span.end - 1][1]), one.kind) for one in composed)


def _operators(text: str, table: Lexicon) -> tuple[Operator, ...]:
    """The operators of a text with composed letters."""
    lowered = _lowered(text, table)
    hits = _by_words(lowered, table)
    if table.patterns or (table.runs and not text.isascii() and UNSPACED.search(text)):
        hits = _disjoint(_by_characters(lowered, table) + hits)  # (of two with one span, the first stays)
    return _with_kinds(text, lowered, table, hits)


def _lowered(text: str, table: Lexicon) -> str:
    """The text in lower case, spelled as the listings are, every character at its place."""
    text = _replaced(text, table.spelling if text.isascii() else _STRAIGHT + table.spelling)
    return _replaced(text.lower(), table.spelling)


def _replaced(text: str, pairs: tuple[tuple[str, str], ...]) -> str:
    for variant, letter in pairs:  # (several times as fast as `str.translate`)
        text = text.replace(variant, letter)
    return text


def _by_words(text: str, table: Lexicon) -> list[_Hit]:
    """Expressions in what is written with spaces."""
    hits = []
    node_of = table.words.__getitem__
    floor = 0
    for match in table.word.finditer(text):
        node = node_of(match[0])
        if node is None:
            continue
        start, end = match.span()
        if start < floor:
            continue
        if node.children and (text[end : end + 1] != " " or text[end + 1 : end + 2] in node.initials):
            node, end = _longest(text, node, end, table)
        if node.ends:
            hits.append((start, end, node))
            floor = end
    return hits


def _longest(text: str, node: Node, end: int, table: Lexicon) -> tuple[Node, int]:
    """The longest expression that begins with the word that ends at `end`."""
    longest = node, end
    further = table.further.match
    while node.children and (match := further(text, end)):
        comma, word = match.groups()
        child = node.children.get(comma + word if comma else word)
        if child is None:
            break
        node, end = child, match.end()
        if node.ends:
            longest = node, end
    return longest


def _by_characters(text: str, table: Lexicon) -> list[_Hit]:
    """Expressions in what is written without spaces."""
    hits = [(*match.span(), node) for pattern, node in table.patterns for match in pattern.finditer(text)]
    for match in table.starts.finditer(text):
        start = match.start()
        for length in table.lengths[match[0]]:
            node = table.runs.get(text[start : start + length])
            if node is not None:
                hits.append((start, start + length, node))
                break
    return hits


def _disjoint(hits: list[_Hit]) -> list[_Hit]:
    """Without overlaps: the first one stays, the longest of those that start together."""
    disjoint = []
    floor = 0
    for hit in sorted(hits, key=lambda hit: (hit[0], -hit[1])):
        if hit[0] >= floor:
            disjoint.append(hit)
            floor = hit[1]
    return disjoint


def _with_kinds(text: str, lowered: str, table: Lexicon, hits: list[_Hit]) -> tuple[Operator, ...]:
    """The operators among the expressions: halves of pairs with their first half, starters at their place."""
    operators: list[Operator] = []
    first_halves: dict[int, int] = {}  # end of the last first half that still waits for its second, by group
    negation = -1  # end of the last negator
    for start, end, node in hits:
        kind = node.kind
        if kind in _SIMPLE and not (node.seconds or node.firsts or node.starter or node.noun):  # (nearly all)
            operators.append(Operator(Span(start, end), kind))
            continue
        if (node.noun and _is_noun(text, start, end, table)) or (node.label and _is_label(text, start, end)):
            continue
        if node.seconds:
            kind = _second_half(lowered, start, node, first_halves) or kind
        for group in node.firsts:
            first_halves[group] = end
        if node.starter and _begins(text, start, _CLAUSE_STARTS if node.starter == "condition" else _STARTS):
            kind = node.starter
        if kind == "light" and not _may_go(text, start, end, negation):
            continue
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


def _is_noun(text: str, start: int, end: int, table: Lexicon) -> bool:
    """Whether a word that may be a noun is one here: with a capital inside a sentence, or behind an article.

    Not in capitals: "they MAY, and you MUST NOT".
    """
    if text[start].isupper():
        return not text[start:end].isupper() and not _begins(text, start, _STARTS)
    _, _, before = text[max(0, start - _MARGIN) : start].rstrip().rpartition(" ")
    return before.lower() in table.articles


def _is_label(text: str, start: int, end: int) -> bool:
    """Whether a word stands for "number" here: "No. 5"."""
    return text[start].isupper() and _NUMBERED.match(text, end) is not None


def _may_go(text: str, start: int, end: int, negation: int) -> bool:
    """Whether a light expression is one here; `negation` is where the last negator ends, or -1."""
    if 0 <= negation >= start - _GAP and not text[negation:start].strip():
        return False  # "not really": what weakens a denial belongs to it
    if text[start].isupper() and not _begins(text, start, _STARTS):
        return False  # "vitamin A", "The Hague"
    if end - start == 1 and not text[end + 1 : end + 2].isalpha():
        return False  # "A = 3", "plan a."
    return text[end : end + 1] in _BEHIND_LIGHT or not text[start].isascii()


def _begins(text: str, start: int, marks: str) -> bool:
    """Whether a sentence (or a clause) begins at `start`: one of the marks, or nothing at all, stands before it."""
    before = text[max(0, start - _MARGIN) : start]
    stripped = before.rstrip(" \t\u00a0\u3000\"'“”«»„(-–—")
    return stripped[-1] in marks if stripped else start < _MARGIN or "\n" in before
