"""What is on a desktop, by AT-SPI: run with the Python of the system, inside of the session that is looked at.

`python3 tree.py [MENU]` writes one JSON object to stdout: the elements of the newest program, in the form of
`harvest.js`. With MENU it opens the menu of that name first. Imports nothing of this project.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi  # noqa: E402

ROLES = {  # of AT-SPI: of ours
    "push button": "button", "toggle button": "button", "check box": "checkbox", "radio button": "radio",
    "text": "textbox", "entry": "textbox", "password text": "textbox", "combo box": "combobox", "menu": "menuitem",
    "menu item": "menuitem", "check menu item": "menuitem", "radio menu item": "menuitem", "page tab": "tab",
    "label": "text", "table cell": "cell", "slider": "slider", "spin button": "spinbutton", "icon": "icon",
    "link": "link", "heading": "heading", "list item": "listitem", "table column header": "columnheader",
    "toggle switch": "switch", "switch": "switch",
}  # fmt: skip
INPUTS = frozenset(["textbox", "combobox", "checkbox", "radio", "slider", "spinbutton", "switch"])
CONTROLS = INPUTS | {"button", "menuitem", "tab", "link"}
AREAS = {
    "tool bar": "toolbar",
    "menu bar": "menu",
    "menu": "menu",
    "table": "table",
    "tree table": "table",
    "dialog": "dialog",
}


def application() -> Any:
    """The program with the newest window; waits for it."""
    for _ in range(40):
        desktop = Atspi.get_desktop(0)
        programs = [desktop.get_child_at_index(index) for index in range(desktop.get_child_count())]
        ready = [one for one in programs if one and one.get_child_count() and one.get_name() not in ("openbox",)]
        if ready:
            return ready[-1]
        time.sleep(0.25)
    raise SystemExit("no program is on the desktop")


def walk(one: Any, area: str = "", depth: int = 0) -> Any:
    """All that shows, with the part of the window that it is in."""
    states = one.get_state_set()
    if depth and not states.contains(Atspi.StateType.SHOWING) and one.get_role_name() not in ("application",):
        return
    role = one.get_role_name()
    yield one, area
    if role in ("combo box", "spin button") or depth > 40:
        return
    for index in range(min(one.get_child_count(), 300)):
        child = one.get_child_at_index(index)
        if child is not None:
            yield from walk(child, AREAS.get(role, area), depth + 1)


def label_of(one: Any) -> str:
    """What it is called: its own name, else its label's."""
    if name := (one.get_name() or "").strip():
        return name
    for relation in one.get_relation_set() or []:
        if relation.get_relation_type() == Atspi.RelationType.LABELLED_BY and relation.get_n_targets():
            return (relation.get_target(0).get_name() or "").strip()
    return (one.get_description() or "").strip()


def element(one: Any, area: str) -> dict[str, Any] | None:
    """As `harvest.js` says it; None for what nobody points at."""
    role = ROLES.get(one.get_role_name())
    if role is None:
        return None
    edges = edges_of(one)
    width, height = edges[2] - edges[0], edges[3] - edges[1]
    if min(width, height) < 6 or min(edges) < 0:
        return None
    states = one.get_state_set()
    name = " ".join(label_of(one).split())[:300]
    value = (Atspi.Text.get_text(one, 0, 200) or "").strip() if role == "textbox" else ""
    picture = role == "icon" or (role == "button" and width < 6 * len(name) + 12 and width <= 64)
    state = {**state_of(states, role), **({"value": value} if value else {})}
    text = "" if picture or role in ("textbox", "slider", "spinbutton") else name
    return {
        "box": edges,
        "role": role,
        "name": name,
        "text": text,
        "state": state,
        "control": role in CONTROLS,
        "picture": picture,
        "top": True,
        "inline": False,
        "tag": one.get_role_name(),
        "icon": "",
        "row": -1,
        "area": area,
        "boxed": role == "button",
    }


def state_of(states: Any, role: str) -> dict[str, Any]:
    """The states that one sees."""
    seen = {
        "checked": states.contains(Atspi.StateType.CHECKED) and role in ("checkbox", "radio", "switch", "menuitem"),
        "disabled": not states.contains(Atspi.StateType.SENSITIVE),
        "selected": states.contains(Atspi.StateType.SELECTED) and role in ("tab", "listitem"),
    }
    return {name: True for name, value in seen.items() if value}


def open_menu(root: Any, name: str) -> bool:
    """Open a menu of the menu bar."""
    for one, area in walk(root):
        if one.get_role_name() == "menu" and one.get_name() == name and area == "menu":
            Atspi.Action.do_action(one, 0)
            time.sleep(1.0)
            return True
    return False


def inside(box: Any, of: Any) -> bool:
    """Whether the middle of a box is in another one; both are left, top, right, bottom."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return bool(of[0] <= x < of[2] and of[1] <= y < of[3])


def edges_of(one: Any) -> list[int]:
    """On the screen: left, top, right, bottom."""
    extents = one.get_extents(Atspi.CoordType.SCREEN)
    return [extents.x, extents.y, extents.x + extents.width, extents.y + extents.height]


def elements_of(root: Any) -> list[dict[str, Any]]:
    """The elements of all windows, without what is scrolled out of them; what another window covers is marked."""
    windows = [root.get_child_at_index(index) for index in range(root.get_child_count())]
    windows = [one for one in windows if one and one.get_state_set().contains(Atspi.StateType.SHOWING)]
    upper = [edges_of(one) for one in windows if one.get_role_name() in ("dialog", "alert", "file chooser")]
    elements = []
    for window in windows:
        edges = edges_of(window)
        over = [] if edges in upper else upper
        for one, area in walk(window):
            found = element(one, area)
            if found and (area == "menu" or inside(found["box"], edges)):
                found["top"] = not any(inside(found["box"], other) for other in over)
                elements.append(found)
    return elements


def main() -> None:
    """Write the elements."""
    root = application()
    time.sleep(1.0)
    opened = len(sys.argv) > 1 and open_menu(root, sys.argv[1])
    elements = elements_of(root)
    items = [one["box"] for one in elements if one["tag"].endswith("menu item")]
    if opened and items:
        box = [min(one[0] for one in items), min(one[1] for one in items), max(one[2] for one in items),
               max(one[3] for one in items)]  # fmt: skip
        for one in elements:
            one["top"] = one["area"] == "menu" or (one["top"] and not inside(one["box"], box))
    json.dump({"elements": elements, "title": root.get_name(), "opened": opened}, sys.stdout)


main()
