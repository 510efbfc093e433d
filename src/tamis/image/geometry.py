"""Points, boxes and the maps between planes: plain values, in device pixels where nothing else is said."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from tamis.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Point:
    """A place: `x` to the right, `y` down, from the top left corner.

    Raises:
        InvalidInput: a coordinate is not finite.
    """

    x: float
    y: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.x) and math.isfinite(self.y)):
            raise InvalidInput(f"A point needs finite coordinates, got ({self.x}, {self.y}).")


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle: `left` and `top` belong to it, `right` and `bottom` do not.

    A pixel (3, 5) is Box(3, 5, 4, 6). A box may be empty, never turned inside out.

    Raises:
        InvalidInput: an edge is not finite, or right < left or bottom < top.
    """

    left: float
    top: float
    right: float
    bottom: float

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, self.edges)):
            raise InvalidInput(f"A box needs finite edges, got {self.edges}.")
        if self.right < self.left or self.bottom < self.top:
            hint = "The order is left, top, right, bottom; Box.of_corners() takes any two corners."
            raise InvalidInput(f"A box ends before it begins: {self.edges}.", hint=hint)

    @classmethod
    def of_corners(cls, one: Point, other: Point) -> Box:
        """The box between two opposite corners, in whatever order."""
        (left, right), (top, bottom) = sorted((one.x, other.x)), sorted((one.y, other.y))
        return cls(left, top, right, bottom)

    @classmethod
    def of_size(cls, left: float, top: float, width: float, height: float) -> Box:
        """The box from its top left corner and its size."""
        return cls(left, top, left + width, top + height)

    @classmethod
    def around(cls, boxes: Iterable[Box]) -> Box:
        """The smallest box that holds all of them.

        Raises:
            InvalidInput: there are none.
        """
        every = tuple(boxes)
        if not every:
            raise InvalidInput("There are no boxes to put one around.")
        lows = min(box.left for box in every), min(box.top for box in every)
        return cls(*lows, max(box.right for box in every), max(box.bottom for box in every))

    @property
    def edges(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        return self.left, self.top, self.right, self.bottom

    @property
    def width(self) -> float:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.bottom - self.top

    @property
    def area(self) -> float:
        """Width times height."""
        return self.width * self.height

    @property
    def centre(self) -> Point:
        """The middle."""
        return Point((self.left + self.right) / 2, (self.top + self.bottom) / 2)

    def contains(self, point: Point) -> bool:
        """Whether the point is in it; the right and the bottom edge are outside."""
        return self.left <= point.x < self.right and self.top <= point.y < self.bottom

    def covers(self, other: Box, *, slack: float = 0.0) -> bool:
        """Whether the other box is inside of this one, or no more than `slack` beyond an edge."""
        low = self.left - slack <= other.left and self.top - slack <= other.top
        return low and other.right <= self.right + slack and other.bottom <= self.bottom + slack

    def clip(self, bounds: Box) -> Box | None:
        """What of it is inside of the bounds; None where that is nothing."""
        left, top = max(self.left, bounds.left), max(self.top, bounds.top)
        right, bottom = min(self.right, bounds.right), min(self.bottom, bounds.bottom)
        return Box(left, top, right, bottom) if left < right and top < bottom else None

    def grow(self, by: float) -> Box:
        """Each edge moved outwards by so much; a negative number shrinks it, to its centre at most."""
        across, down = max(by, -self.width / 2), max(by, -self.height / 2)
        middle = self.centre
        half = max(0.0, self.width / 2 + across), max(0.0, self.height / 2 + down)
        return Box(middle.x - half[0], middle.y - half[1], middle.x + half[0], middle.y + half[1])

    def overlap(self, other: Box) -> float:
        """The area that both have in common."""
        common = self.clip(other)
        return common.area if common else 0.0

    def iou(self, other: Box) -> float:
        """Intersection over union, 0 to 1."""
        common = self.overlap(other)
        union = self.area + other.area - common
        return common / union if union > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Transform:
    """A map of one plane to another that keeps axes: x' = x * across + right, y' = y * down + below.

    Raises:
        InvalidInput: a factor is not positive, or a number is not finite.
    """

    across: float = 1.0
    down: float = 1.0
    right: float = 0.0
    below: float = 0.0

    def __post_init__(self) -> None:
        numbers = (self.across, self.down, self.right, self.below)
        if not all(map(math.isfinite, numbers)) or self.across <= 0 or self.down <= 0:
            raise InvalidInput(f"A map needs positive, finite factors and finite offsets, got {numbers}.")

    def point(self, point: Point) -> Point:
        """Where the point lies in the other plane."""
        return Point(point.x * self.across + self.right, point.y * self.down + self.below)

    def box(self, box: Box) -> Box:
        """Where the box lies in the other plane."""
        low, high = self.point(Point(box.left, box.top)), self.point(Point(box.right, box.bottom))
        return Box(low.x, low.y, high.x, high.y)

    def then(self, following: Transform) -> Transform:
        """One map: this one, and the following one behind it."""
        return Transform(
            self.across * following.across,
            self.down * following.down,
            self.right * following.across + following.right,
            self.below * following.down + following.below,
        )

    @property
    def inverse(self) -> Transform:
        """The map back."""
        return Transform(1 / self.across, 1 / self.down, -self.right / self.across, -self.below / self.down)
