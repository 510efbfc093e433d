"""The grounder that nobody trained: names, roles, labels, places and relations by hand-written rules.

It is the floor that a trained one has to beat, and what answers until there is one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from tamis.core import Bools, Floats, Ints
from tamis.image import Box, Point, Screenshot
from tamis.image.boxes import Edges, edges_of
from tamis.screen.elements import Element
from tamis.screen.grounding import Grounding, RankedElement
from tamis.screen.instruction import ROLES, Description, wish_of
from tamis.screen.matching import Names, plain

ABSENT: Final = 0.45  # a best element below is none
SHOWN: Final = 10  # elements of a ranking
_FIELDS = frozenset(["textbox", "checkbox", "radio", "combobox", "searchbox", "spinbutton", "slider", "switch"])
_DEFAULT = 0.55
_ROLE_ALONE = 0.5
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


class RuleGrounder:
    """Points by rules; see the module."""

    def __call__(
        self, shot: Screenshot, elements: Sequence[Element], instructions: Sequence[str], /
    ) -> tuple[Grounding, ...]:
        """One grounding for each instruction."""
        scene = _Scene(shot, elements)
        return tuple(_grounding(scene, instruction) for instruction in instructions)


class _Scene:
    """Elements, prepared for many instructions."""

    def __init__(self, shot: Screenshot, elements: Sequence[Element]) -> None:
        self.shot, self.elements = shot, tuple(elements)
        self.names = Names([element.text for element in elements])
        self.edges: Edges = edges_of([element.box for element in elements])
        self.middles = (self.edges[:, :2] + self.edges[:, 2:]) / 2
        self.roles = np.array([element.role for element in elements], dtype=object)
        self.texts: Bools = np.array([bool(element.text) for element in elements], dtype=bool)
        heights = self.edges[:, 3] - self.edges[:, 1]
        self.line = float(np.median(heights[self.texts])) if self.texts.any() else 16.0

    def fit(self, role: str) -> Floats:
        """How well each element's role fits."""
        table = _FIT.get(role)
        if table is None:
            return np.array([0.8 if one == "region" else 1.0 for one in self.roles], dtype=float)
        return np.array([table.get(one, _DEFAULT) for one in self.roles], dtype=float)


def _grounding(scene: _Scene, instruction: str) -> Grounding:
    wish = wish_of(instruction)
    if not scene.elements:
        return Grounding(instruction, None, None, 0.0, (), "There is nothing on the screen that could be meant.")
    anchor = _anchor(scene, wish)
    if wish.relation and anchor is None:
        return Grounding(instruction, None, None, 0.0, (), f"Nothing on the screen reads like {wish.anchor!r}.")
    scores = _named(scene, wish) * _placed(scene, wish)
    if anchor is not None:
        scores = scores * _related(scene, wish.relation, anchor)
    order = np.argsort(-scores, kind="stable")
    if wish.ordinal is not None:
        order = _counted(scene, scores, order, wish)
    ranked = tuple(RankedElement(scene.elements[i], float(scores[i])) for i in order[:SHOWN])
    best = ranked[0]
    if best.score < ABSENT:
        return Grounding(instruction, None, None, best.score, ranked, _missing(wish, best.element))
    box, point = phrase(best.element, wish.name)
    return Grounding(instruction, point, box, _confidence(scores, order), ranked)


def _named(scene: _Scene, wish: Description) -> Floats:
    """How well each element's text, or its label, and role fit; its role alone where no name was given."""
    fit = scene.fit(wish.role)
    if not wish.name:
        return fit
    alike = scene.names.scores(wish.name)
    scores: Floats = alike * fit
    if wish.name.casefold() in ROLES:  # "the button": one that reads so, else whatever is one
        return np.maximum(alike, _ROLE_ALONE * fit)
    if wish.role in _FIELDS:
        scores = np.maximum(scores, _labelled(scene, alike) * fit)
    return scores


def _labelled(scene: _Scene, alike: Floats) -> Floats:
    """For fields, how well the text beside them fits: left or above of a text field, right of a checkbox."""
    result = np.zeros(len(alike))
    fields = [index for index, role in enumerate(scene.roles) if role in _FIELDS]
    for label in np.flatnonzero((alike > ABSENT) & scene.texts).tolist():
        box = scene.elements[label].box
        if any(scene.elements[field].box.covers(box) for field in fields):  # what stands in a field is its own
            continue
        for field in fields:
            result[field] = max(result[field], alike[label] * _beside(scene, field, label))
    return result


