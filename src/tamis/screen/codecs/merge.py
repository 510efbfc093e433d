"""Several calls that are one action: a move and what happens there, keys held meanwhile, a drag in four parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tamis.screen.actions import Action

_AT_POINTER = ("scroll", "down", "up", "click", "double_click", "triple_click")


def merged(actions: Sequence[Action]) -> tuple[Action, ...]:
    """The same actions, as few as they can be."""
    return tuple(_with_keys(_placed(_dragged(list(actions)))))


def _dragged(actions: list[Action]) -> list[Action]:
    """Pressing the button, moves, and letting go as one drag, from the move before it if there is one."""
    result: list[Action] = []
    index = 0
    while index < len(actions):
        end = _release(actions, index)
        if end is None:
            result.append(actions[index])
            index += 1
            continue
        start = result.pop().path if result and result[-1].kind == "move" else ()
        path = tuple(point for move in actions[index + 1 : end] for point in move.path)
        result.append(Action("drag", start + path, actions[index].button))
        index = end + 1
    return result


def _release(actions: Sequence[Action], index: int) -> int | None:
    """Where the button is let go that is pressed at `index`, with nothing but moves between."""
    press = actions[index]
    end = index + 1
    while end < len(actions) and actions[end].kind == "move":
        end += 1
    plain = press.kind == "down" and not press.path and end > index + 1 and end < len(actions)
    return end if plain and actions[end] == Action("up", button=press.button) else None


def _placed(actions: Sequence[Action]) -> list[Action]:
    """A move and what has no place of its own behind it as one; a drag to a place begins at the move before it."""
    result: list[Action] = []
    for action in actions:
        at = result[-1] if result and result[-1].kind == "move" else None
        if at is not None and action.kind == "drag" and len(action.path) == 1:
            result[-1] = replace(action, path=at.path + action.path)
        elif at is not None and action.kind in _AT_POINTER and not action.path:
            result[-1] = replace(action, path=at.path)
        else:
            result.append(action)
    return result


def _with_keys(actions: Sequence[Action]) -> list[Action]:
    """One action while keys are held, with its keys; a wait while they are held is their holding."""
    result: list[Action] = []
    for action in actions:
        result.append(action)
        while len(result) > 2 and _held(*result[-3:]):
            _, inner, key = result[-3:]
            kind = "hold" if inner.kind == "wait" else inner.kind
            result[-3:] = [replace(inner, kind=kind, keys=key.keys + inner.keys)]
    return result


def _held(down: Action, inner: Action, up: Action) -> bool:
    same = (down.kind, up.kind, down.keys) == ("key_down", "key_up", up.keys)
    return same and inner.kind not in ("key_down", "key_up", "press", "type", "finish", "screenshot", "zoom")
