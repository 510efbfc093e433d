"""What a dialect of actions is, and what all of them share."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tamis.errors import InvalidInput
from tamis.image import Point, Space
from tamis.screen.actions import Action

_FAR = 1e9  # no screen is so large; what is not finite is none either
Writer = Callable[[Action, Space], list[Any]]
Reader = Callable[[Any, Space], list[Action]]


@dataclass(frozen=True, slots=True)
class Codec:
    """A dialect in which models and tools say what is done on a screen.

    Attributes:
        says: what it is, in one line.
        dialect: how it counts coordinates, where nothing else is said: of `tamis.image.DIALECTS`, or "css".
        write: an action as what the dialect has for it, often one message, sometimes two.
        read: one message as actions, often one.
    """

    says: str
    dialect: str
    write: Writer
    read: Reader


def unsayable(action: Action, dialect: str) -> InvalidInput:
    """The error for an action that a dialect has no words for."""
    what = f"{action.kind!r} with the button {action.button!r}" if action.button != "left" else repr(action.kind)
    return InvalidInput(f"{dialect} has no {what}.", hint="Do it with other actions, or in another dialect.")


def unreadable(message: object, dialect: str) -> InvalidInput:
    """The error for what is no action of a dialect."""
    return InvalidInput(f"This is no action of {dialect}: {str(message)[:120]!r}.")


def members(message: object, dialect: str) -> dict[str, Any]:
    """A message as a dictionary, from JSON if need be.

    Raises:
        InvalidInput: it is none.
    """
    if isinstance(message, str):
        try:
            message = json.loads(message)
        except ValueError:
            raise unreadable(message, dialect) from None
    if not isinstance(message, Mapping):
        raise unreadable(message, dialect)
    return dict(message)


def pair(value: object, message: object, dialect: str) -> tuple[float, float]:
    """Two numbers.

    Raises:
        InvalidInput: it is something else.
    """
    numbers = list(value) if isinstance(value, Sequence) and not isinstance(value, str) else []
    if len(numbers) != 2 or not all(isinstance(n, (int, float)) and abs(n) < _FAR for n in numbers):
        raise unreadable(message, dialect)
    return float(numbers[0]), float(numbers[1])


def number(value: object, message: object, dialect: str) -> float:
    """One number.

    Raises:
        InvalidInput: it is something else.
    """
    return pair((value, 0), message, dialect)[0]


@dataclass(frozen=True, slots=True)
class PythonCall:
    """A call in a dialect that looks like Python: nothing of it is run."""

    name: str
    values: tuple[Any, ...]
    named: Mapping[str, Any]

    def get(self, name: str, place: int, default: Any = None) -> Any:
        """An argument by its name or by its place."""
        return self.named.get(name, self.values[place] if place < len(self.values) else default)


def calls(text: str, dialect: str) -> Iterator[PythonCall]:
    """The calls of a text, one after the other; their arguments are literals, anything else is refused.

    Raises:
        InvalidInput: the text is something else than such calls.
    """
    try:
        statements = ast.parse(text.strip()).body
        for statement in statements:
            call = statement.value if isinstance(statement, ast.Expr) else None
            call = call.value if isinstance(call, ast.Await) else call
            if not isinstance(call, ast.Call):
                raise unreadable(text, dialect)
            values = tuple(ast.literal_eval(value) for value in call.args)
            yield PythonCall(
                ast.unparse(call.func), values, {str(k.arg): ast.literal_eval(k.value) for k in call.keywords}
            )
    except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError) as error:
        if isinstance(error, InvalidInput):
            raise
        raise unreadable(text, dialect) from error


def spelled(name: str, *values: object, **named: object) -> str:
    """A call as text.

    Example: spelled("f", 1, b="x") -> "f(1, b='x')"
    """
    parts = [*(repr(value) for value in values), *(f"{key}={value!r}" for key, value in named.items())]
    return f"{name}({', '.join(parts)})"


def points(value: Any, space: Space) -> tuple[Point, ...]:
    """No point, or the one that two numbers name."""
    return () if value is None else (space.point(*value),)
