"""Actions as calls on a Playwright page, in CSS pixels. Nothing of it is run."""

from __future__ import annotations

from typing import Any

from tamis.image import Space
from tamis.screen.actions import NOTCH, Action
from tamis.screen.codecs.codec import Codec, PythonCall, calls, number, pair, spelled, unreadable, unsayable
from tamis.screen.keys import BROWSER, keys_of, name_of

NAME = "playwright"
_TIMES = {"click": 1, "double_click": 2, "triple_click": 3}
_KINDS = {times: kind for kind, times in _TIMES.items()}
_BUTTONS = ("left", "middle", "right")


def write(action: Action, space: Space) -> list[Any]:
    """The action as texts, one a call; keys that are held are pressed before and let go behind."""
    lines = _lines(action, space)
    if not action.keys or action.kind == "press":
        return lines
    names = [name_of(key, BROWSER) for key in action.keys]
    down = [spelled("page.keyboard.down", name) for name in names] if action.kind != "key_up" else []
    up = [spelled("page.keyboard.up", name) for name in reversed(names)] if action.kind != "key_down" else []
    return [*down, *lines, *up]


def _lines(action: Action, space: Space) -> list[str]:
    if action.kind in _TIMES and action.point and action.button in _BUTTONS:
        times = {} if action.kind == "click" else {"click_count": _TIMES[action.kind]}
        return [spelled("page.mouse.click", *_numbers(space, action.point), **_button(action), **times)]
    if action.kind in ("down", "up", "move", "scroll"):
        return _at_pointer(action, space)
    if action.kind == "drag":
        return _drag(action, space)
    return _typing(action)


def _drag(action: Action, space: Space) -> list[str]:
    """Moves with the button pressed; a drag of one point starts where the pointer is."""
    moves = [spelled("page.mouse.move", *_numbers(space, point)) for point in action.path]
    start, rest = (moves[:1], moves[1:]) if moves[1:] else ([], moves)
    button = _button(action)
    return [*start, spelled("page.mouse.down", **button), *rest, spelled("page.mouse.up", **button)]


def _typing(action: Action) -> list[str]:
    """What needs no pointer."""
    if action.kind in ("key_down", "key_up"):
        return []
    if action.kind == "press" and action.keys:
        return [spelled("page.keyboard.press", "+".join(name_of(key, BROWSER) for key in action.keys))]
    if action.kind == "type":
        return [spelled("page.keyboard.type", action.text)]
    if action.kind in ("wait", "hold"):
        return [spelled("page.wait_for_timeout", round(1000 * action.seconds))]
    if action.kind == "screenshot":
        return [spelled("page.screenshot")]
    raise unsayable(action, NAME)


def _at_pointer(action: Action, space: Space) -> list[str]:
    """What happens where the pointer is, and the move that brings it there."""
    move = [spelled("page.mouse.move", *_numbers(space, action.point))] if action.point else []
    if action.kind == "move":
        return move
    if action.kind == "scroll":
        return [*move, spelled("page.mouse.wheel", *(round(NOTCH * by) for by in action.scroll))]
    return [*move, spelled(f"page.mouse.{action.kind}", **_button(action))]


def _button(action: Action) -> dict[str, str]:
    if action.button not in _BUTTONS:
        raise unsayable(action, NAME)
    return {} if action.button == "left" else {"button": action.button}


def _numbers(space: Space, point: Any) -> list[float]:
    return [int(value) if float(value).is_integer() else round(value, 3) for value in space.coordinates(point)]


def read(message: object, space: Space) -> list[Action]:
    """The actions of a text of calls, of the sync or the async interface."""
    if not isinstance(message, str):
        raise unreadable(message, NAME)
    return [_one(call, message, space) for call in calls(message, NAME)]


def _one(call: PythonCall, text: str, space: Space) -> Action:
    name = call.name.partition(".")[2]
    if name in ("mouse.click", "mouse.dblclick"):
        times = 2 if name == "mouse.dblclick" else call.named.get("click_count", 1)
        if times not in _KINDS:
            raise unreadable(text, NAME)
        return Action(_KINDS[times], _path(call, text, space), str(call.named.get("button", "left")))
    if name == "mouse.move":
        return Action("move", _path(call, text, space))
    if name in ("mouse.down", "mouse.up"):
        return Action(name.removeprefix("mouse."), button=str(call.named.get("button", "left")))
    if name == "mouse.wheel":
        right, down = pair((call.get("delta_x", 0), call.get("delta_y", 1)), text, NAME)
        return Action("scroll", scroll=(right / NOTCH, down / NOTCH))
    return _typed(name, call, text)


def _typed(name: str, call: PythonCall, text: str) -> Action:
    if name in ("keyboard.type", "keyboard.insert_text"):
        return Action("type", text=str(call.get("text", 0, "")))
    if name == "keyboard.press":
        return Action("press", keys=_combination(str(call.get("key", 0, ""))))
    if name in ("keyboard.down", "keyboard.up"):
        kind = "key_down" if name.endswith("down") else "key_up"
        return Action(kind, keys=keys_of([str(call.get("key", 0, ""))]))
    if name == "wait_for_timeout":
        return Action("wait", seconds=number(call.get("timeout", 0, 0), text, NAME) / 1000)
    if name == "screenshot":
        return Action("screenshot")
    raise unreadable(text, NAME)


def _combination(text: str) -> tuple[str, ...]:
    """Playwright puts "+" between keys; the key "+" itself may be the last."""
    head, plus, _ = text.rpartition("++") if text.endswith("++") else (text, "", "")
    names = [*head.split("+"), "+"] if plus else head.split("+") if head != "+" else ["+"]
    return keys_of(names)


def _path(call: PythonCall, text: str, space: Space) -> tuple[Any, ...]:
    return (space.point(*pair((call.get("x", 0), call.get("y", 1)), text, NAME)),)


CODEC = Codec("Playwright: page.mouse and page.keyboard, in CSS pixels", "css", write, read)
