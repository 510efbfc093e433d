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
    extents = one.get_extents(Atspi.CoordType.SCREEN)
    if role is None or extents.width < 6 or extents.height < 6 or extents.x < 0 or extents.y < 0:
        return None
    states = one.get_state_set()
    name = " ".join(label_of(one).split())[:300]
    value = (Atspi.Text.get_text(one, 0, 200) or "").strip() if role == "textbox" else ""
    picture = role == "icon" or (role == "button" and extents.width < 6 * len(name) + 12 and extents.width <= 64)
    state = {**state_of(states, role), **({"value": value} if value else {})}
    text = "" if picture or role in ("textbox", "slider", "spinbutton") else name
    edges = [extents.x, extents.y, extents.x + extents.width, extents.y + extents.height]
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


def main() -> None:
    """Write the elements."""
    root = application()
    time.sleep(1.0)
    opened = len(sys.argv) > 1 and open_menu(root, sys.argv[1])
    elements = [found for one, area in walk(root) if (found := element(one, area))]
    items = [one for one in elements if one["tag"].endswith("menu item")]
    if opened and items:
        box = [min(one["box"][0] for one in items), min(one["box"][1] for one in items),
               max(one["box"][2] for one in items), max(one["box"][3] for one in items)]  # fmt: skip
        for one in elements:
            x, y = (one["box"][0] + one["box"][2]) / 2, (one["box"][1] + one["box"][3]) / 2
            covered = box[0] <= x <= box[2] and box[1] <= y <= box[3]
            one["top"] = one["area"] == "menu" or not covered
    json.dump({"elements": elements, "title": root.get_name(), "opened": opened}, sys.stdout)


main()
