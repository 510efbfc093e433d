"""Crops of screens made of drawings: colours, grounds, buttons, neighbours, boxes that are not quite right, noise.

The crop of an element is its box, grown: the box of what is drawn, of the whole drawing with its margin, or of the
button around it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Pixels: TypeAlias = NDArray[np.uint8]
Colours: TypeAlias = NDArray[np.float32]
Rng: TypeAlias = np.random.Generator
_GROW = 0.15  # of a box's side, on each side, as the contract of the encoder has it
_CONTRAST = 45  # levels between a drawing and its ground, at least


def crop_of(mask: Pixels, rng: Rng, neighbour: Callable[[], Pixels]) -> Pixels:
    """(height, width, 3) a crop with the drawing of a mask.

    neighbour -- gives a mask of something else
    """
    side = len(mask)
    room = int(side * 1.2) + 4  # a button, its crop and a little more
    picture = _ground(room * 2 + side, rng)
    ground = picture[0, 0].copy()
    place = (room, room, room + side, room + side)
    ink, box = ground, _tight(mask, room) if rng.random() < 0.6 else place
    if rng.random() < 0.3:
        plate = _far(ground, rng)
        box = _plate(picture, place, plate, rng)
        ink = plate
    elif rng.random() < 0.12:
        box = _frame(picture, place, _far(ground, rng), rng)
    colour = _far(ink, rng)
    _paint(picture, mask, (room, room), colour)
    if rng.random() < 0.3:
        _clutter(picture, box, (neighbour(), colour if rng.random() < 0.7 else _far(ground, rng)), rng)
    if rng.random() < 0.05:
        _badge(picture, box, rng)
    return _spoil(_cut(picture, box, rng), rng)


def _ground(side: int, rng: Rng) -> Colours:
    grey = rng.random() < 0.6
    level = rng.choice([255.0, 255.0, 250.0, 0.0, 30.0, rng.uniform(0, 255)])
    colour = np.full(3, level) + rng.uniform(-6, 6, 3) if grey else rng.uniform(0, 255, 3)
    picture = np.broadcast_to(np.clip(colour, 0, 255), (side, side, 3)).astype(np.float32)
    if rng.random() < 0.08:
        slope = np.linspace(-1, 1, side, dtype=np.float32)[:, None, None] * rng.uniform(4, 25)
        picture = picture + (slope if rng.random() < 0.5 else slope.transpose(1, 0, 2))
    return np.array(picture, np.float32)


def _far(ground: Colours, rng: Rng) -> Colours:
    """A colour that can be told from another."""
    for _ in range(20):
        kind = rng.random()
        grey = np.full(3, rng.choice([0.0, 255.0, rng.uniform(0, 255)]))
        colour = grey if kind < 0.6 else rng.uniform(0, 255, 3)
        if np.abs(colour - ground).max() >= _CONTRAST:
            return colour.astype(np.float32)
    return np.asarray(255 - ground, np.float32)


Box: TypeAlias = tuple[float, float, float, float]


def _tight(mask: Pixels, room: int) -> Box:
    rows, columns = (np.flatnonzero(mask.max(axis) > 40) for axis in (1, 0))
    return room + columns[0], room + rows[0], room + columns[-1] + 1, room + rows[-1] + 1


def _around(place: Box, rng: Rng) -> Box:
    """A larger box with the same middle."""
    side = place[2] - place[0]
    height = side * rng.uniform(0.15, 0.6)
    width = min(0.8 * side, height * (1 if rng.random() < 0.7 else rng.uniform(1, 2)))
    return place[0] - width, place[1] - height, place[2] + width, place[3] + height


def _corners(box: Box) -> tuple[tuple[int, int], tuple[int, int]]:
    left, top, right, bottom = (round(edge) for edge in box)
    return (left, top), (right, bottom)


def _plate(picture: Colours, place: Box, colour: Colours, rng: Rng) -> Box:
    """A filled circle or button under a drawing."""
    import cv2

    box = _around(place, rng)
    shape = np.zeros(picture.shape[:2], np.uint8)
    first, last = _corners(box)
    if rng.random() < 0.45:
        middle = round((box[0] + box[2]) / 2), round((box[1] + box[3]) / 2)
        radius = (box[3] - box[1]) / 2
        cv2.circle(shape, middle, round(radius), 255, -1, cv2.LINE_AA)
        box = middle[0] - radius, middle[1] - radius, middle[0] + radius, middle[1] + radius
    else:
        cv2.rectangle(shape, first, (last[0] - 1, last[1] - 1), 255, -1)
        for x in (first[0], last[0] - 1):
            for y in (first[1], last[1] - 1):
                shape[y, x] = rng.choice([0, 128, 255])
    _paint(picture, shape, (0, 0), colour)
    return box


def _frame(picture: Colours, place: Box, colour: Colours, rng: Rng) -> Box:
    """The outline of a button around a drawing."""
    import cv2

    box = _around(place, rng)
    shape = np.zeros(picture.shape[:2], np.uint8)
    first, last = _corners(box)
    cv2.rectangle(shape, first, (last[0] - 1, last[1] - 1), int(rng.integers(90, 256)), int(rng.choice([1, 1, 2])))
    _paint(picture, shape, (0, 0), colour)
    return box


def _paint(picture: Colours, mask: Pixels, place: tuple[int, int], colour: Colours) -> None:
    """Mix a colour in, as much of it as the mask says; what lies outside of the picture is left out."""
    left, top = place
    part = picture[max(0, top) : max(0, top + mask.shape[0]), max(0, left) : max(0, left + mask.shape[1])]
    shown = mask[max(0, -top) :, max(0, -left) :][: part.shape[0], : part.shape[1]]
    part += (shown[..., None] * np.float32(1 / 255)) * (colour - part)


def _clutter(picture: Colours, box: Box, other: tuple[Pixels, Colours], rng: Rng) -> None:
    """Something beside the box, that may reach into the crop: another drawing, or a line."""
    mask, colour = other
    (left, top), (right, bottom) = _corners(box)
    gap = round(len(mask) * rng.uniform(-0.05, 0.2))
    along = round(rng.uniform(-0.3, 0.3) * len(mask))
    side = rng.integers(4)
    if rng.random() < 0.3:
        mask = np.full((2 if side > 1 else len(picture), len(picture) if side > 1 else 2), 255, np.uint8)
        along = -min(left, top)
    places = (
        (right + gap, top + along),
        (left - gap - mask.shape[1], top + along),
        (left + along, bottom + gap),
        (left + along, top - gap - mask.shape[0]),
    )
    _paint(picture, mask, places[side], colour)


def _badge(picture: Colours, box: Box, rng: Rng) -> None:
    """The dot of a notification at the upper right corner."""
    import cv2

    shape = np.zeros(picture.shape[:2], np.uint8)
    radius = max(2, round((box[3] - box[1]) * rng.uniform(0.12, 0.25)))
    cv2.circle(shape, (round(box[2]), round(box[1]) + radius), radius, 255, -1, cv2.LINE_AA)
    _paint(picture, shape, (0, 0), np.asarray(rng.uniform(0, 255, 3), np.float32))


def _cut(picture: Colours, box: Box, rng: Rng) -> Colours:
    """The box, grown, its edges a little wrong."""
    width, height = box[2] - box[0], box[3] - box[1]
    wrong = rng.normal(0, 0.04, 4) * (width, height, width, height) if rng.random() < 0.7 else np.zeros(4)
    grow = np.array([-width, -height, width, height]) * _GROW
    edges = np.round(np.array(box) + grow + wrong).astype(int)
    left, top = np.clip(edges[:2], 0, len(picture) - 3)
    right, bottom = np.clip(edges[2:], (left + 3, top + 3), len(picture))
    return picture[top:bottom, left:right]


def _spoil(crop: Colours, rng: Rng) -> Pixels:
    """Resample, noise and JPEG, each now and then."""
    import cv2

    if rng.random() < 0.2:
        size = tuple(max(3, round(length * rng.uniform(0.75, 1.4))) for length in crop.shape[1::-1])
        method = cv2.INTER_LINEAR if rng.random() < 0.5 else cv2.INTER_AREA
        crop = np.asarray(cv2.resize(crop, size, interpolation=method), np.float32)
    if rng.random() < 0.25:
        crop = crop + rng.normal(0, rng.uniform(1, 7), crop.shape).astype(np.float32)
    pixels = np.clip(np.round(crop), 0, 255).astype(np.uint8)
    if rng.random() < 0.12:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(40, 95))]
        pixels = np.asarray(cv2.imdecode(cv2.imencode(".jpg", pixels, quality)[1], cv2.IMREAD_COLOR), np.uint8)
    return pixels
