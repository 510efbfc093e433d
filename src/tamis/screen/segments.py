"""Lines of text cut into what is one thing: at wide gaps, at separators, and where the colour changes.

"Home   Products / Shoes" are three links on one line for the detector; a word in blue is a link in a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tamis.image import Box, Screenshot
from tamis.models.ocr import OcrLine

_GAP = 0.75  # of the line's height: a wider gap separates
_SEPARATORS = frozenset("|/›»«‹>•·–—")
_WORD = re.compile(r"[|›»«‹•·]|[^\s|›»«‹•·]+")
_FAR = 130.0  # the sum of differences in red, green and blue from which on two colours are not one


@dataclass(frozen=True, slots=True)
class LineSegment:
    """A part of a line, or all of it.

    Attributes:
        colour: of its letters.
        whole: whether it is all of its line.
    """

    box: Box
    text: str
    confidence: float
    colour: tuple[float, float, float]
    whole: bool


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    box: Box
    colour: NDArray[np.float64]


def segments(shot: Screenshot, lines: Sequence[OcrLine]) -> list[LineSegment]:
    """The parts of the lines, and each line that has more than one of them."""
    return [segment for line in lines for segment in _of_line(shot, line)]


def phrase_box(line: OcrLine, start: int, end: int) -> Box:
    """The box of some letters of a line: its characters `start` to `end`."""
    step = _advance(line) / 2
    left = max(0.0, line.middles[start] - step) if start else 0.0
    right = min(1.0, line.middles[end - 1] + step) if end < len(line.text) else 1.0
    width = line.box.width
    return Box(line.box.left + left * width, line.box.top, line.box.left + max(left, right) * width, line.box.bottom)


def letters_box(line: OcrLine) -> Box | None:
    """Where a line's words are, without single signs at its ends, which may be pictures: a checkbox, an icon.

    None where nothing else is on the line.
    """
    words = [match.span() for match in _WORD.finditer(line.text)]
    while words and words[0][1] - words[0][0] == 1:
        del words[0]
    while words and words[-1][1] - words[-1][0] == 1:
        del words[-1]
    if not words:
        return None
    step, box = _advance(line), line.box  # (the line's own box holds a checkbox that was not read)
    left, right = line.middles[words[0][0]] - step, line.middles[words[-1][1] - 1] + step
    return Box(box.left + max(0.0, left) * box.width, box.top, box.left + min(1.0, right) * box.width, box.bottom)


def _advance(line: OcrLine) -> float:
    """The usual distance between two letters, as a share of the line."""
    steps = np.diff(line.middles)
    return float(np.median(steps)) if steps.size else 1.0


def _of_line(shot: Screenshot, line: OcrLine) -> Iterator[LineSegment]:
    words = list(_words(shot, line))
    groups: list[list[_Word]] = []
    for word in words:
        if groups and not _apart(groups[-1][-1], word, line.box.height):
            groups[-1].append(word)
        else:
            groups.append([word])
    kept = [group for group in groups if not all(word.text in _SEPARATORS for word in group)]
    for group in kept:
        yield _segment(group, line, whole=len(kept) == 1)
    if len(kept) > 1:
        yield _segment(words, line, whole=True)


def _words(shot: Screenshot, line: OcrLine) -> Iterator[_Word]:
    for match in _WORD.finditer(line.text):
        box = phrase_box(line, *match.span())
        yield _Word(match[0], box, _ink(shot, box))


def _ink(shot: Screenshot, box: Box) -> NDArray[np.float64]:
    """The colour of letters: the pixels that differ most from the commonest colour."""
    pixels = shot.crop(box).reshape(-1, 3).astype(np.float64)
    if not len(pixels):
        return np.zeros(3)
    ground = np.median(pixels, axis=0)
    distance = np.abs(pixels - ground).sum(1)
    top = distance >= 0.8 * distance.max()
    colour: NDArray[np.float64] = pixels[top].mean(0)
    return colour


def _apart(one: _Word, other: _Word, height: float) -> bool:
    gap = other.box.left - one.box.right
    separator = one.text in _SEPARATORS or other.text in _SEPARATORS
    return gap > _GAP * height or separator or float(np.abs(one.colour - other.colour).sum()) > _FAR


def _segment(words: Sequence[_Word], line: OcrLine, *, whole: bool) -> LineSegment:
    box = line.box if whole else Box.around(word.box for word in words)
    colour = np.median([word.colour for word in words], axis=0)
    text = line.text.strip() if whole else " ".join(word.text for word in words)
    return LineSegment(box, text, line.confidence, (float(colour[0]), float(colour[1]), float(colour[2])), whole)
