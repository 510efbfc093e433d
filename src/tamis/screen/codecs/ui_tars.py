"""Actions of UI-TARS: `click(start_box='(x,y)')`, from 0 to 1000; UI-TARS-1.5 counts in pixels of the resized picture.

Boxes may have two numbers or four, with or without their tags; the newer `point='<point>x y</point>'` is read, too.
How far to scroll this dialect does not say: `SCROLL` notches are read.
"""

from __future__ import annotations

import re
from typing import Any

from tamis.image import Point, Space
from tamis.screen.actions import Action
from tamis.screen.codecs.codec import Codec, PythonCall, calls, unreadable, unsayable
from tamis.screen.keys import PYAUTOGUI, combination, name_of

NAME = "ui-tars"
SCROLL = 5
_CLICKS = {
    "click": ("click", "left"),
    "left_single": ("click", "left"),
    "left_double": ("double_click", "left"),
    "right_single": ("click", "right"),
    "hover": ("move", "left"),
}
_THEIRS = {("click", "left"): "click", ("double_click", "left"): "left_double", ("click", "right"): "right_single"}
_DIRECTIONS = {"right": (SCROLL, 0), "left": (-SCROLL, 0), "down": (0, SCROLL), "up": (0, -SCROLL)}
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_UNESCAPED = re.compile(r"(\w+)\((content|key)=(['\"])(.*)\3\)\s*", re.S)


def write(action: Action, space: Space) -> list[Any]:
    """The action as one text."""
    if action.keys and action.kind != "press":
        raise unsayable(action, f"{NAME} with keys held")
    if (action.kind, action.button) in _THEIRS and action.point:
        return [f"{_THEIRS[action.kind, action.button]}(start_box={_box(action.point, space)})"]
    if action.kind == "drag" and len(action.path) == 2 and action.button == "left":
        start, end = (_box(point, space) for point in action.path)
        return [f"drag(start_box={start}, end_box={end})"]
    if action.kind == "scroll" and action.point:
        where = _box(action.point, space)
        return [f"scroll(start_box={where}, direction='{way}')" for way in _ways(action)]
    plain = {
        "type": f"type(content={_quoted(action.text)})",
        "press": f"hotkey(key='{' '.join(name_of(key, PYAUTOGUI) for key in action.keys)}')",
        "wait": "wait()",
        "finish": f"finished(content={_quoted(action.text)})",
    }
    if action.kind not in plain:
        raise unsayable(action, NAME)
    return [plain[action.kind]]


def _quoted(text: str) -> str:
    """In single quotes, with the escapes that its prompt asks for."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace('"', '\\"')
    return "'" + escaped.replace("\n", "\\n").replace("\r", "\\r").replace("\0", "\\0") + "'"


def _box(point: Point, space: Space) -> str:
    x, y = space.coordinates(point)
    return f"'({x:g},{y:g})'" if max(x, y) < 1e5 else f"'({x},{y})'"


def _ways(action: Action) -> list[str]:
    right, down = action.scroll
    ways = [("right" if right > 0 else "left", right), ("down" if down > 0 else "up", down)]
    return [way for way, by in ways if by]


def read(message: object, space: Space) -> list[Action]:
    """The actions of a text, behind its thought if there is one."""
    if not isinstance(message, str):
        raise unreadable(message, NAME)
    text = message.rpartition("Action:")[2] if "Action:" in message else message
    text = re.sub(r"<\|box_(?:start|end)\|>", "", text).strip()
    return [_one(call, text, space) for call in _calls(text)]


def _calls(text: str) -> list[PythonCall]:
    """The calls; where the model has forgotten to escape a quote, everything between the outer ones."""
    match = _UNESCAPED.fullmatch(text)
    try:
        return list(calls(text, NAME))
    except ValueError:
        if match is None:
            raise
    return [PythonCall(match[1], (), {match[2]: match[4].replace("\\n", "\n")})]


def _one(call: PythonCall, text: str, space: Space) -> Action:
    if call.name in _CLICKS:
        ours, button = _CLICKS[call.name]
        return Action(ours, (_point(call, "start_box", 0, text, space),), button)
    if call.name == "drag":
        ends = (_point(call, "start_box", 0, text, space), _point(call, "end_box", 1, text, space))
        return Action("drag", ends)
    if call.name == "scroll":
        way = str(call.get("direction", 1, ""))
        if way not in _DIRECTIONS:
            raise unreadable(text, NAME)
        return Action("scroll", (_point(call, "start_box", 0, text, space),), scroll=_DIRECTIONS[way])
    if call.name == "hotkey":
        return Action("press", keys=combination(str(call.get("key", 0, ""))))
    content = str(call.get("content", 0, ""))
    plain = {
        "type": Action("type", text=content),
        "wait": Action("wait"),
        "finished": Action("finish", text=content),
    }
    if call.name not in plain:
        raise unreadable(text, NAME)
    return plain[call.name]


_OLDER = {"start_box": ("point", "start_point"), "end_box": ("end_point",)}


def _point(call: PythonCall, name: str, at: int, text: str, space: Space) -> Point:
    value = next((call.named[one] for one in (name, *_OLDER[name]) if one in call.named), call.get(name, at, ""))
    numbers = [float(one) for one in _NUMBER.findall(str(value))]
    if len(numbers) == 4:
        return space.box(*numbers).centre
    if len(numbers) != 2:
        raise unreadable(text, NAME)
    return space.point(*numbers)


CODEC = Codec("UI-TARS: click(start_box='(x,y)')", "ui-tars", write, read)
