"""Some lines of a text: by number, or by what they have to do with a question. Lines end with a line feed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from tamis.errors import InvalidInput
from tamis.prompt.documents.rankers.lexical import bm25
from tamis.prompt.recovery.originals import LineRanges

AROUND = 2  # lines before and behind one that is found
MOST = 40  # lines that are found
SHARE = 0.4  # of the best line's score, which the others need
LONG = 600  # characters, from which on a line is looked at in pieces
GAP = "…\n"
_RANGE = re.compile(r"\s*(\d{1,12})\s*(?:-\s*(\d{1,12})\s*)?")


def split_lines(text: str) -> list[str]:
    r"""The lines with their ends; joined, they are the text.

    Example: "a\nb" -> ["a\n", "b"]
    """
    lines = text.split("\n")
    return [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def ranges_of(lines: LineRanges) -> tuple[tuple[int, int], ...]:
    """Ranges of lines, numbered from 1, the last one included.

    Example: "40-251,260" -> ((40, 251), (260, 260))

    Raises:
        InvalidInput: what are no lines.
    """
    if isinstance(lines, str):
        matches = [_RANGE.fullmatch(part) for part in lines.split(",")]
        pairs = [(int(m[1]), int(m[2] or m[1])) if m else (0, 0) for m in matches]
    else:
        pairs = _pairs(lines)
    if not pairs or any(not 1 <= first <= last for first, last in pairs):
        raise InvalidInput(f"{lines!r:.80} are no lines.", hint='Write them as in "40-251,260"; the first one is 1.')
    return tuple(pairs)


def _pairs(lines: object) -> list[tuple[int, int]]:
    """Pairs of numbers; (0, 0), which is refused, for what is none."""
    values = list(lines) if isinstance(lines, Sequence) else []
    if len(values) == 2 and all(_whole(value) for value in values):
        return [(values[0], values[1])]
    fits = [isinstance(v, Sequence) and not isinstance(v, str) and len(v) == 2 and all(map(_whole, v)) for v in values]
    return [(v[0], v[1]) if fit else (0, 0) for v, fit in zip(values, fits, strict=True)]


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def by_number(text: str, lines: LineRanges) -> str:
    r"""These lines of a text, exactly, in the order of the ranges; none where the text has no such lines.

    Example: by_number("a\nb\nc", (2, 3)) -> "b\nc"
    """
    parts = split_lines(text)
    return "".join("".join(parts[first - 1 : last]) for first, last in ranges_of(lines))


def by_query(text: str, query: str) -> str:
    """The lines that have most to do with a query, each with its neighbours, in order; "…" stands for what is between.

    Raises:
        InvalidInput: a query without a word.
    """
    if not isinstance(query, str) or not query.strip():
        raise InvalidInput(f"A query is text, got {query!r:.80}.")
    pieces = _pieces(text)
    scores = bm25(query, pieces)
    floor = SHARE * float(max(scores, default=0.0))
    hits = sorted(range(len(pieces)), key=lambda i: (-float(scores[i]), i))[:MOST]
    wanted = sorted(
        {j for i in hits if scores[i] > 0 and scores[i] >= floor for j in range(i - AROUND, i + AROUND + 1)}
    )
    wanted = [i for i in wanted if 0 <= i < len(pieces)]
    gaps = {b for a, b in pairwise(wanted) if b > a + 1}
    return "".join(_behind_gap(pieces, i) if i in gaps else pieces[i] for i in wanted)


def _behind_gap(pieces: Sequence[str], number: int) -> str:
    """A piece with the mark of what is left out before it, on a line of its own."""
    return ("" if pieces[number - 1].endswith("\n") else "\n") + GAP + pieces[number]


def _pieces(text: str) -> list[str]:
    """The lines, long ones (minified code, JSON) in pieces that end behind a comma, a semicolon or a blank."""
    pieces: list[str] = []
    for line in split_lines(text):
        at = 0
        while len(line) - at > LONG:
            cut = max(line.rfind(mark, at + LONG // 2, at + LONG) for mark in (",", ";", " "))
            end = cut + 1 if cut > 0 else at + LONG
            pieces.append(line[at:end])
            at = end
        pieces.append(line[at:])
    return pieces


def excerpt(text: str, lines: LineRanges | None, query: str | None) -> str:
    """The text, or some of it: lines by number, and of these (or of all) those that have to do with a query."""
    part = text if lines is None else by_number(text, lines)
    return part if query is None else by_query(part, query)
