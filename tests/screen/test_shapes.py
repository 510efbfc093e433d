"""Shapes on a screen: things, and not the grounds that they lie on."""

from __future__ import annotations

import numpy as np
import pytest

from tamis.image import Box, Screenshot, iou, screenshot_of

pytest.importorskip("cv2")

from tamis.screen.shapes import shapes

ICONS = (Box(200, 150, 224, 174), Box(600, 300, 632, 332), Box(900, 500, 918, 518))


def board(dot: int, pitch: int = 16) -> Screenshot:
    """A drawing board with dots, and three rings on it."""
    pixels = np.full((640, 1200, 3), 250, np.uint8)
    for top in range(8, 640, pitch):
        for left in range(8, 1200, pitch):
            pixels[top : top + dot, left : left + dot] = 200
    for box in ICONS:
        left, top, right, bottom = (int(edge) for edge in box.edges)
        pixels[top - 6 : bottom + 6, left - 6 : right + 6] = 250
        pixels[top:bottom, left:right] = 40
        pixels[top + 4 : bottom - 4, left + 4 : right - 4] = 250
    return screenshot_of(pixels)


@pytest.mark.parametrize("dot", [1, 2, 3, 4, 5, 6])
def test_icons_on_a_dotted_ground_are_seen(dot):
    boxes = shapes(board(dot), [])
    assert all(iou([icon], boxes).max() > 0.7 for icon in ICONS)
    assert len(boxes) < 120


def test_few_dots_are_things():
    pixels = np.full((300, 300, 3), 250, np.uint8)
    places = [(40, 40), (120, 90), (200, 210)]
    for left, top in places:
        pixels[top : top + 6, left : left + 6] = 30
    boxes = shapes(screenshot_of(pixels), [])
    assert all(any(box.contains(Box.of_size(x, y, 6, 6).centre) for box in boxes) for x, y in places)
