"""Actions as calls of pyautogui, in shares of the screen, as AGUVIS and GUI-Actor write them. Nothing of it is run.

`mobile.swipe(from_coord=[x, y], to_coord=[x, y])` of AGUVIS is read, too.
"""

from __future__ import annotations

from typing import Any

from tamis.image import Space
from tamis.screen.actions import Action
from tamis.screen.codecs.codec import Codec, PythonCall, calls, number, pair, spelled, unreadable, unsayable
from tamis.screen.keys import PYAUTOGUI, keys_of, name_of

NAME = "pyautogui"
_CLICKS = {  # their call: our kind and button
    "click": ("click", "left"),
    "leftClick": ("click", "left"),
    "rightClick": ("click", "right"),
    "middleClick": ("click", "middle"),
    "doubleClick": ("double_click", "left"),
    "tripleClick": ("triple_click", "left"),
    "mouseDown": ("down", "left"),
    "mouseUp": ("up", "left"),
    "moveTo": ("move", "left"),
    "dragTo": ("drag", "left"),
}
_THEIRS = {ours: theirs for theirs, (ours, _) in reversed(_CLICKS.items())} | {"click": "click"}
_BUTTONS = ("left", "middle", "right")
_TIMES = {1: "click", 2: "double_click", 3: "triple_click"}


def write(action: Action, space: Space) -> list[Any]:
    """The action as texts, one a call; keys that are held are pressed before and let go behind."""
    lines = _lines(action, space)
    if not action.keys or action.kind == "press":
        return lines
    names = [name_of(key, PYAUTOGUI) for key in action.keys]
    down = [spelled("pyautogui.keyDown", name) for name in names] if action.kind != "key_up" else []
    up = [spelled("pyautogui.keyUp", name) for name in reversed(names)] if action.kind != "key_down" else []
    return [*down, *lines, *up]


def _lines(action: Action, space: Space) -> list[str]:
    where = _where(action, space)
    button = {} if action.button == "left" else {"button": action.button}
    if action.kind in ("key_down", "key_up"):
        return []
    if action.kind in _THEIRS and action.button in _BUTTONS and len(action.path) <= 2:
        moves = [spelled("pyautogui.moveTo", **_named(space, point)) for point in action.path[:-1]]
        return [*moves, spelled(f"pyautogui.{_THEIRS[action.kind]}", **where, **button)]
    if action.kind == "scroll":
        right, down = action.scroll
        ways = [("hscroll", right), ("scroll", -down)]
        return [spelled(f"pyautogui.{way}", _count(by), **where) for way, by in ways if by]
    if action.kind == "press" and action.keys:
        names = [name_of(key, PYAUTOGUI) for key in action.keys]
        return [spelled("pyautogui.press" if len(names) == 1 else "pyautogui.hotkey", *names)]
    if action.kind == "type":
        return [spelled("pyautogui.write", message=action.text)]
    if action.kind in ("wait", "hold"):
        return [spelled("time.sleep", _count(action.seconds))]
    raise unsayable(action, NAME)


def _count(value: float) -> float:
    return int(value) if float(value).is_integer() else value


def _named(space: Space, point: Any) -> dict[str, float]:
    return {axis: round(value, 6) for axis, value in zip("xy", space.coordinates(point), strict=True)}


def _where(action: Action, space: Space) -> dict[str, float]:
    return _named(space, action.point) if action.point else {}


def read(message: object, space: Space) -> list[Action]:
    """The actions of a text of calls, with the keys that are held during them."""
    if not isinstance(message, str):
        raise unreadable(message, NAME)
    return [_one(call, message, space) for call in calls(message, NAME)]


def _one(call: PythonCall, text: str, space: Space) -> Action:
    module, _, name = call.name.rpartition(".")
    if (module, name) == ("mobile", "swipe"):
        ends = (call.get("from_coord", 0), call.get("to_coord", 1))
        return Action("drag", tuple(space.point(*pair(end, text, NAME)) for end in ends))
    if name in _CLICKS:
        return _click(name, call, text, space)
    if name in ("scroll", "hscroll", "vscroll"):
        by = number(call.get("clicks", 0, 0), text, NAME)
        return Action("scroll", _path(call, 1, text, space), scroll=(by, 0.0) if name == "hscroll" else (0.0, -by))
    return _typed(name, call, text)


def _typed(name: str, call: PythonCall, text: str) -> Action:
    if name in ("write", "typewrite"):
        return Action("type", text=str(call.get("message", 0, "")))
    if name in ("press", "hotkey"):
        return Action("press", keys=_keys(call))
    if name in ("keyDown", "keyUp"):
        return Action("key_down" if name == "keyDown" else "key_up", keys=keys_of([str(call.get("key", 0, ""))]))
    if name == "sleep":
        return Action("wait", seconds=number(call.get("seconds", 0, 0), text, NAME))
    raise unreadable(text, NAME)


def _keys(call: PythonCall) -> tuple[str, ...]:
    value = call.named.get("keys", call.values)
    parts = value if isinstance(value, (list, tuple)) else [value]
    return keys_of(key for part in parts for key in (part if isinstance(part, (list, tuple)) else [part]))


def _click(name: str, call: PythonCall, text: str, space: Space) -> Action:
    kind, button = _CLICKS[name]
    if name == "click":
        kind = _TIMES.get(call.get("clicks", 2, 1), "click")
    return Action(kind, _path(call, 0, text, space), str(call.named.get("button", button)))


def _path(call: PythonCall, at: int, text: str, space: Space) -> tuple[Any, ...]:
    x, y = call.get("x", at), call.get("y", at + 1)
    return () if x is None and y is None else (space.point(*pair((x, y), text, NAME)),)


CODEC = Codec("calls of pyautogui in shares of the screen: AGUVIS, GUI-Actor", "aguvis", write, read)
