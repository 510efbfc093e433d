"""What kind of thing something looks like: guesses from shape, text and colour, by hand-written rules."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tamis.image import Box, Screenshot
from tamis.screen.segments import LineSegment

_BOXY = (9, 26)  # CSS pixels of a checkbox or a radio button
_FIELD = (20, 64)  # of the height of a field or a button


def text_role(segment: LineSegment, median: float) -> str:
    """What a text may be: "heading" for letters much larger than most, "link" for blue ones, else "text"."""
    if segment.box.height > 1.3 * median:
        return "heading"
    red, green, blue = segment.colour
    return "link" if blue - red > 50 and blue - min(red, green) > 60 and blue > 90 else "text"


def shape_role(shot: Screenshot, box: Box, inside: Sequence[LineSegment], scale: float) -> str:
    """What a box with this text in it may be.

    scale -- device pixels for each CSS pixel
    """
    width, height = box.width / scale, box.height / scale
    if not inside:
        return _empty_role(shot, box, width, height)
    text = Box.around(segment.box for segment in inside)
    if not _FIELD[0] <= height <= _FIELD[1] or len(inside) > 2:
        return "region"
    left, right = text.left - box.left, box.right - text.right
    centred = abs(left - right) <= max(6 * scale, 0.12 * box.width)
    if centred or width < 2.2 * height:
        return "button"
    return "textbox" if _pale(shot, box) and left < right and width > 3 * height else "button"


def _empty_role(shot: Screenshot, box: Box, width: float, height: float) -> str:
    square = 0.75 <= width / height <= 1.33
    if square and _BOXY[0] <= height <= _BOXY[1] and (_hollow(shot, box) or _filled(shot, box)):
        return "checkbox"
    if _FIELD[0] <= height <= _FIELD[1] and width > 2.5 * height:
        return "textbox"
    if max(width, height) <= 72:
        return "icon"
    return "image" if not _pale(shot, box) and min(width, height) > 40 else "region"


def checked(shot: Screenshot, box: Box) -> bool:
    """Whether something is drawn inside of a small box."""
    inner = shot.crop(box.grow(-0.22 * min(box.width, box.height))).astype(float)
    return bool(inner.size and inner.std(axis=(0, 1)).max() > 12)


def _hollow(shot: Screenshot, box: Box) -> bool:
    """Whether a box has a frame, and one colour inside."""
    pixels = shot.crop(box).astype(float)
    inner = shot.crop(box.grow(-0.3 * min(box.width, box.height))).astype(float)
    if not inner.size or inner.std(axis=(0, 1)).max() > 6:
        return False
    depth = max(2, min(pixels.shape[:2]) // 4)
    middle = inner.mean((0, 1))
    sides = (pixels[:depth].mean(1), pixels[-depth:].mean(1), pixels[:, :depth].mean(0), pixels[:, -depth:].mean(0))
    return min(float(np.abs(side - middle).max()) for side in sides) > 12


def _filled(shot: Screenshot, box: Box) -> bool:
    """Whether a box is a square of one strong colour with a light mark on it."""
    pixels = shot.crop(box.grow(-1)).reshape(-1, 3).astype(float)
    if not pixels.size:
        return False
    ground = np.median(pixels, axis=0)
    same = np.abs(pixels - ground).max(1) < 30
    return bool(0.5 < same.mean() < 0.92 and np.ptp(ground) > 60)


def _pale(shot: Screenshot, box: Box) -> bool:
    """Whether most of it is one light or dark surface without a colour of its own, as fields are."""
    ground = np.median(shot.crop(box).reshape(-1, 3).astype(float), axis=0)
    return bool(ground.max() - ground.min() < 24)
