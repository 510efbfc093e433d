"""Naive oracles: whether a tree is what is left of another one where only deletion took place."""

from __future__ import annotations

import json
from typing import Any


class Members(list):
    """The members of an object, in order, the same key as often as it stands there."""


def tree(text: str) -> Any:
    """JSON with its numbers as they are written."""
    text = text.removeprefix("\ufeff")
    return json.loads(text, parse_int=Number, parse_float=Number, parse_constant=Number, object_pairs_hook=Members)


class Number(str):
    """A number as it is written."""


def within(part: Any, whole: Any) -> bool:
    """Whether a tree is a part of another: keys with their values, elements in order, numbers as they were."""
    if type(part) is not type(whole):
        return False
    if isinstance(part, list):
        return in_order(part, whole, member if isinstance(part, Members) else within)
    return shortened(part, whole) if type(part) is str else part == whole


def member(part: tuple[str, Any], whole: tuple[str, Any]) -> bool:
    return part[0] == whole[0] and within(part[1], whole[1])


def shortened(part: str, whole: str) -> bool:
    """Whether a text is the other one, or if that is long, with characters of it left out."""
    if part == whole:
        return True
    try:
        return within(tree(part), tree(whole))  # JSON in a string
    except ValueError:
        pass
    return len(whole) >= 120 and bool(part.strip()) and in_order(part, whole, str.__eq__)


def in_order(parts, wholes, same) -> bool:
    """Whether each part is one of the wholes, in their order (the first that will do is never a bad choice)."""
    rest = iter(wholes)
    return all(any(same(part, whole) for whole in rest) for part in parts)
