"""Dialects of actions, in both directions: what a model says becomes an `Action`, an `Action` what a tool takes.

    actions = decode('click(start_box="(500,300)")', "ui-tars", size=(1280, 800))
    encode(actions, "playwright", size=(1280, 800))

What a dialect has no words for is refused; what it rounds, its space says. Two things are lost without a word: how long
a wait is where the dialect has none, and parts of a notch, or of five, where it scrolls by whole ones. A dialect is one
module here and one line in `CODECS`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tamis.errors import unknown
from tamis.image import Space, css_space, dialect_space
from tamis.screen.actions import Action
from tamis.screen.codecs import anthropic, openai, playwright, pyautogui, qwen, ui_tars
from tamis.screen.codecs.codec import Codec
from tamis.screen.codecs.merge import merged

CODECS: Mapping[str, Codec] = {
    "openai": openai.CODEC,
    "anthropic": anthropic.CODEC,
    "ui-tars": ui_tars.CODEC,
    "qwen": qwen.CODEC,
    "pyautogui": pyautogui.CODEC,
    "playwright": playwright.CODEC,
}


def encode(
    actions: Action | Sequence[Action],
    dialect: str,
    *,
    size: tuple[int, int],
    ratio: float = 1.0,
    space: Space | None = None,
) -> list[Any]:
    """What a dialect has for the actions: dictionaries or texts, in order.

    dialect -- of `CODECS`
    size -- of the screenshot on which the actions' points lie, in device pixels
    ratio -- device pixels for each CSS pixel
    space -- how coordinates are counted, where it is not the dialect's own way

    Raises:
        InvalidInput: the dialect has no words for one of them.
    """
    codec = _codec(dialect)
    where = space or _space(codec, size, ratio)
    each = [actions] if isinstance(actions, Action) else actions
    return [message for action in each for message in codec.write(action, where)]


def decode(
    messages: object,
    dialect: str,
    *,
    size: tuple[int, int],
    ratio: float = 1.0,
    space: Space | None = None,
) -> tuple[Action, ...]:
    """The actions that a dialect's messages name, their points in device pixels.

    messages -- one, or a list of them
    size, ratio, space -- as for `encode`

    Raises:
        InvalidInput: something is no action of the dialect, or lies outside of the screen.
    """
    codec = _codec(dialect)
    where = space or _space(codec, size, ratio)
    each = messages if isinstance(messages, (list, tuple)) else [messages]
    return merged(list(_read(codec, each, where)))


def _read(codec: Codec, messages: Sequence[object], space: Space) -> Iterator[Action]:
    for message in messages:
        yield from codec.read(message, space)


def _codec(dialect: str) -> Codec:
    if dialect not in CODECS:
        raise unknown("dialect", dialect, CODECS)
    return CODECS[dialect]


def _space(codec: Codec, size: tuple[int, int], ratio: float) -> Space:
    return css_space(size, ratio) if codec.dialect == "css" else dialect_space(codec.dialect, size)


__all__ = ["CODECS", "Codec", "decode", "encode"]
