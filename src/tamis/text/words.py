"""Word units: a partition of any text into what can be dropped without hurting its neighbours.

A unit is a body and the white space behind it. Laws: the units partition the text; no grapheme cluster is cut; dropping
any set of units never glues two words together that the source kept apart. URLs, e-mails, numbers with their signs,
`identifiers.with(calls)` stay whole; leading and trailing punctuation are units of their own; scripts without spaces
(Han, Kana, Thai, Khmer, Lao, Burmese) are cut into the pieces of the `o200k_base` vocabulary, whose merges are the
frequent words of those languages.

Does not know what a sentence is (`text/sentences.py`), nor which words matter.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import regex

from tamis.text.counting import coder
from tamis.text.units import MARK, OPENERS, WORD, Units

LONGEST = 48  # characters; a longer run without spaces (minified JSON, base64) is cut at punctuation
LONGEST_URL = 480  # characters; a data: URL of a megabyte is a blob, not a link
BLOB = 24  # characters of a piece of such a run where it has no punctuation either
_NOSPACE = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}ー々〆"
_SPACED = rf"[\w--[{_NOSPACE}]]"
_INNER = rf"[^\s{_NOSPACE}]"
_CORE_START = rf"(?:--?|[$€£¥@#~./\\+])?{_SPACED}"
# The end of a core: a letter or digit, a percent or degree sign, C++ and C#.
_CORE_END = rf"(?:[{_SPACED}%°]|\+\+|\#)"
_BRACKET = r"()\[\]{}<>\"“”«»„‘"
_UNIT = regex.compile(
    rf"(?P<url>(?:https?|ftp|file)://[^\s<>\"{_NOSPACE}]*[\w/=&\#])"
    rf"|(?P<core>{_CORE_START}(?:{_INNER}*{_CORE_END})?)(?P<tail>[)\]}}]*)"
    rf"|(?P<nospace>[{_NOSPACE}]+)"
    rf"|(?P<punct>[{_BRACKET}]|(?:(?!{_CORE_START})[^\w\s{_BRACKET}])+|[^\s])",
    regex.V1,
)
_DASH = regex.compile(r"[—–…]|\.{3}|--")
_CUT = regex.compile(r"[^\w\s]+")
_CLUSTER = regex.compile(r"\X")


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


def _units(text: str) -> Iterator[Mark]:
    """Yield the units in order; runs that need a closer look are cut again."""
    pending: Mark | None = None
    for match in _UNIT.finditer(text):
        start, end = match.span()
        kind = "core" if match.lastgroup == "tail" else match.lastgroup
        if kind == "core" and match.end("core") < end:
            pieces = _closed(text, start, match.end("core"), end)
        elif kind == "punct":
            pieces = [(a, min(a + BLOB, end), True) for a in range(start, end, BLOB)]
        elif kind == "nospace":
            pieces = _nospace(text, start, end)
        elif end - start > (LONGEST if kind == "core" else LONGEST_URL):
            pieces = _long(text, start, end)
        elif kind == "core" and _DASH.search(text, start, end):
            pieces = _dashed(text, start, end)
        else:
            pieces = [(start, end, False)]
        for piece in pieces:
            pending, ready = _join(text, pending, piece)
            if ready:
                yield ready
    if pending:
        yield pending


def _join(text: str, left: Mark | None, right: Mark) -> tuple[Mark, Mark | None]:
    """Merge a word with what touches it where cutting could later glue it to another word.

    "Python编写Java" becomes "Python编写" "Java", never "Python" "编写" "Java": without the middle one it would read
    "PythonJava". Returns the pending unit and the one that is ready, if any.
    """
    if left is None:
        return right, None
    touching = left[1] == right[0]
    if touching and not left[2] and not right[2] and _spaced(text[left[1] - 1]) and right[1] - left[0] <= 2 * LONGEST:
        return (left[0], right[1], False), None
    return right, left


@lru_cache(maxsize=4096)
def _spaced(char: str) -> bool:
    return _SPACED_CHAR.match(char) is not None


_SPACED_CHAR = regex.compile(_SPACED, regex.V1)


def _closed(text: str, start: int, middle: int, end: int) -> list[Mark]:
    """Give a core the closing brackets that it opened: "f(x)" is one unit, "aside)" are two."""
    core = text[start:middle]
    while middle < end and core.count(OPENERS[text[middle]]) > core.count(text[middle]):
        middle += 1
        core = text[start:middle]
    return [(start, middle, False), *((i, i + 1, True) for i in range(middle, end))]


def _dashed(text: str, start: int, end: int) -> list[Mark]:
    """Cut behind dashes and ellipses: "fast—but" -> "fast—" "but"."""
    cuts = [m.end() for m in _DASH.finditer(text, start + 1, end) if m.end() < end]
    edges = [start, *cuts, end]
    return [(a, b, False) for a, b in itertools.pairwise(edges)]


def _long(text: str, start: int, end: int) -> list[Mark]:
    """Cut a long run behind its punctuation, and what has none into pieces of BLOB characters."""
    cuts = [m.end() for m in _CUT.finditer(text, start, end)]
    edges = [start]
    for cut in [c for c in cuts if c < end] + [end]:
        while cut - edges[-1] > LONGEST:
            edges.append(edges[-1] + BLOB)
        if cut - edges[-1] >= 4 or cut == end:
            edges.append(cut)
    return [(a, b, False) for a, b in itertools.pairwise(edges) if b > a]


def _nospace(text: str, start: int, end: int) -> list[Mark]:
    """Cut a run of a script without spaces into vocabulary pieces."""
    if end - start == 1:
        return [(start, end, False)]
    pieces: list[Mark] = []
    for size in _pieces(text[start:end]):
        pieces.append((start, start + size, False))
        start += size
    return pieces


def _pieces(run: str) -> list[int]:
    """Sizes, in characters, of the o200k_base tokens of a run; tokens that split a character are joined."""
    vocabulary = coder("o200k_base")
    sizes: list[int] = []
    pending = b""
    for token in vocabulary.decode_tokens_bytes(vocabulary.encode_ordinary(run)):
        pending += token
        try:
            sizes.append(len(pending.decode()))
            pending = b""
        except UnicodeDecodeError:  # the token ends inside a character
            continue
    return sizes


def _whole_clusters(text: str, marks: list[Mark]) -> list[Mark]:
    """Undo every cut that falls inside a grapheme cluster (a flag, a family emoji, a letter with its accents).

    A cluster may begin or end with a blank (" " before a joiner): that blank then belongs to the word, and the word
    before it stays a word of its own, in a document of its own perhaps.
    """
    clusters = [m.span() for m in _CLUSTER.finditer(text) if m.end() - m.start() > 1]
    around = {i: (start, end) for start, end in clusters for i in range(start + 1, end)}
    if not around:
        return marks
    whole: list[Mark] = []
    for left, right, punct in marks:
        start, end = around.get(left, (left, 0))[0], around.get(right, (0, right))[1]
        if whole and start < whole[-1][1]:
            last = whole[-1]
            whole[-1] = (last[0], max(last[1], end), last[2] and punct)
        else:
            whole.append((start, end, punct))
    return whole