def _beside(scene: _Scene, field: int, label: int) -> float:
    """How likely a text is the label of a field, by where it is: 0 to 1."""
    left, top, right, bottom = scene.edges[field]
    low, high, far, deep = scene.edges[label]
    line, small = scene.line, scene.roles[field] in ("checkbox", "radio", "switch")
    same_row = min(bottom, deep) - max(top, high) > 0.4 * min(bottom - top, deep - high)
    if same_row:
        gap = low - right if small else left - far
        return max(0.0, 1 - max(0.0, gap) / (12 * line)) if gap > -line else 0.0
    gap = top - deep
    over = not small and -0.5 * line <= gap < 2.5 * line and abs(low - left) < 6 * line
    return 0.97 - 0.1 * max(0.0, gap) / line if over else 0.0


def _anchor(scene: _Scene, wish: Description) -> Box | None:
    """The element that a relation is to."""
    if not wish.relation:
        return None
    alike = scene.names.scores(wish.anchor)
    best = int(np.argmax(alike)) if alike.size else 0
    return phrase(scene.elements[best], wish.anchor)[0] if alike.size and alike[best] >= ABSENT else None


def _related(scene: _Scene, relation: str, anchor: Box) -> Floats:
    """How well each element lies below, above, beside a box: near and aligned is best, 0 for the other side."""
    left, top, right, bottom = scene.edges.T
    across = np.maximum(0, np.maximum(left - anchor.right, anchor.left - right))
    down = np.maximum(0, np.maximum(top - anchor.bottom, anchor.top - bottom))
    x, y = scene.middles.T
    sides = {
        "below": (y > anchor.bottom, down + 3 * across),
        "above": (y < anchor.top, down + 3 * across),
        "left": (x < anchor.left, across + 3 * down),
        "right": (x > anchor.right, across + 3 * down),
        "near": (np.ones(len(x), bool), across + down),
    }
    side, distance = sides[relation]
    inside = _covered(scene.edges, anchor) > 0.5
    scale = 8 * max(scene.line, anchor.height)
    result: Floats = np.where(side & ~inside, 0.5 + 0.5 * np.exp(-distance / scale), 0.0)
    return result


def _covered(edges: Edges, box: Box) -> Floats:
    """The share of a box that each of some edges covers."""
    sides = np.minimum(edges[:, 2:], (box.right, box.bottom)) - np.maximum(edges[:, :2], (box.left, box.top))
    result: Floats = np.clip(sides, 0, None).prod(1) / max(box.area, 1e-9)
    return result


def _placed(scene: _Scene, wish: Description) -> Floats:
    """How near each element is to the place on the screen that is asked for; 1 where none is."""
    size = np.array(scene.shot.size, dtype=float)
    off = np.zeros(len(scene.elements))
    for axis, share in enumerate(wish.place):
        if share is not None:
            off = np.maximum(off, np.abs(scene.middles[:, axis] / size[axis] - share))
    result: Floats = 1 - 0.6 * off
    return result


def _counted(scene: _Scene, scores: Floats, order: Ints, wish: Description) -> Ints:
    """The order with the wanted one of those that fit alike first, counted as people read."""
    assert wish.ordinal is not None
    alike = np.flatnonzero(scores >= max(0.85 * scores[int(order[0])], ABSENT))
    rows = sorted(
        _distinct(scene, alike), key=lambda i: (round(scene.middles[i, 1] / (2 * scene.line)), scene.middles[i, 0])
    )
    if not -len(rows) <= wish.ordinal < len(rows):
        return order
    wanted = rows[wish.ordinal]
    scores[wanted] = max(scores[wanted], float(scores.max()))
    return np.array([wanted, *(i for i in order if i != wanted)])


def _distinct(scene: _Scene, indexes: Ints) -> list[int]:
    """Of elements that lie in one another the first."""
    result: list[int] = []
    for index in (int(i) for i in indexes):
        box = scene.elements[index].box
        if not any(
            box.overlap(scene.elements[other].box) > 0.5 * min(box.area, scene.elements[other].box.area)
            for other in result
        ):
            result.append(index)
    return result


def _confidence(scores: Floats, order: Ints) -> float:
    """From how well the best fits, and how much better than what lies elsewhere."""
    best = float(scores[int(order[0])])
    others = [float(scores[int(i)]) for i in order[1:SHOWN]]
    margin = best - max(others, default=0.0)
    return float(np.clip(0.85 * best + 0.4 * margin, 0.0, 0.99))


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


def _missing(wish: Description, nearest: Element) -> str:
    what = repr(wish.name) if wish.name else f"a {wish.role}" if wish.role else "this"
    near = f" The nearest is {nearest.text[:60]!r}." if nearest.text else ""
    return f"Nothing on the screen reads like {what}.{near}" if wish.name else f"There is no sign of {what}.{near}"
