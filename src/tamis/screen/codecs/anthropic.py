"""Actions of Anthropic's computer use tool: its `input`, in pixels of the display that the tool was declared with.

The versions of the tool differ in what they have (`computer_20250124` brought scrolling and holding,
`computer_20251124` zooming); all of it is read, and written where an action needs it.
"""

from __future__ import annotations

from typing import Any

from tamis.image import Space
from tamis.screen.actions import Action
from tamis.screen.codecs.codec import Codec, members, number, pair, points, unreadable, unsayable
from tamis.screen.keys import X11, combination, name_of

NAME = "anthropic"
_CLICKS = {  # their action: our kind and button
    "left_click": ("click", "left"),
    "right_click": ("click", "right"),
    "middle_click": ("click", "middle"),
    "double_click": ("double_click", "left"),
    "triple_click": ("triple_click", "left"),
    "left_mouse_down": ("down", "left"),
    "left_mouse_up": ("up", "left"),
    "mouse_move": ("move", "left"),
}
_THEIRS = {ours: theirs for theirs, ours in _CLICKS.items()}
_DIRECTIONS = {"right": (1, 0), "left": (-1, 0), "down": (0, 1), "up": (0, -1)}


def write(action: Action, space: Space) -> list[Any]:
    """The action as one dictionary; a scroll in two directions as two."""
    held = {"text": _spelled(action)} if action.keys else {}
    where = {"coordinate": list(space.coordinates(action.point))} if action.point else {}
    if (action.kind, action.button) in _THEIRS:
        return [{"action": _THEIRS[action.kind, action.button], **where, **held}]
    if action.kind == "scroll":
        return [{"action": "scroll", **where, **amount, **held} for amount in _amounts(action)]
    if action.kind == "drag" and action.button == "left" and len(action.path) <= 2:
        start = {"start_coordinate": list(space.coordinates(action.path[0]))} if len(action.path) == 2 else {}
        return [{"action": "left_click_drag", **start, **where, **held}]
    if action.kind == "zoom":
        corners = [number for point in action.path for number in space.coordinates(point)]
        return [{"action": "zoom", "region": corners}]
    plain = {
        "type": {"action": "type", "text": action.text},
        "press": {"action": "key", "text": _spelled(action)},
        "hold": {"action": "hold_key", "text": _spelled(action), "duration": action.seconds},
        "wait": {"action": "wait", "duration": action.seconds},
        "screenshot": {"action": "screenshot"},
    }
    if action.kind not in plain:
        raise unsayable(action, NAME)
    return [plain[action.kind]]


def _spelled(action: Action) -> str:
    return "+".join(name_of(key, X11) for key in action.keys)


def _amounts(action: Action) -> list[dict[str, Any]]:
    """Direction and notches, a whole number of at least one, for each axis on which something moves."""
    right, down = action.scroll
    ways = [("right" if right > 0 else "left", right), ("down" if down > 0 else "up", down)]
    return [{"scroll_direction": way, "scroll_amount": max(1, round(abs(by)))} for way, by in ways if by]


def read(message: object, space: Space) -> list[Action]:
    """The action that a tool's `input` names; a whole `tool_use` block is read, too."""
    data = members(message, NAME)
    data = data["input"] if isinstance(data.get("input"), dict) else data
    kind, text = str(data.get("action")), str(data.get("text") or "")
    where = None if data.get("coordinate") is None else pair(data["coordinate"], data, NAME)
    path = points(where, space)
    if kind in _CLICKS:
        ours, button = _CLICKS[kind]
        return [Action(ours, path, button, keys=combination(text))]
    if kind == "scroll":
        return [Action("scroll", path, keys=combination(text), scroll=_scroll(data))]
    if kind == "left_click_drag":
        start = data.get("start_coordinate")
        begin = () if start is None else (space.point(*pair(start, data, NAME)),)
        return [Action("drag", begin + path, keys=combination(text))]
    if kind == "zoom":
        corners = _corners(data)
        return [Action("zoom", tuple(space.point(*corner) for corner in corners))]
    return [_plain(data, text)]


def _corners(data: dict[str, Any]) -> tuple[tuple[float, float], tuple[float, float]]:
    region = data.get("region")
    if not isinstance(region, (list, tuple)):
        raise unreadable(data, NAME)
    return pair(region[:2], data, NAME), pair(region[2:], data, NAME)


def _scroll(data: dict[str, Any]) -> tuple[float, float]:
    if str(data.get("scroll_direction")) not in _DIRECTIONS:
        raise unreadable(data, NAME)
    amount = number(data.get("scroll_amount", 3), data, NAME)
    right, down = _DIRECTIONS[data["scroll_direction"]]
    return right * amount, down * amount


def _plain(data: dict[str, Any], text: str) -> Action:
    kind = data.get("action")
    seconds = number(data.get("duration") or 0, data, NAME)
    if kind == "type":
        return Action("type", text=text)
    if kind == "key":
        return Action("press", keys=combination(text))
    if kind == "hold_key":
        return Action("hold", keys=combination(text), seconds=seconds)
    if kind == "wait":
        return Action("wait", seconds=seconds)
    if kind == "screenshot":
        return Action("screenshot")
    raise unreadable(data, NAME)


CODEC = Codec("Anthropic: the input of the computer tool", "anthropic", write, read)
