"""Elements of a screen, prepared for many instructions: their texts, edges and roles side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tamis.core import Bools, Floats
from tamis.image import Box, Point, Screenshot
from tamis.image.boxes import Edges, edges_of
from tamis.screen.elements import Element
from tamis.screen.matching import Names, plain

_DEFAULT = 0.55
_FIT: Mapping[str, Mapping[str, float]] = {  # role that is asked for: role of an element: how well it fits
    "button": {"button": 1, "link": 0.85, "text": 0.85, "tab": 0.8, "icon": 0.75, "textbox": 0.75, "region": 0.6},
    "link": {"link": 1, "text": 0.92, "heading": 0.85, "button": 0.85},
    "tab": {"tab": 1, "text": 0.95, "link": 0.9, "button": 0.9},
    "icon": {"icon": 1, "image": 0.8, "checkbox": 0.75, "button": 0.6, "link": 0.6},
    "image": {"image": 1, "icon": 0.8},
    "checkbox": {"checkbox": 1, "switch": 0.95, "radio": 0.9, "icon": 0.7},
    "radio": {"radio": 1, "checkbox": 0.95, "icon": 0.7},
    "textbox": {
        "textbox": 1,
        "searchbox": 1,
        "spinbutton": 0.95,
        "combobox": 0.85,
        "button": 0.7,
        "region": 0.65,
        "text": 0.6,
    },
    "combobox": {"combobox": 1, "textbox": 0.95, "button": 0.85},
    "heading": {"heading": 1, "text": 0.85},
    "text": {"text": 1, "heading": 0.95, "link": 0.95, "button": 0.8},
}


class Scene:
    """Elements, prepared for many instructions.

    Attributes:
        elements: from top to bottom, so that the order in which they come makes no difference.
        names: their texts.
        edges: (n, 4) of their boxes, in device pixels.
        middles: (n, 2) of their boxes.
        roles: (n,) as they were guessed.
        texts: (n,) whether each has a text.
        line: the usual height of a text, in device pixels.
    """

    def __init__(self, shot: Screenshot, elements: Sequence[Element]) -> None:
        self.shot, self.elements = shot, tuple(sorted(elements, key=_place))
        self.boxes = tuple(element.box for element in self.elements)
        self.names = Names([element.text for element in self.elements])
        self.edges: Edges = edges_of(self.boxes)
        self.middles = (self.edges[:, :2] + self.edges[:, 2:]) / 2
        self.roles = np.array([element.role for element in self.elements], dtype=object)
        self.texts: Bools = np.array([bool(element.text) for element in self.elements], dtype=bool)
        heights = self.edges[:, 3] - self.edges[:, 1]
        self.line = float(np.median(heights[self.texts])) if self.texts.any() else 16.0

    def fit(self, role: str) -> Floats:
        """How well each element's role fits."""
        table = _FIT.get(role)
        if table is None:
            return np.array([0.8 if one == "region" else 1.0 for one in self.roles], dtype=float)
        return np.array([table.get(one, _DEFAULT) for one in self.roles], dtype=float)


def _place(element: Element) -> tuple[float, float, float, str, str]:
    return element.box.top, element.box.left, element.box.area, element.text, element.role


def phrase(element: Element, name: str) -> tuple[Box, Point]:
    """The part of the element that a name names, and its middle: words in a longer line are pointed at themselves."""
    text, name = plain(element.text), plain(name)
    at = f" {text} ".find(f" {name} ") if name and element.source == "text" else -1
    if at < 0 or len(name) == len(text) or not text:
        return element.box, element.box.centre
    box = element.box
    left, right = at / len(text), min(1.0, (at + len(name)) / len(text))
    part = Box(box.left + left * box.width, box.top, box.left + right * box.width, box.bottom)
    return part, part.centre


def on_screen(point: Point, box: Box, shot: Screenshot) -> Point:
    """The point, or the nearest that is in the box and on the screen, half a pixel from their edges."""
    seen = box.clip(shot.bounds) or box
    slack = min(0.5, seen.width / 4), min(0.5, seen.height / 4)
    x = min(max(point.x, seen.left + slack[0]), seen.right - slack[0])
    return Point(x, min(max(point.y, seen.top + slack[1]), seen.bottom - slack[1]))
