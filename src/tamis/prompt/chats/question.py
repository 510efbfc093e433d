"""What is asked for when a result arrives: by the user, by the assistant's last words, and by the call itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tamis.core import Span
from tamis.prompt.kinds.commands import kind_by_command, kind_by_tool
from tamis.prompt.kinds.detection import belied
from tamis.text.messages import ToolCall

TOLD = ("search", "log", "diff")  # kinds that a call tells better than the looks of its result
ASKED = 600  # characters of what a user asked, from both ends
WORDS = 300  # of what the assistant said before it called, and of the arguments
PARAGRAPH = 800  # characters of the first and the last paragraph of a long text, which say what to do with it


def question_of(user: str, assistant: str, call: ToolCall | None) -> str | None:
    """The question for a result, a line for each of them; None where nothing is known.

    Example: "Fix it.", "", a call of grep for "def parse" -> "Fix it.", "grep def parse"
    """
    parts = [clipped(user, ASKED), clipped(assistant, WORDS)]
    if call is not None:
        parts.append(clipped(" ".join((call.name, *_values(call.arguments))), WORDS))
    return "\n".join(part for part in parts if part) or None


def clipped(text: str, most: int) -> str:
    """A text, or its beginning and its end.

    Example: clipped("abcdefghij", 4) -> "ab … ij"
    """
    text = text.strip()
    return text if len(text) <= most else f"{text[: most // 2].rstrip()} … {text[-(most // 2) :].lstrip()}"


def form_by_call(text: str, call: ToolCall | None) -> str:
    """The form of a result that its call tells, unless the text belies it; "" where it does not tell.

    Example: a call of bash with "git diff" -> "diff"
    """
    if call is None:
        return ""
    kind = kind_by_command(_command(call.arguments)) or kind_by_tool(call.name)
    return kind.name if kind is not None and kind.name in TOLD and not belied(text, kind) else ""


def _command(arguments: str) -> str:
    """The shell command in the arguments of a call; "" for none."""
    try:
        value = json.loads(arguments)
    except (ValueError, RecursionError):
        return ""
    command = next((value[key] for key in ("command", "cmd") if key in value), "") if isinstance(value, dict) else ""
    return command if isinstance(command, str) else ""


def _values(arguments: str) -> Iterator[str]:
    """The texts and numbers of arguments, without their names; broken JSON as it is."""
    try:
        value = json.loads(arguments) if arguments else ""
    except (ValueError, RecursionError):
        value = arguments
    yield from _leaves(value, 0)


def _leaves(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        yield str(value)
    elif depth < 6 and isinstance(value, dict):
        for inner in value.values():
            yield from _leaves(inner, depth + 1)
    elif depth < 6 and isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, depth + 1)


def ends(text: str) -> tuple[Span, ...]:
    """The first and the last paragraph of a long text that a user sent, unless these are long themselves."""
    body = text.strip()
    if not body:
        return ()
    start = text.index(body[0])
    first, last = body.find("\n\n"), body.rfind("\n\n")
    spans = []
    if 0 < first <= PARAGRAPH:
        spans.append(Span(start, start + first))
    if last >= 0 and len(body) - last - 2 <= PARAGRAPH:
        spans.append(Span(start + last + 2, start + len(body)))
    return tuple(spans)
