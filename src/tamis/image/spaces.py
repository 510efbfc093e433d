"""Coordinate spaces: in which numbers a place on a screenshot is said.

A model that clicks at the wrong place has most often said the right numbers in another space than its caller read them
in. So a space is a value here: `space.point(x, y)` reads its numbers, `space.coordinates(point)` writes them, and
`one.to(other)` is the exact map between two of them. What a space rounds to, it says (`step`): a point that is written
and read again lies no more than `slip` device pixels away.

Sources of the sizes: the image processors of Qwen2-VL, Qwen2.5-VL and Qwen3-VL (`smart_resize`); the tables of the
reference implementation of Anthropic's computer use; the papers and prompts of UI-TARS and AGUVIS.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tamis.errors import InvalidInput, unknown
from tamis.image.geometry import Box, Point, Transform

Size = tuple[int, int]  # width, height in pixels


@dataclass(frozen=True, slots=True)
class Space:
    """A way to say where something is on a part of a screenshot.

    Attributes:
        name: for messages.
        region: the part that the numbers span, in device pixels of the screenshot.
        width: the number at the right edge of the region.
        height: the number at its bottom edge.
        step: what numbers are rounded to, as integers if 1; 0 where they are not rounded.
        last: how far below `width` and `height` the largest number of a point is: 1 where numbers count pixels.
    """

    name: str
    region: Box
    width: float
    height: float
    step: float = 0.0
    last: float = 0.0

    def __post_init__(self) -> None:
        if min(self.width, self.height) <= 0 or self.region.area <= 0:
            size = f"{self.width:g} x {self.height:g} over {self.region.edges}"
            raise InvalidInput(f"The space {self.name!r} is empty: {size}.")

    @property
    def device(self) -> Transform:
        """The map from its numbers to device pixels."""
        across, down = self.region.width / self.width, self.region.height / self.height
        return Transform(across, down, self.region.left, self.region.top)

    @property
    def slip(self) -> tuple[float, float]:
        """How far a point can move when it is written and read again, in device pixels: across, down.

        Half a step, and all of `last` for a point between the last pixel's number and the edge.
        """
        most = max(self.step / 2, self.last)
        return most * self.region.width / self.width, most * self.region.height / self.height

    def to(self, other: Space) -> Transform:
        """The exact map, without rounding, from its numbers to those of another space of the same screenshot."""
        return self.device.then(other.device.inverse)

    def point(self, x: float, y: float) -> Point:
        """The place that two numbers of this space name, in device pixels.

        Raises:
            InvalidInput: they lie outside of the space.
        """
        if not (0 <= x <= self.width and 0 <= y <= self.height):
            hint = "Are they numbers of another space? Models differ: see DIALECTS."
            size = f"0 to {self.width:g} and 0 to {self.height:g}"
            raise InvalidInput(f"({x}, {y}) is not in the space {self.name!r} of {size}.", hint=hint)
        return self.device.point(Point(x, y))

    def coordinates(self, point: Point) -> tuple[float, float]:
        """The numbers of a place, rounded to the step; what lies outside is moved to the edge.

        Halves are rounded down, so that the middle of a box of one pixel is that pixel.
        """
        place = self.device.inverse.point(point)
        return self._round(place.x, self.width - self.last), self._round(place.y, self.height - self.last)

    def box(self, left: float, top: float, right: float, bottom: float) -> Box:
        """The box that four numbers of this space name, in device pixels.

        Raises:
            InvalidInput: they lie outside, or it ends before it begins.
        """
        low, high = self.point(left, top), self.point(right, bottom)
        return Box(low.x, low.y, high.x, high.y)

    def edges(self, box: Box) -> tuple[float, float, float, float]:
        """The numbers of a box: left, top, right, bottom, each rounded to the step."""
        place = self.device.inverse.box(box)
        (left, right), (top, bottom) = (
            (self._round(low, most), self._round(high, most))
            for low, high, most in ((place.left, place.right, self.width), (place.top, place.bottom, self.height))
        )
        return left, top, right, bottom

    def _round(self, number: float, most: float) -> float:
        inside = min(max(number, 0.0), most)
        if not self.step:
            return inside
        steps = math.ceil(inside / self.step - 0.5)
        return steps if self.step == 1 else steps * self.step


def device_space(size: Size) -> Space:
    """Whole device pixels of a screenshot."""
    return Space("device pixels", _screen(size), *size, step=1, last=1)


def css_space(size: Size, ratio: float) -> Space:
    """CSS pixels, not rounded: what a page's own code, Playwright and DOM boxes count in.

    ratio -- device pixels for each CSS pixel (`window.devicePixelRatio`)
    """
    if not (math.isfinite(ratio) and ratio > 0):
        raise InvalidInput(f"The device pixel ratio must be positive, got {ratio}.")
    return Space("CSS pixels", _screen(size), size[0] / ratio, size[1] / ratio)


def share_space(size: Size, *, step: float = 0.0) -> Space:
    """Shares of width and height, 0 to 1.

    step -- 0.001 for numbers with three decimals
    """
    return Space("shares", _screen(size), 1, 1, step=step)


def grid_space(size: Size, top: int = 1000) -> Space:
    """Whole numbers from 0 to `top` across and down, whatever the shape of the screen."""
    return Space(f"0 to {top}", _screen(size), top, top, step=1)


def resized_space(size: Size, new: Size, *, name: str = "resized") -> Space:
    """Whole pixels of a copy of another size, of the same or of another shape."""
    return Space(f"{name} {new[0]} x {new[1]}", _screen(size), *new, step=1, last=1)


def crop_space(space: Space, box: Box) -> Space:
    """The same kind of numbers, counted from the corner of a part of the screenshot.

    Of a space of whole numbers the part has a whole size, too: the nearest.

    box -- in device pixels

    Raises:
        InvalidInput: the part is empty or not inside of the space.
    """
    if not space.region.covers(box):
        raise InvalidInput(f"The part {box.edges} is not inside of {space.region.edges}.")
    share = box.width / space.region.width, box.height / space.region.height
    width, height = space.width * share[0], space.height * share[1]
    if space.step == 1:
        width, height = max(1, round(width)), max(1, round(height))
    return Space(f"{space.name}, a part", box, width, height, step=space.step, last=space.last)


def smart_size(size: Size, *, factor: int = 28, least: int = 56 * 56, most: int = 14 * 14 * 4 * 1280) -> Size:
    """The size to which the image processors of Qwen-VL resize a picture: multiples of `factor`, about the same shape.

    factor -- 28 for Qwen2-VL and Qwen2.5-VL, 32 for Qwen3-VL
    least, most -- pixels of the result

    Raises:
        InvalidInput: one side is more than 200 times the other, which these models refuse.
    """
    width, height = size
    _screen(size)
    if max(size) > 200 * min(size):
        raise InvalidInput(f"A picture of {width} x {height} is more than 200 times as long as it is wide.")
    across, down = (max(factor, round(side / factor) * factor) for side in size)
    if across * down > most:
        shrink = math.sqrt(width * height / most)
        across, down = (max(factor, math.floor(side / shrink / factor) * factor) for side in size)
    elif across * down < least:
        stretch = math.sqrt(least / (width * height))
        across, down = (math.ceil(side * stretch / factor) * factor for side in size)
    return across, down


_DISPLAYS: tuple[Size, ...] = ((1024, 768), (1280, 800), (1366, 768))  # XGA, WXGA, FWXGA


def fitted_space(size: Size, displays: Sequence[Size] = _DISPLAYS) -> Space:
    """Whole pixels of the copy that is sent to a model which knows some displays only.

    The display of (almost) the same shape, if the screen is wider; else the screen itself.

    Raises:
        InvalidInput: a display is empty.
    """
    width, height = size
    for display in displays:
        same = abs(display[0] / display[1] - width / height) < 0.02
        if same and display[0] < width:
            return resized_space(size, display, name="scaled to")
    return resized_space(size, size, name="not scaled:")


def _smart(least: int, most: int) -> Callable[[Size], Space]:
    return lambda size: resized_space(size, smart_size(size, least=least, most=most), name="smart resize to")


DIALECTS: Mapping[str, Callable[[Size], Space]] = {
    "pixels": device_space,
    "openai": device_space,  # `computer_call` counts in pixels of the screenshot that it was sent
    "anthropic": fitted_space,
    "qwen2-vl": grid_space,
    "qwen2.5-vl": _smart(56 * 56, 14 * 14 * 4 * 1280),
    "qwen3-vl": grid_space,
    "ui-tars": grid_space,
    "ui-tars-1.5": _smart(100 * 28 * 28, 16384 * 28 * 28),
    "step-gui": lambda size: grid_space(size, 999),
    "shares": share_space,
    "aguvis": lambda size: share_space(size, step=0.0001),
}


def dialect_space(dialect: str, size: Size) -> Space:
    """The space in which a family of models says where something is on a screenshot of a size.

    Raises:
        UnknownName: there is no such dialect.
    """
    if dialect not in DIALECTS:
        raise unknown("dialect", dialect, DIALECTS)
    return DIALECTS[dialect](size)


def _screen(size: Size) -> Box:
    if min(size) < 1:
        raise InvalidInput(f"A screen has at least one pixel, got {size[0]} x {size[1]}.")
    return Box(0, 0, *size)
