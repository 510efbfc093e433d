"""Boxes, numbered marks and heat on a screenshot, as pixels.

Labels are readable: dark on light or light on dark, by the colour of their mark, and never on top of one another. A
label that finds no free place beside its box is left out rather than put on another one.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tamis.errors import InvalidInput, needs
from tamis.image.geometry import Box, Point
from tamis.image.screenshot import Pixels

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

Colour = tuple[int, int, int]
PALETTE: tuple[Colour, ...] = (  # told apart by people who see few colours, too (Okabe and Ito)
    (0, 114, 178),
    (213, 94, 0),
    (0, 158, 115),
    (204, 121, 167),
    (230, 159, 0),
    (86, 180, 233),
)
LETTERS = 13  # pixels of a label's letters on a picture that is seen at its own size
_PAD = 2  # pixels between a label's text and its edge


@dataclass(frozen=True, slots=True)
class Mark:
    """What is drawn: a box, its label, and a point in it.

    Attributes:
        colour: red, green, blue; None takes the next of `PALETTE`.
    """

    box: Box
    label: str = ""
    point: Point | None = None
    colour: Colour | None = None


def marked(pixels: Pixels, marks: Sequence[Mark], *, size: int = LETTERS) -> Pixels:
    """A copy with the marks on it, those that come first with the first choice of places for their labels.

    size -- of the labels' letters, in pixels; lines are in proportion

    Raises:
        MissingExtra: Pillow is not installed.
    """
    needs("screen", "PIL")
    from PIL import Image, ImageDraw

    picture = Image.fromarray(pixels)
    pen, unit = ImageDraw.Draw(picture), max(1, round(size / LETTERS))
    colours = [mark.colour or PALETTE[index % len(PALETTE)] for index, mark in enumerate(marks)]
    for mark, colour in zip(marks, colours, strict=True):
        if (line := _outline(mark.box, picture.size)) is not None:
            pen.rectangle(line, outline=colour, width=2 * unit)
        if mark.point is not None:
            _cross(pen, mark.point, colour, unit)
    places = label_places(marks, picture.size, _sizes(pen, marks, size))
    for mark, colour, place in zip(marks, colours, places, strict=True):
        if place is not None:
            _label(pen, place, mark.label, colour, size)
    return np.asarray(picture)


def label_places(
    marks: Sequence[Mark], screen: tuple[int, int], sizes: Sequence[tuple[float, float]]
) -> list[Box | None]:
    """Where each label goes: no two of them overlap, all are on the screen, None for one that finds no place.

    Tried in this order: above, below, right, left of its box, then inside; first without covering another box.

    sizes -- width and height of each label; (0, 0) for none
    """
    bounds = Box(0, 0, *screen)
    taken: list[Box] = []
    places: list[Box | None] = []
    for index, (mark, (width, height)) in enumerate(zip(marks, sizes, strict=True)):
        others = [other.box for number, other in enumerate(marks) if number != index]
        choices = [place for place in _around(mark.box, width, height) if width and bounds.covers(place)]
        free = [place for place in choices if not any(place.overlap(box) for box in taken)]
        place = next((one for one in free if not any(one.overlap(box) for box in others)), free[0] if free else None)
        places.append(place)
        if place is not None:
            taken.append(place)
    return places


def heat(pixels: Pixels, values: NDArray[Any], *, strength: float = 0.6) -> Pixels:
    """A copy with a grid of values as heat on it: the highest is red, the lowest leaves the picture as it is.

    values -- (rows, columns), laid over the whole picture
    strength -- how much of the picture the highest value hides, 0 to 1

    Raises:
        InvalidInput: the grid is empty or has no two axes, or a value is not finite.
    """
    grid = np.asarray(values, dtype=np.float64)
    if grid.ndim != 2 or not grid.size or not np.isfinite(grid).all():
        raise InvalidInput(f"A heat map needs a grid of finite values, got shape {grid.shape}.")
    spread = float(grid.max() - grid.min())
    share = (grid - grid.min()) / spread if spread else np.zeros_like(grid)
    height, width = pixels.shape[:2]
    rows, columns = (np.arange(side) * count // side for side, count in zip((height, width), grid.shape, strict=True))
    weight = (strength * share)[rows][:, columns, None]
    colours = np.stack([np.full_like(share, 255), 200 * (1 - share), np.zeros_like(share)], -1)
    painted = pixels * (1 - weight) + colours[rows][:, columns] * weight
    result: Pixels = painted.round().astype(np.uint8)
    return result


def png(pixels: Pixels) -> bytes:
    """The pixels as a PNG file.

    Raises:
        MissingExtra: Pillow is not installed.
    """
    needs("screen", "PIL")
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def _around(box: Box, width: float, height: float) -> Iterator[Box]:
    """Places of a label, the best first."""
    corners = (
        (box.left, box.top - height),
        (box.left, box.bottom),
        (box.right, box.top),
        (box.left - width, box.top),
        (box.right - width, box.top - height),
        (box.right - width, box.bottom),
        (box.left, box.top),
    )
    for left, top in corners:
        yield Box.of_size(left, top, width, height)


def _outline(box: Box, screen: tuple[int, int]) -> tuple[float, float, float, float] | None:
    """The first and the last pixels of a box's line; None for a box beside the screen."""
    inside = box.clip(Box(0, 0, *screen))
    if inside is None:
        return None
    return inside.left, inside.top, max(inside.left, inside.right - 1), max(inside.top, inside.bottom - 1)


def _cross(pen: ImageDraw, point: Point, colour: Colour, unit: int) -> None:
    reach = 6 * unit
    for edge, width in ((_ink(colour), 4 * unit), (colour, 2 * unit)):
        pen.line((point.x - reach, point.y, point.x + reach, point.y), fill=edge, width=width)
        pen.line((point.x, point.y - reach, point.x, point.y + reach), fill=edge, width=width)


def _sizes(pen: ImageDraw, marks: Sequence[Mark], size: int) -> list[tuple[float, float]]:
    return [_extent(pen, mark.label, size) if mark.label else (0.0, 0.0) for mark in marks]


def _extent(pen: ImageDraw, text: str, size: int) -> tuple[float, float]:
    left, top, right, bottom = pen.textbbox((0, 0), text, font=_font(size))
    return right - left + 2 * _PAD, bottom - top + 2 * _PAD


def _label(pen: ImageDraw, place: Box, text: str, colour: Colour, size: int) -> None:
    pen.rectangle((place.left, place.top, place.right - 1, place.bottom - 1), fill=colour)
    left, top, _, _ = pen.textbbox((0, 0), text, font=_font(size))
    pen.text((place.left + _PAD - left, place.top + _PAD - top), text, fill=_ink(colour), font=_font(size))


def _ink(colour: Colour) -> Colour:
    """Black or white, whichever stands out more."""
    light = (0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]) > 140
    return (0, 0, 0) if light else (255, 255, 255)


def _font(size: int) -> Any:
    from PIL import ImageFont

    return ImageFont.load_default(size)
