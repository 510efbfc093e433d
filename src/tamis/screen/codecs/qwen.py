"""Actions of Qwen-VL's `computer_use` function, as the model writes them: JSON between <tool_call> tags.

Qwen3-VL counts from 0 to 1000; Qwen2.5-VL in pixels of the resized picture (give its space:
`dialect_space("qwen2.5-vl", size)`).
"""

from __future__ import annotations

import json
import re
from typing import Any

from tamis.image import Space
from tamis.screen.actions import NOTCH, Action
from tamis.screen.codecs.codec import Codec, members, number, pair, points, unreadable, unsayable
from tamis.screen.keys import PYAUTOGUI, keys_of, name_of

NAME = "qwen"
_CLICKS = {
    "left_click": ("click", "left"),
    "right_click": ("click", "right"),
    "middle_click": ("click", "middle"),
    "double_click": ("double_click", "left"),
    "triple_click": ("triple_click", "left"),
    "mouse_move": ("move", "left"),
}
_THEIRS = {ours: theirs for theirs, ours in _CLICKS.items()}
_CALL = re.compile(r"<tool_call>\s*(.*?)\s*(?:</tool_call>|$)", re.S)


def write(action: Action, space: Space) -> list[Any]:
    """The action as texts with one call each; a drag moves to its start first."""
    return [_tagged(arguments) for arguments in _arguments(action, space)]


def _tagged(arguments: dict[str, Any]) -> str:
    call = json.dumps({"name": "computer_use", "arguments": arguments}, ensure_ascii=False)
    return f"<tool_call>\n{call}\n</tool_call>"


def _arguments(action: Action, space: Space) -> list[dict[str, Any]]:
    where = {"coordinate": list(space.coordinates(action.point))} if action.point else {}
    if action.keys and action.kind != "press":
        raise unsayable(action, f"{NAME} with keys held")
    if (action.kind, action.button) in _THEIRS:
        return [{"action": _THEIRS[action.kind, action.button], **where}]
    if action.kind == "scroll":
        right, down = (round(NOTCH * by) for by in action.scroll)
        ways = [("hscroll", right), ("scroll", -down)]  # (theirs counts upwards)
        return [{"action": way, **where, "pixels": by} for way, by in ways if by]
    if action.kind == "drag" and action.button == "left" and len(action.path) <= 2:
        moves = [{"action": "mouse_move", "coordinate": list(space.coordinates(p))} for p in action.path[:-1]]
        return [*moves, {"action": "left_click_drag", **where}]
    plain: dict[str, dict[str, Any]] = {
        "type": {"action": "type", "text": action.text},
        "press": {"action": "key", "keys": [name_of(key, PYAUTOGUI) for key in action.keys]},
        "wait": {"action": "wait", "time": action.seconds},
        "finish": {"action": "answer", "text": action.text} if action.text else _DONE,
    }
    if action.kind not in plain:
        raise unsayable(action, NAME)
    return [plain[action.kind]]


_DONE = {"action": "terminate", "status": "success"}


def read(message: object, space: Space) -> list[Action]:
    """The actions that a text of the model calls, or that a call or its arguments name."""
    if isinstance(message, str) and (found := _CALL.findall(message)):
        return [action for call in found for action in read(call, space)]
    data = members(message, NAME)
    for name in ("arguments", "action_input"):
        if name in data:
            return read(data[name], space)
    return [_one(data, space)]


def _one(data: dict[str, Any], space: Space) -> Action:
    kind = str(data.get("action"))
    path = points(None if data.get("coordinate") is None else pair(data["coordinate"], data, NAME), space)
    if kind in _CLICKS:
        ours, button = _CLICKS[kind]
        return Action(ours, path, button)
    if kind in ("scroll", "hscroll"):
        by = number(data.get("pixels", 0), data, NAME) / NOTCH
        return Action("scroll", path, scroll=(0.0, -by) if kind == "scroll" else (by, 0.0))
    if kind == "left_click_drag":
        return Action("drag", path)
    return _plain(kind, data)


def _plain(kind: str, data: dict[str, Any]) -> Action:
    if kind == "key":
        return Action("press", keys=keys_of(data.get("keys") or ()))
    if kind in ("type", "answer"):
        return Action("type" if kind == "type" else "finish", text=str(data.get("text", "")))
    if kind == "wait":
        return Action("wait", seconds=number(data.get("time") or 0, data, NAME))
    if kind == "terminate":
        return Action("finish")
    raise unreadable(data, NAME)


CODEC = Codec("Qwen-VL: calls of computer_use", "qwen3-vl", write, read)
