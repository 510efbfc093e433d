"""Things without letters: what edges enclose and what edges are, as boxes.

Two views of one map of edges, from which letters are taken out first: its islands (frames of buttons and fields, icons;
once finely, once with gaps of an icon's strokes closed), and the islands of its absence (the inside of each button,
field, cell and card, also where frames touch).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tamis.image import Box, Screenshot, suppressed

Mask = NDArray[np.uint8]
_LONG = 1400  # pixels of the longer side that are looked at: a screen of two device pixels is halved
_STEP = 4  # of 255 between neighbours is an edge: pale fields on white are 7, smooth gradients 1 or 2
_SMALL, _GLYPH = 5, 72  # the smallest side of a thing, and the largest of an icon, in pixels that are looked at
_MOST = 400
_DOT, _PATTERN = 8, 60  # pixels of a dot that is looked at, and how many alike are a pattern
_SAME = 0.8


def shapes(shot: Screenshot, letters: Sequence[Box]) -> list[Box]:
    """Boxes of things, no two of them all but equal, the smaller ones first.

    letters -- boxes of text, whose edges do not count
    """
    import cv2

    width, height = shot.size
    scale = min(1.0, _LONG / max(width, height))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    pixels = cv2.resize(shot.pixels, size, interpolation=cv2.INTER_AREA) if scale < 1 else shot.pixels
    edges = _edges(pixels)
    text = _mask(letters, size, scale)
    boxes = [*_islands(edges & ~text, join=3), *_islands(edges & ~text, join=7, most=_GLYPH), *_surfaces(edges & ~text)]
    back = width / size[0], height / size[1]
    screen = float(size[0] * size[1])
    things = [box for box in boxes if min(box.width, box.height) >= _SMALL and box.area < 0.9 * screen]
    things = sorted(_untextured(things), key=lambda box: box.area)[:_MOST]
    kept = suppressed(things, np.array([box.area for box in things]), threshold=_SAME)
    scaled = (Box(b.left * back[0], b.top * back[1], b.right * back[0], b.bottom * back[1]) for b in things)
    return [box for box, keep in zip(scaled, kept, strict=True) if keep]


def _untextured(boxes: Sequence[Box]) -> list[Box]:
    """The boxes without those of a pattern: a hundred dots of a drawing board are one ground, and no things."""
    sizes = Counter(_size_of(box) for box in boxes)
    return [box for box in boxes if max(box.width, box.height) > _DOT or sizes[_size_of(box)] < _PATTERN]


def _size_of(box: Box) -> tuple[int, int]:
    return round(box.width), round(box.height)


def _edges(pixels: NDArray[Any]) -> Mask:
    """1 where a pixel differs from the one right of it or below it, in any colour."""
    wide = pixels.astype(np.int16)
    mask = np.zeros(pixels.shape[:2], dtype=np.uint8)
    mask[:, :-1] |= (np.abs(np.diff(wide, axis=1)).max(2) > _STEP).astype(np.uint8)
    mask[:-1] |= (np.abs(np.diff(wide, axis=0)).max(2) > _STEP).astype(np.uint8)
    return mask


def _mask(boxes: Sequence[Box], size: tuple[int, int], scale: float) -> Mask:
    """1 in the boxes."""
    mask = np.zeros((size[1], size[0]), dtype=np.uint8)
    for box in boxes:
        left, top, right, bottom = (round(edge * scale) for edge in box.edges)
        mask[max(0, top) : bottom, max(0, left) : right] = 1
    return mask


def _islands(edges: Mask, *, join: int, most: int = 0) -> Iterator[Box]:
    """Boxes of edges that hang together, gaps below `join` pixels closed.

    most -- pixels of the larger side; 0 for any
    """
    import cv2

    slack = join // 2
    grown = cv2.dilate(edges, np.ones((join, join), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(grown, connectivity=8)
    for left, top, width, height, _ in stats[1:].tolist():
        if not most or max(width, height) <= most + 2 * slack:
            box = Box(left + slack, top + slack, left + max(slack, width - slack), top + max(slack, height - slack))
            yield Box(box.left, box.top, box.right + 1, box.bottom + 1)


def _surfaces(edges: Mask) -> Iterator[Box]:
    """Boxes of surfaces that edges enclose, where the surface fills most of its box."""
    import cv2

    _, _, stats, _ = cv2.connectedComponentsWithStats((1 - edges).astype(np.uint8), connectivity=4)
    for left, top, width, height, area in stats[1:].tolist():
        if min(width, height) >= 2 * _SMALL and area > 0.55 * width * height:
            yield Box.of_size(left, top, width, height)
