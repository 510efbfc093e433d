"""Where names stand beside the dots of a plot, so that none lies on another or on a dot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

LETTER, HEIGHT, GAP = 6.2, 12.0, 8.0  # of a label's text in the units of the plot, and its distance from the dot
DOT = 5.0
_FAR = 30  # steps up and down that are tried

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class LabelBox:
    """A label's rectangle.

    Attributes:
        anchor: where its text begins, or ends, at half its height.
        width: of the text.
        before: whether the text ends at the anchor.
    """

    anchor: Place
    width: float
    before: bool

    @property
    def edges(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        x, y = self.anchor
        left = x - self.width if self.before else x
        return left, y - HEIGHT / 2, left + self.width, y + HEIGHT / 2


def places(dots: Mapping[str, Place], *, right: float, top: float, bottom: float) -> dict[str, LabelBox]:
    """A label for each dot, as near to it as others allow; where there is no room at all, right beside it.

    right, top, bottom -- edges that labels stay within; the left one is 0
    """
    boxes: dict[str, LabelBox] = {}
    for name, dot in sorted(dots.items(), key=lambda item: (item[1][1], item[1][0])):
        fits = (
            box
            for box in _tries(name, dot)
            if _inside(box, right, top, bottom)
            and not any(_overlap(box.edges, other.edges) for other in boxes.values())
            and not any(_overlap(box.edges, _square(other)) for other in dots.values())
        )
        boxes[name] = next(fits, next(_tries(name, dot)))
    return boxes


def _tries(name: str, dot: Place) -> Iterator[LabelBox]:
    """Right of the dot, left of it, then further up and down."""
    x, y = dot
    width = LETTER * len(name)
    for step in range(2 * _FAR):
        shift = (step + 1) // 2 * HEIGHT / 2 * (1 if step % 2 else -1)
        for before in (False, True):
            yield LabelBox((x - GAP if before else x + GAP, y + shift), width, before)


def _square(dot: Place) -> tuple[float, float, float, float]:
    return dot[0] - DOT, dot[1] - DOT, dot[0] + DOT, dot[1] + DOT


def _inside(box: LabelBox, right: float, top: float, bottom: float) -> bool:
    a, b, c, d = box.edges
    return a >= 0 and c <= right and b >= top and d <= bottom


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
