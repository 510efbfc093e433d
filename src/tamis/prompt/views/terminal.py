"""A compression painted for the terminal: what is kept, what is dropped, and why, in the places where it stood.

Where there are no colours (a pipe, a file), dropped words stand in [-brackets-] instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from rich.console import Group
from rich.text import Text

from tamis.prompt.selection import Piece
from tamis.prompt.views.protocol import Viewed

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

DROPPED = "dropped"
STYLES = {"score": "", "gap": "", "preferred": "cyan", "pinned": "bold magenta", DROPPED: "dim strike"}
_LINE_END = re.compile(r"\r\n?|\n")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def paint(compression: Viewed) -> RenderableType:
    """Return something that rich can print: the source with dropped words struck out, below it a legend."""
    return _Painting(compression)


@dataclass(frozen=True)
class _Painting:
    compression: Viewed

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        plain = console.color_system is None
        marks = ("[-", "-]") if plain else ("", "")
        yield from _lines(self.compression, marks)
        yield Text()
        yield Group(*_legend(self.compression, marks))


def _lines(compression: Viewed, marks: tuple[str, str]) -> Iterator[Text]:
    """Yield the source line by line: rich measures and wraps each by itself, which keeps long texts linear."""
    line = Text()
    for style, text in _stretches(compression):
        for number, part in enumerate(_LINE_END.split(text)):
            if number:
                yield line
                line = Text()
            if part and style == DROPPED and not part.isspace():
                _append(line, part, marks)
            elif part:
                line.append(_visible(part), STYLES[style])
    if line:
        yield line


def _append(line: Text, part: str, marks: tuple[str, str]) -> None:
    """Append dropped words; the blanks at both ends are not struck out."""
    body = part.strip()
    at = part.index(body)
    line.append(_visible(part[:at]))
    line.append(marks[0] + _visible(body) + marks[1], STYLES[DROPPED])
    line.append(_visible(part[at + len(body) :]))


def _stretches(compression: Viewed) -> Iterator[tuple[str, str]]:
    """Yield the longest stretches of the source that look alike: (style, text)."""
    for style, pieces in groupby(_styled(compression), key=lambda pair: pair[0]):
        run = [piece for _, piece in pieces]
        yield style, compression.source[run[0].start : run[-1].end]


def _styled(compression: Viewed) -> Iterator[tuple[str, Piece]]:
    """Yield every piece in order with its style; a gap between two alike pieces looks like them."""
    tiles = [(piece.reason, piece) for piece in compression.kept]
    tiles += [(DROPPED, piece) for piece in compression.dropped]
    tiles.sort(key=lambda tile: tile[1].start)
    for number, (style, piece) in enumerate(tiles):
        if piece.reason != "gap":
            yield style, piece
            continue
        before = tiles[number - 1][0] if number else "gap"
        after = tiles[number + 1][0] if number + 1 < len(tiles) else "gap"
        yield (before if before == after else "gap"), piece


def _visible(text: str) -> str:
    """Return the text with a sign for each control character: a text must not steer the terminal."""
    return _CONTROL.sub(_sign, text)


def _sign(match: re.Match[str]) -> str:
    code = ord(match[0])
    return chr(0x2400 + code) if code < 0x20 else "\ufffd"


def _legend(compression: Viewed, marks: tuple[str, str]) -> Iterator[Text]:
    """Yield what the colours mean, and the figures."""
    reasons = {piece.reason for piece in compression.kept}
    line = Text("kept  ")
    line.append(f"{marks[0]}dropped{marks[1]}", STYLES[DROPPED])
    if "preferred" in reasons:
        line.append("  ").append("kept: found by a detector", STYLES["preferred"])
    if "pinned" in reasons:
        line.append("  ").append("pinned", STYLES["pinned"])
    yield line
    relevance = "" if compression.relevance is None else f", relevance {compression.relevance:.2f}"
    yield Text(
        f"{compression.original_tokens:,} -> {compression.tokens:,} tokens ({100 * compression.rate:.1f} %, "
        f"{compression.tokenizer}), {compression.method}{relevance}",
        style="bold",
    )
