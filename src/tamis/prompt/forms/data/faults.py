"""What is said of a text that is not well-formed in its format, and where."""

from __future__ import annotations

from tamis.errors import InvalidInput


def malformed(name: str, text: str, at: int, why: str) -> InvalidInput:
    r"""The error for a text that is not well-formed from a character on.

    Example: malformed("JSON", "[1,\n]", 4, "no value") -> "This is no JSON: no value at line 2, column 1."
    """
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    message = f"This is no {name}: {why} at line {line}, column {column}."
    return InvalidInput(message, hint="form='prose' takes any text.")
