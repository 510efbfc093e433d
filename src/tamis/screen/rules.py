"""The grounder that nobody trained: names, roles, labels, places and relations by hand-written rules.

It is the floor that a trained one has to beat, and what answers until there is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from tamis.core import Floats, Ints
from tamis.image import Box, Screenshot, within
from tamis.screen.elements import INPUTS, Element
from tamis.screen.grounding import Grounding, RankedElement
from tamis.screen.instruction import ROLES, Description, wish_of
from tamis.screen.scene import Scene, on_screen, phrase

ABSENT: Final = 0.45  # a best element below is none
SHOWN: Final = 10  # elements of a ranking
NOTHING: Final = "There is nothing on the screen that could be meant."
_ROLE_ALONE = 0.5


class RuleGrounder:
    """Points by rules; see the module."""

    def __call__(
        self, shot: Screenshot, elements: Sequence[Element], instructions: Sequence[str], /
    ) -> tuple[Grounding, ...]:
        """One grounding for each instruction."""
        scene = Scene(shot, elements)
        return tuple(_grounding(scene, instruction) for instruction in instructions)


@dataclass(frozen=True, slots=True)
class Ratings:
    """How well each element fits an instruction by the rules.

    Attributes:
        scores: (n,) 0 to 1.
        order: (n,) indexes, best first.
        anchor: what a relation is to; None where there is no relation, or nothing reads like it.
    """

    scores: Floats
    order: Ints
    anchor: Box | None


def ratings(scene: Scene, wish: Description) -> Ratings:
    """What the rules make of the elements of a screen; all 0 where the anchor of a relation is not there."""
    anchor = _anchor(scene, wish)
    if wish.relation and anchor is None:
        return Ratings(np.zeros(len(scene.elements)), np.arange(len(scene.elements)), None)
    scores = _named(scene, wish) * _placed(scene, wish)
    if anchor is not None:
        scores = scores * side_scores(scene, wish.relation, anchor)
    order = np.argsort(-scores, kind="stable")
    return Ratings(scores, order if wish.ordinal is None else _counted(scene, scores, order, wish), anchor)


def _grounding(scene: Scene, instruction: str) -> Grounding:
    wish = wish_of(instruction)
    if not scene.elements:
        return Grounding(instruction, None, None, 0.0, (), NOTHING)
    rated = ratings(scene, wish)
    if wish.relation and rated.anchor is None:
        return Grounding(instruction, None, None, 0.0, (), f"Nothing on the screen reads like {wish.anchor!r}.")
    scores, order = rated.scores, rated.order
    ranked = tuple(RankedElement(scene.elements[i], float(scores[i])) for i in order[:SHOWN])
    best = ranked[0]
    if best.score < ABSENT:
        return Grounding(instruction, None, None, best.score, ranked, missing(wish, best.element))
    box, point = phrase(best.element, wish.name)
    return Grounding(instruction, on_screen(point, box, scene.shot), box, _confidence(scores, order), ranked)


def _named(scene: Scene, wish: Description) -> Floats:
    """How well each element's text, or its label, and role fit; its role alone where no name was given."""
    fit = scene.fit(wish.role)
    if not wish.name:
        return fit
    alike = scene.names.scores(wish.name)
    if wish.literal:
        alike = np.where(scene.names.literal(wish.name), alike, 0.0)
    scores: Floats = alike * fit
    if wish.name.casefold() in ROLES:  # "the button": one that reads so, else whatever is one
        return np.maximum(alike, _ROLE_ALONE * fit)
    if wish.role in INPUTS:
        scores = np.maximum(scores, _labelled(scene, alike) * fit)
    return scores


def _labelled(scene: Scene, alike: Floats) -> Floats:
    """For fields, how well the text beside them fits: left or above of a text field, right of a checkbox."""
    result = np.zeros(len(alike))
    fields = [index for index, role in enumerate(scene.roles) if role in INPUTS]
    for label in np.flatnonzero((alike > ABSENT) & scene.texts).tolist():
        box = scene.elements[label].box
        if any(scene.elements[field].box.covers(box) for field in fields):  # what stands in a field is its own
            continue
        for field in fields:
            result[field] = max(result[field], alike[label] * _beside(scene, field, label))
    return result


def _beside(scene: Scene, field: int, label: int) -> float:
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


def _anchor(scene: Scene, wish: Description) -> Box | None:
    """The element that a relation is to."""
    if not wish.relation:
        return None
    alike = scene.names.scores(wish.anchor)
    best = int(np.argmax(alike)) if alike.size else 0
    return phrase(scene.elements[best], wish.anchor)[0] if alike.size and alike[best] >= ABSENT else None


def side_scores(scene: Scene, relation: str, anchor: Box) -> Floats:
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
        "row": (np.minimum(bottom, anchor.bottom) - np.maximum(top, anchor.top) > 0.5 * anchor.height, across / 4),
        "section": (y > anchor.bottom, down + 0.3 * across),
    }
    side, distance = sides[relation]
    inside = within([anchor], scene.boxes)[0] > 0.5
    scale = 8 * max(scene.line, anchor.height)
    result: Floats = np.where(side & ~inside, 0.5 + 0.5 * np.exp(-distance / scale), 0.0)
    return result


def _placed(scene: Scene, wish: Description) -> Floats:
    """How near each element is to the place on the screen that is asked for; 1 where none is."""
    size = np.array(scene.shot.size, dtype=float)
    off = np.zeros(len(scene.elements))
    for axis, share in enumerate(wish.place):
        if share is not None:
            off = np.maximum(off, np.abs(scene.middles[:, axis] / size[axis] - share))
    result: Floats = 1 - 0.6 * off
    return result


def _counted(scene: Scene, scores: Floats, order: Ints, wish: Description) -> Ints:
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


def _distinct(scene: Scene, indexes: Ints) -> list[int]:
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


def missing(wish: Description, nearest: Element) -> str:
    """Why nothing is pointed at, and what comes nearest."""
    what = repr(wish.name) if wish.name else f"a {wish.role}" if wish.role else "this"
    if wish.relation and not wish.name:
        return f"There is no sign of {what} where {wish.anchor!r} would lead to."
    near = f" The nearest is {nearest.text[:60]!r}." if nearest.text else ""
    return f"Nothing on the screen reads like {what}.{near}" if wish.name else f"There is no sign of {what}.{near}"
