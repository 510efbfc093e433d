"""Which targets of a shot can be told by where they are: beside a text, in a row, one of several, in a corner."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from tamis.image import Box
from tamis.screen.matching import plain
from training.screen.meanings import glyph_name, pack_of
from training.screen.recall import Target
from training.screen.wordings import digest

Role = Callable[[Target], str]
ORDINALS = ("first", "second", "third", "fourth", "fifth")
_RELATED = frozenset(["link", "button", "textbox", "checkbox", "radio", "combobox", "searchbox", "icon", "tab",
                      "switch", "spinbutton", "slider"])  # fmt: skip
_CLEAR = 1.4  # times as far away as the target a rival has to be


def relations(targets: Sequence[Target], named: Sequence[Target], role: Role) -> Iterator[tuple[str, Target, str, str]]:
    """(way, target, relation, anchor): for each target one text in a relation to it, one in its row, one heading.

    The relation is empty for a row or a heading, which have sentences of their own.
    """
    anchors = [one for one in named if _alone(one, named)]
    for target in targets:
        if role(target) not in _RELATED:
            continue
        order = sorted(anchors, key=lambda one: digest(target.shot, one.name, str(target.box), "anchor"))
        others = [one for one in order if one.box != target.box and plain(one.name) != plain(target.name)]
        rivals = [one for one in targets if role(one) == role(target) and one.box != target.box]
        for proposal in (
            _related(target, others, rivals),
            _in_row(target, others, rivals),
            _headed(target, named, rivals),
        ):
            if proposal is not None:
                way, relation, anchor = proposal
                yield way, target, relation, anchor


def said_name(target: Target) -> str:
    """What a person calls a target: an icon by what it is drawn as, if that is known; anything else by its name."""
    return (glyph_name(target.icon) if target.kind == "icon" and pack_of(target.icon) else "") or plain(target.name)


def _alone(anchor: Target, named: Sequence[Target]) -> bool:
    """Whether only this one has its words."""
    return anchor.kind == "text" and sum(plain(anchor.name) in plain(other.name) for other in named) == 1


def _related(target: Target, anchors: Sequence[Target], rivals: Sequence[Target]) -> tuple[str, str, str] | None:
    for anchor in anchors:
        relation = side(target.box, anchor.box)
        if relation is None:
            continue
        far = distance(target.box, anchor.box)
        same = [distance(one.box, anchor.box) for one in rivals if side(one.box, anchor.box) == relation]
        if min(same, default=np.inf) < _CLEAR * max(far, 4):
            continue
        close = far < 20 * target.ratio and relation in ("left", "right") and digest(anchor.name, "near") % 2
        around = [distance(one.box, anchor.box) for one in rivals]
        if close and min(around, default=np.inf) > 3 * max(far, 8):
            return "near", "near", anchor.name
        return "relation", relation, anchor.name
    return None


def _in_row(target: Target, anchors: Sequence[Target], rivals: Sequence[Target]) -> tuple[str, str, str] | None:
    """Another text of the row, where other rows have something of the same name."""
    name = said_name(target)
    twins = [one for one in rivals if said_name(one) == name and one.row >= 0]
    if target.row < 0 or not name or not twins or any(one.row == target.row for one in twins):
        return None
    return next((("row", "", one.name) for one in anchors if one.row == target.row), None)


def _headed(target: Target, named: Sequence[Target], rivals: Sequence[Target]) -> tuple[str, str, str] | None:
    """The nearest heading above, where the target is the first of its role below it."""
    headings = [one for one in named if one.role == "heading" and _over(one.box, target.box)]
    if not headings:
        return None
    heading = max(headings, key=lambda one: one.box.bottom)
    between = [one for one in rivals if one.box.top >= heading.box.bottom and _over(heading.box, one.box)]
    first = all(one.box.top > target.box.bottom for one in between)
    return ("heading", "", heading.name) if first and _alone(heading, named) else None


def _over(heading: Box, box: Box) -> bool:
    return heading.bottom <= box.top and heading.left - 40 <= box.left and box.left < heading.left + 900


def side(box: Box, anchor: Box) -> str | None:
    """How a person would say where a box is, if it is near and in line: below, above, right or left of an anchor."""
    across = min(box.right, anchor.right) - max(box.left, anchor.left) > 0
    along = min(box.bottom, anchor.bottom) - max(box.top, anchor.top) > 0.5 * min(box.height, anchor.height)
    if distance(box, anchor) >= 6 * max(anchor.height, 20):
        return None
    if across and not along:
        return "below" if box.top >= anchor.bottom else "above" if box.bottom <= anchor.top else None
    if along and not across:
        return "right" if box.left >= anchor.right else "left"
    return None


def distance(box: Box, anchor: Box) -> float:
    """Between the edges, across plus down; 0 where they meet."""
    across = max(0.0, box.left - anchor.right, anchor.left - box.right)
    return across + max(0.0, box.top - anchor.bottom, anchor.top - box.bottom)


def ordinals(targets: Sequence[Target], role: Role) -> Iterator[tuple[Target, str]]:
    """Targets of the same name and role, two to eight, each with its ordinal; in the order of reading."""
    for group in _groups(targets, role):
        order = reading_order(group)
        if 2 <= len(order) <= 8:
            yield from zip(order, ORDINALS, strict=False)
            yield order[-1], "last"
        if 3 <= len(order) <= 8:
            yield order[-2], "last but one"


def counted(targets: Sequence[Target], role: Role) -> Iterator[tuple[Target, str, str]]:
    """(target, ordinal, side): those that stand in one row, counted from the left or the right, or in one column."""
    for group in _groups(targets, role):
        order = reading_order(group)
        if not 3 <= len(order) <= 8:
            continue
        x, y = np.array([one.box.centre.x for one in order]), np.array([one.box.centre.y for one in order])
        level, upright = np.ptp(y) < 0.5 * order[0].box.height, np.ptp(x) < order[0].box.width
        for start, end in (("left", "right"),) * bool(level) + (("top", "bottom"),) * bool(upright):
            yield from ((one, which, start) for one, which in zip(order, ORDINALS, strict=False))
            yield from ((one, which, end) for one, which in zip(order[::-1], ORDINALS, strict=False))


def _groups(targets: Sequence[Target], role: Role) -> list[list[Target]]:
    """What can be used, or is no text, by name and role."""
    groups: dict[tuple[str, str], list[Target]] = defaultdict(list)
    for one in targets:
        if (one.control or one.kind != "text") and 2 <= len(said_name(one)) <= 40:
            groups[said_name(one), role(one)].append(one)
    return list(groups.values())


def reading_order(targets: Sequence[Target]) -> list[Target]:
    """From top to bottom, what is level from left to right."""
    rows: list[list[Target]] = []
    for one in sorted(targets, key=lambda target: target.box.centre.y):
        level = rows and abs(rows[-1][0].box.centre.y - one.box.centre.y) < 0.5 * one.box.height
        rows[-1].append(one) if level else rows.append([one])
    return [one for row in rows for one in sorted(row, key=lambda target: target.box.left)]


def lone_place(targets: Sequence[Target], role: Role, *, edges: bool = False) -> Iterator[tuple[Target, str]]:
    """Named targets that are the only ones of their role in a corner or in the middle of what is on the screen.

    edges -- whether also those that are the only ones at an edge
    """
    width = max(one.box.right for one in targets)
    height = max(one.box.bottom for one in targets)
    groups: dict[tuple[str, str], list[Target]] = defaultdict(list)
    for one in targets:
        if (one.control or one.kind == "input") and role(one) != "text":
            across, down = one.box.centre.x / width, one.box.centre.y / height
            for place in (_place(across, down), *(_edges(across, down) if edges else ())):
                groups[role(one), place].append(one)
    for (_, place), group in groups.items():
        if place and len(group) == 1 and plain(group[0].name):
            yield group[0], place


def _place(across: float, down: float) -> str:
    if 0.35 < across < 0.65 and 0.35 < down < 0.65:
        return "middle"
    if 0.25 < down < 0.75 or 0.3 < across < 0.7:
        return ""
    return f"{'top' if down < 0.5 else 'bottom'} {'left' if across < 0.5 else 'right'} corner"


def _edges(across: float, down: float) -> Iterator[str]:
    if min(down, 1 - down) < 0.2:
        yield "top" if down < 0.5 else "bottom"
    if min(across, 1 - across) < 0.2:
        yield "left" if across < 0.5 else "right"
