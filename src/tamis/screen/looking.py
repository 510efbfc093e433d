"""Elements from pixels: lines of text and shapes, merged into things, each once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from tamis.errors import needs
from tamis.image import Box, Screenshot, iou, within
from tamis.models.ocr import OcrLine, reader
from tamis.screen.elements import Element
from tamis.screen.looks import checked, shape_role, text_role
from tamis.screen.segments import LineSegment, letters_box, segments
from tamis.screen.shapes import shapes

_SAME = 0.7  # a shape that overlaps a text by more (IoU) is the text's own
_INSIDE = 0.8  # the share of a text that is in a shape, for it to be the shape's
_MANY = 6  # texts in a shape from which on they are not its name


class Looker:
    """Looks at screenshots: an `ElementSource` that needs nothing but pixels.

    threads -- that a look may use; 0 for as many as there are cores

    Raises:
        MissingExtra: a package of the extra `screen` is not installed.
    """

    def __init__(self, *, threads: int = 0) -> None:
        needs("screen", "cv2", "rapidocr", "PIL")
        self._reader = reader(threads)

    def __call__(self, shot: Screenshot, /) -> tuple[Element, ...]:
        """The elements, from top to bottom."""
        return elements_of(shot, self._reader(shot))


def elements_of(shot: Screenshot, lines: Sequence[OcrLine]) -> tuple[Element, ...]:
    """The elements of a screenshot whose text is known, from top to bottom."""
    parts = segments(shot, lines)
    letters = [box for line in lines if (box := letters_box(line)) is not None]
    boxes = shapes(shot, letters)
    things = [*_texts(parts), *_shapes(shot, boxes, parts)]
    return tuple(sorted(things, key=lambda thing: (thing.box.top, thing.box.left, thing.box.area)))


def _texts(parts: Sequence[LineSegment]) -> Iterator[Element]:
    median = float(np.median([part.box.height for part in parts])) if parts else 0.0
    for part in parts:
        yield Element(part.box, part.text, text_role(part, median), "text", part.confidence)


def _shapes(shot: Screenshot, boxes: Sequence[Box], parts: Sequence[LineSegment]) -> Iterator[Element]:
    """Shapes that are more than a text's own edge, with the text in them."""
    texts = [part.box for part in parts]
    same, share = iou(boxes, texts), within(texts, boxes)
    scale = scale_of(shot)
    for index, box in enumerate(boxes):
        if texts and same[index].max() > _SAME:
            continue
        inside = [part for part, of in zip(parts, share[:, index] if texts else (), strict=True) if of > _INSIDE]
        whole = [part for part in inside if part.whole] or inside
        role = shape_role(shot, box, whole, scale)
        name = " ".join(part.text for part in whole) if len(whole) < _MANY else ""
        state = {"checked": True} if role == "checkbox" and checked(shot, box) else {}
        yield Element(box, name, role, "shape", 0.5, state)


def scale_of(shot: Screenshot) -> float:
    """Device pixels for each CSS pixel: as was said of the screenshot, or else as its size lets one guess."""
    return shot.ratio if shot.ratio_known or shot.ratio != 1 else max(1.0, round(2 * max(shot.size) / 1900) / 2)
