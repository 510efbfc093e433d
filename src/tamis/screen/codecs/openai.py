"""Actions of OpenAI's computer use: the `action` of a `computer_call`, in pixels of the screenshot that was sent."""

from __future__ import annotations

from typing import Any

from tamis.image import Space
from tamis.screen.actions import NOTCH, Action
from tamis.screen.codecs.codec import Codec, members, number, pair, unreadable, unsayable
from tamis.screen.keys import OPENAI, keys_of, name_of

NAME = "openai"
_BUTTONS = {"left": "left", "right": "right", "middle": "wheel", "back": "back", "forward": "forward"}
_OURS = {theirs: ours for ours, theirs in _BUTTONS.items()}
_PLACES = {"click": "click", "double_click": "double_click", "move": "move", "scroll": "scroll"}


def write(action: Action, space: Space) -> list[Any]:
    """The action as one dictionary."""
    kind, keys = action.kind, [name_of(key, OPENAI) for key in action.keys]
    with_keys = {"keys": keys} if keys and kind != "press" else {}
    if kind in ("click", "double_click", "move", "scroll"):
        return [{"type": kind, **_place(action, space), **_details(action), **with_keys}]
    if kind == "drag" and len(action.path) > 1 and action.button == "left":
        path = [dict(zip("xy", space.coordinates(point), strict=True)) for point in action.path]
        return [{"type": "drag", "path": path, **with_keys}]
    plain = {
        "press": {"type": "keypress", "keys": keys},
        "type": {"type": "type", "text": action.text},
        "wait": {"type": "wait"},
        "screenshot": {"type": "screenshot"},
    }
    if kind not in plain:
        raise unsayable(action, NAME)
    return [plain[kind]]


def _place(action: Action, space: Space) -> dict[str, float]:
    if action.point is None or (action.kind == "double_click" and action.button != "left"):
        raise unsayable(action, f"{NAME} without a place" if action.point is None else NAME)
    return dict(zip("xy", space.coordinates(action.point), strict=True))


def _details(action: Action) -> dict[str, Any]:
    if action.kind == "click":
        return {"button": _BUTTONS[action.button]}
    if action.kind == "scroll":
        return {f"scroll_{axis}": round(NOTCH * by) for axis, by in zip("xy", action.scroll, strict=True)}
    return {}


def read(message: object, space: Space) -> list[Action]:
    """The action, or the actions, that a dictionary names: an `action` itself, or a `computer_call` with some."""
    data = members(message, NAME)
    if "actions" in data or isinstance(data.get("action"), dict):
        inner = data["actions"] if "actions" in data else [data["action"]]
        return [action for one in _list(inner, data) for action in read(one, space)]
    kind, keys = str(data.get("type")), keys_of(data.get("keys") or ())
    if kind in _PLACES:
        return [_at(data, keys, space)]
    if kind == "drag":
        path = [_point(one) for one in _list(data.get("path"), data)]
        return [Action("drag", tuple(space.point(*pair(one, data, NAME)) for one in path), keys=keys)]
    plain = {
        "keypress": Action("press", keys=keys),
        "type": Action("type", text=str(data.get("text", ""))),
        "wait": Action("wait"),
        "screenshot": Action("screenshot"),
    }
    if kind not in plain:
        raise unreadable(data, NAME)
    return [plain[kind]]


def _at(data: dict[str, Any], keys: tuple[str, ...], space: Space) -> Action:
    button = str(data.get("button", "left"))
    if button not in _OURS:
        raise unreadable(data, NAME)
    scroll = [number(data.get(f"scroll_{axis}", 0), data, NAME) / NOTCH for axis in "xy"]
    where = space.point(*pair((data.get("x"), data.get("y")), data, NAME))
    return Action(_PLACES[data["type"]], (where,), _OURS[button], keys=keys, scroll=(scroll[0], scroll[1]))


def _list(value: object, data: dict[str, Any]) -> list[Any]:
    if not isinstance(value, list):
        raise unreadable(data, NAME)
    return value


def _point(one: object) -> object:
    return (one.get("x"), one.get("y")) if isinstance(one, dict) else one


CODEC = Codec("OpenAI: the action of a computer_call", "openai", write, read)
