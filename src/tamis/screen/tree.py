"""Elements from a tree that the caller has: a DOM, an accessibility tree, a dump of AT-SPI.

A node is a JSON object with a box in one of the usual spellings, a role, a name and perhaps children; lists of nodes
are read, too. Nodes without a box or off the screen give no element, their children are read all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tamis.errors import InvalidInput
from tamis.image import Box, Screenshot, Space
from tamis.screen.elements import Element

_BOXES = ("box", "bbox", "bounds", "boundingBox", "extents", "rect")
_NAMES = ("name", "text", "label", "aria-label", "title", "placeholder", "description")
_HIDDEN = frozenset(["hidden", "invisible", "offscreen"])
_ROLES: Mapping[str, str] = {  # of AT-SPI and of HTML: ours
    "push button": "button",
    "toggle button": "button",
    "entry": "textbox",
    "password text": "textbox",
    "input": "textbox",
    "textarea": "textbox",
    "text field": "textbox",
    "check box": "checkbox",
    "check menu item": "checkbox",
    "radio button": "radio",
    "combo box": "combobox",
    "select": "combobox",
    "page tab": "tab",
    "menu item": "menuitem",
    "a": "link",
    "static": "text",
    "label": "text",
    "img": "image",
    "h1": "heading",
    "h2": "heading",
    "h3": "heading",
}


class ScreenTree:
    """An `ElementSource` of nodes.

    data -- a node, or a list of them
    device -- boxes count device pixels; otherwise CSS pixels, by the screenshot's ratio
    sized -- boxes that are lists hold left, top, width, height; otherwise left, top, right, bottom
    """

    def __init__(self, data: object, *, device: bool = False, sized: bool = False) -> None:
        self.data, self.device, self.sized = data, device, sized

    def __call__(self, shot: Screenshot, /) -> tuple[Element, ...]:
        """The elements whose boxes lie on the screenshot, from top to bottom.

        Raises:
            InvalidInput: the data is no tree, or a box in it cannot be read.
        """
        space = shot.device if self.device else shot.css
        elements = [one for node in _nodes(self.data) if (one := _element(node, space, sized=self.sized)) is not None]
        return tuple(sorted(elements, key=lambda one: (one.box.top, one.box.left, one.box.area)))


def _nodes(data: object) -> Iterator[Mapping[str, Any]]:
    """Every node of a tree, without recursion: trees of real pages are deep."""
    pending = [data]
    while pending:
        node = pending.pop()
        if isinstance(node, Mapping):
            yield node
            pending.extend(reversed(node.get("children") or node.get("elements") or ()))
        elif isinstance(node, Sequence) and not isinstance(node, str):
            pending.extend(reversed(node))
        else:
            hint = "A node is an object with a box, a role, a name and perhaps children."
            raise InvalidInput(f"No node of a tree: {node!r:.80}.", hint=hint)


def _element(node: Mapping[str, Any], space: Space, *, sized: bool) -> Element | None:
    box = _box(node, sized=sized)
    inside = None if box is None else space.device.box(box).clip(space.region)
    states = _states(node)
    if inside is None or _HIDDEN & {state.lower() for state, holds in states.items() if holds}:
        return None
    role = str(node.get("role") or node.get("tag") or "text").lower()
    name = next((str(node[key]) for key in _NAMES if node.get(key)), "")
    return Element(inside, " ".join(name.split()), _ROLES.get(role, role), "tree", 1.0, states)


def _states(node: Mapping[str, Any]) -> dict[str, Any]:
    """States of a node: an object {"checked": true}, a list of their names, or one string of them."""
    value = node.get("state") or node.get("states") or ()
    if isinstance(value, Mapping):
        return dict(value)
    return {str(one): True for one in (re.split(r"[\s,]+", value.strip()) if isinstance(value, str) else value)}


def _box(node: Mapping[str, Any], *, sized: bool) -> Box | None:
    value = next((node[key] for key in _BOXES if node.get(key) is not None), None)
    if value is None and "width" in node:
        value = node
    if value is None:
        return None
    try:
        if not isinstance(value, Mapping):
            return (Box.of_size if sized else Box)(*map(float, value))
        left, top = float(value.get("x", value.get("left"))), float(value.get("y", value.get("top")))
        if "right" in value:
            return Box(left, top, float(value["right"]), float(value["bottom"]))
        return Box.of_size(left, top, float(value["width"]), float(value["height"]))
    except (TypeError, ValueError, KeyError) as error:
        raise InvalidInput(
            f"A box that cannot be read: {value!r:.80}.",
            hint="Give left, top, right, bottom; with sized=True left, top, width, height.",
        ) from error
