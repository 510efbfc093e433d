"""Word units: a partition of any text into what can be dropped without hurting its neighbours.

A unit is a body and the white space behind it. Laws: the units partition the text; no grapheme cluster is cut; dropping
any set of units never glues two words together that the source kept apart. URLs, e-mails, numbers with their signs,
flags, paths, keys, short inline code (`text/shapes.py`) stay whole, and may hold blanks; leading and trailing
punctuation are units of their own; scripts without spaces (Han, Kana, Thai, Khmer, Lao, Burmese) are cut between
phrases (`text/phrases.py`).

Does not know what a sentence is (`text/sentences.py`), nor which words matter.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import regex

from tamis.text.phrases import LEANING, NUMERALS, borders
from tamis.text.shapes import RUN, SPACED, UNIT
from tamis.text.units import MARK, OPENERS, WORD, Units

LONGEST = 120  # characters; a longer run without spaces (minified JSON, base64) is cut at punctuation
LONGEST_URL = 480  # characters; a data: URL of a megabyte is a blob, not a link
BLOB = 24  # characters of a piece of such a run where it has no punctuation either
_DASH = regex.compile(r"—|(?<!\d)–|–(?!\d)|(?:…|\.{3})(?!@)|(?<=\p{L})--(?=\p{L})")
_CUT = regex.compile(r"[^\w\s]+")
_CLUSTER = regex.compile(r"\X")
# What no cluster of several characters is without (UAX 29); most texts have none of it, and this search is quick.
_JOINS = regex.compile(r"[^\p{GCB=Other}\p{GCB=Control}\p{GCB=LF}\p{GCB=CR}]|\r\n")
_SPACED_CHAR = regex.compile(SPACED, regex.V1)
# Characters of scripts without spaces that belong to what follows, be it a number or a Latin word.
_LEADERS = frozenset(LEANING + NUMERALS + "约約近超達达逾共")


def words(text: str) -> Units:
    """Cut a text into word units.

    A text of nothing but white space is one unit.

    Example: "Hello, wide world!" -> "Hello" ", " "wide " "world" "!"
    """
    marks = list(_units(text)) or [(0, len(text), False)] * bool(text)
    if marks and not text.isascii():
        marks = _whole_clusters(text, marks)
    starts = np.array([m[0] for m in marks], np.int64)
    ends = np.array([m[1] for m in marks], np.int64)
    return Units(text, starts, ends, np.array([MARK if m[2] else WORD for m in marks], np.int8))


Mark = tuple[int, int, bool]  # start, end, punctuation only
_STOPS = frozenset(".!?…")


def _units(text: str) -> Iterator[Mark]:
    """Yield the units in order; runs that need a closer look are cut again."""
    cuts = [] if text.isascii() else borders(text, [m.span() for m in RUN.finditer(text)])
    pending: Mark | None = None
    for match in UNIT.finditer(text):
        pieces = [(*match.span(), False)] if match.lastgroup == "plain" else _pieces(text, match, cuts)
        for piece in pieces:
            if pending is None:
                pending = piece
            elif pending[1] == piece[0] and _hang_together(text, pending, piece):
                pending = (pending[0], piece[1], False)
            else:
                yield pending
                pending = piece
    if pending:
        yield pending


def _pieces(text: str, match: regex.Match[str], cuts: list[int]) -> list[Mark]:
    """The units that a match holds, before neighbours are joined."""
    start, end = match.span()
    kind = "core" if match.lastgroup == "tail" else match.lastgroup
    if match[0] in _STOPS:  # "He left . She stayed .": text that was cut into tokens
        return [(start, end, True)]
    if kind == "punct":
        return [(a, min(a + BLOB, end), True) for a in range(start, end, BLOB)]
    if kind == "core" and match.end("core") < end:
        return _closed(text, start, match.end("core"), end)
    if kind == "nospace":
        edges = [start, *cuts[bisect_right(cuts, start) : bisect_left(cuts, end)], end]
    elif end - start > (LONGEST if kind == "core" else LONGEST_URL):
        edges = _long(text, start, end)
    elif kind == "core":
        edges = [start, *(m.end() for m in _DASH.finditer(text, start + 1, end) if m.end() < end), end]
    else:
        edges = [start, end]
    return [(a, b, False) for a, b in itertools.pairwise(edges) if b > a]


def _hang_together(text: str, left: Mark, right: Mark) -> bool:
    """Whether a word and what touches it are one where cutting could glue words or part a number from what it counts.

    "Python编写Java" becomes "Python编写" "Java", never "Python" "编写" "Java": without the middle one it would read
    "PythonJava".
    """
    if left[2] or right[2] or right[1] - left[0] > 2 * LONGEST:
        return False
    if text[right[0]] == "<" and not _spaced(text[right[1] : right[1] + 1]):
        return False  # "bold</b>", but "one<br>two"
    last = text[left[1] - 1]
    return _spaced(last) or last in _LEADERS


@lru_cache(maxsize=4096)
def _spaced(char: str) -> bool:
    return _SPACED_CHAR.match(char) is not None


def _closed(text: str, start: int, middle: int, end: int) -> list[Mark]:
    """Give a core the closing brackets that it opened: "f(x)" is one unit, "aside)" are two."""
    core = text[start:middle]
    while middle < end and core.count(OPENERS[text[middle]]) > core.count(text[middle]):
        middle += 1
        core = text[start:middle]
    return [(start, middle, False), *((i, i + 1, True) for i in range(middle, end))]


def _long(text: str, start: int, end: int) -> list[int]:
    """The edges of the pieces of a long run: behind its punctuation, in what has none every BLOB characters."""
    cuts = [m.end() for m in _CUT.finditer(text, start, end)]
    edges = [start]
    for cut in [c for c in cuts if c < end] + [end]:
        while cut - edges[-1] > LONGEST:
            edges.append(edges[-1] + BLOB)
        if cut - edges[-1] >= 4 or cut == end:
            edges.append(cut)
    return edges


def _whole_clusters(text: str, marks: list[Mark]) -> list[Mark]:
    """Undo every cut that falls inside a grapheme cluster (a flag, a family emoji, a letter with its accents).

    A cluster may begin or end with a blank (" " before a joiner): that blank then belongs to the word, and the word
    before it stays a word of its own, in a document of its own perhaps.
    """
    if _JOINS.search(text) is None:
        return marks
    clusters = [m.span() for m in _CLUSTER.finditer(text) if m.end() - m.start() > 1]
    around = {i: (start, end) for start, end in clusters for i in range(start + 1, end)}
    if not around:
        return marks
    whole: list[Mark] = []
    for left, right, punct in marks:
        start, end = around.get(left, (left, 0))[0], around.get(right, (0, right))[1]
        last = whole[-1] if whole else (0, 0, False)
        # (Without the word that begins with the blank, what touches it would touch the word before.)
        if whole and (start < last[1] or (start == last[1] and text[last[0]].isspace())):
            whole[-1] = (last[0], max(last[1], end), last[2] and punct)
        else:
            whole.append((start, end, punct))
    return whole
