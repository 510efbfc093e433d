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
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import regex

from tamis.core import Bools, Ints, Span
from tamis.text.counting import coder

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
_LINES = regex.compile(r"\r\n?|\n|\v|\f|\x85|\u2028|\u2029")
_OPENERS = {")": "(", "]": "[", "}": "{", ">": "<", "”": "“", "»": "«"}
_CLOSING = frozenset(".,;:!?)]}»”’…%。、，．！？；：）］｝」』】》")


@dataclass(frozen=True, eq=False)
class Words:
    """The word units of one text.

    Attributes:
        text: the source.
        starts: (n,) where each body starts.
        ends: (n,) where each body ends; the gap up to the next start is white space.
        punct: (n,) True for a unit of punctuation only.
    """

    text: str
    starts: Ints
    ends: Ints
    punct: Bools

    def __len__(self) -> int:
        return int(self.starts.size)

    @cached_property
    def bounds(self) -> Ints:
        """(n + 1,) where each unit begins in the partition, and the end of the text."""
        return np.concatenate(([0], self.starts[1:], [len(self.text)])) if len(self) else np.zeros(1, np.int64)

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """The partition: each body with the gap behind it (the first also with the white space before it)."""
        bounds = self.bounds.tolist()
        return tuple(Span(a, b) for a, b in itertools.pairwise(bounds))

    @cached_property
    def gap(self) -> Ints:
        """(n,) how strongly the white space behind a unit separates: 0 none, 1 blanks, 2 a line end, 3 a blank line."""
        gap_end = np.append(self.starts[1:], len(self.text)) if len(self) else self.ends
        width = gap_end - self.ends
        strength: Ints = np.minimum(width, 1)
        line_ends = np.array([m.start() for m in _LINES.finditer(self.text)], np.int64)
        lines = np.searchsorted(line_ends, gap_end) - np.searchsorted(line_ends, self.ends)
        return np.where(lines > 0, 1 + np.minimum(lines, 2), strength)

    @cached_property
    def leans(self) -> tuple[Bools, Bools]:
        """Two (n,) arrays: punctuation that touched the word behind it, and punctuation that touched the one before."""
        touches = self.gap == 0
        before = np.concatenate(([False], touches[:-1])) if len(self) else touches
        return self.punct & touches & ~before, self.punct & before

    @cached_property
    def anchors(self) -> tuple[Ints, Ints, Ints]:
        """Three (n,) arrays of unit numbers: punctuation belongs to the words in [low, high), and has a partner.

        The partner of a bracket or quotation mark is the one that it pairs with; of anything else, itself.
        """
        return _anchors(self)

    def bodies(self) -> list[str]:
        """Return each unit without its gap."""
        text = self.text
        return [text[a:b] for a, b in zip(self.starts.tolist(), self.ends.tolist(), strict=True)]


def words(text: str) -> Words:
    """Cut a text into word units.

    A text of nothing but white space is one unit.

    Example: "Hello, wide world!" -> "Hello" ", " "wide " "world" "!"
    """
    marks = list(_units(text)) or [(0, len(text), False)] * bool(text)
    if marks and not text.isascii():
        marks = _whole_clusters(text, marks)
    starts = np.array([m[0] for m in marks], np.int64)
    ends = np.array([m[1] for m in marks], np.int64)
    return Words(text, starts, ends, np.array([m[2] for m in marks], np.bool_))


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
    while middle < end and core.count(_OPENERS[text[middle]]) > core.count(text[middle]):
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
    held = b""
    for token in vocabulary.decode_tokens_bytes(vocabulary.encode_ordinary(run)):
        held += token
        try:
            sizes.append(len(held.decode()))
            held = b""
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


def _anchors(units: Words) -> tuple[Ints, Ints, Ints]:
    """Find the words that each punctuation unit belongs to, and the partner of each bracket or quotation mark.

    Paired marks belong to the words between them. Any other closing one belongs to the words since the last comma, stop
    or the like; an opening one (a list marker, a dash) to the words up to the next punctuation.
    """
    n = len(units)
    low, high, partner = np.zeros(n, np.int64), np.zeros(n, np.int64), np.arange(n)
    where = np.flatnonzero(units.punct).tolist()
    following = _next_punctuation(where, n)
    open_marks: list[int] = []
    clause = 0
    for i in where:
        char = units.text[int(units.starts[i])]
        if not _closes(units, i):
            low[i], high[i] = i + 1, following[i]
            open_marks.append(i)
            continue
        opener = _opener(units, open_marks, char)
        if opener is not None:
            low[[opener, i]], high[[opener, i]] = opener + 1, i
            partner[opener], partner[i] = i, opener
        else:
            low[i], high[i], clause = clause, i, i + 1
    return low, high, partner


def _next_punctuation(where: list[int], n: int) -> dict[int, int]:
    """For each punctuation unit the next one that words lie before."""
    found: dict[int, int] = {}
    following = last = n
    for i in reversed(where):
        following = last if last > i + 1 else following
        found[i] = following
        last = i
    return found


def _opener(units: Words, open_marks: list[int], char: str) -> int | None:
    """Pop the mark that `char` closes, if it is near enough to be meant."""
    wanted = _OPENERS.get(char, '"' if char == '"' else None)
    for back in range(1, min(len(open_marks), 4) + 1) if wanted else ():
        i = open_marks[-back]
        if units.text[int(units.starts[i])] == wanted:
            del open_marks[-back:]
            return i
    return None


def _closes(units: Words, i: int) -> bool:
    """Whether a punctuation unit belongs to what stands before it: it touches it, or looks like it ("end .")."""
    start, end = int(units.starts[i]), int(units.ends[i])
    touches_before = i > 0 and int(units.ends[i - 1]) == start
    touches_after = i + 1 < len(units) and int(units.starts[i + 1]) == end
    return touches_before if touches_before != touches_after else units.text[start] in _CLOSING
