"""The shapes of messages: where their texts are, which calls they make, and how one gets other texts.

Three dialects are read, also mixed in one list, because each message says by itself what it is: OpenAI chat
(`role: tool`, `tool_calls`), OpenAI responses (`type: function_call_output`), Anthropic (`tool_result` and `tool_use`
parts). Messages may be mappings or objects with attributes, as the clients of these return; objects are only read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

Path: TypeAlias = "tuple[int | str, ...]"
ROLES = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant", "tool": "tool"}
ROLES |= {"function": "tool"}
TEXTS = frozenset(("text", "input_text", "output_text"))
CALLS = frozenset(("function_call", "custom_tool_call", "local_shell_call", "mcp_call", "web_search_call"))
SILENT = CALLS | {"reasoning", "item_reference", "computer_call", "computer_call_output", "image_generation_call"}
USES = frozenset(("tool_use", "server_tool_use", "mcp_tool_use"))
RESULTS = frozenset(("tool_result", "mcp_tool_result"))
DEEP = 40  # levels of a message that are copied; what lies deeper is shared with the caller's
# What no tokenizer reads as text: images and files, signatures, what is encrypted.
OPAQUE = frozenset(("data", "url", "image_url", "file_data", "signature", "encrypted_content", "id", "call_id"))
OPAQUE |= {"tool_call_id", "tool_use_id", "type", "role", "cache_control", "status", "media_type", "detail", "file_id"}


@dataclass(frozen=True, slots=True)
class Slot:
    """A text in a list of messages.

    Attributes:
        message: the number of its message.
        path: from the message to the text: keys and places.
        role: "system", "user", "assistant" or "tool".
        text: it.
        call: the id of the call that it answers; "" for none.
        error: it says that a call failed.
    """

    message: int
    path: Path
    role: str
    text: str
    call: str = ""
    error: bool = False


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call of a tool.

    Attributes:
        id: that its result names.
        name: of the tool.
        arguments: as they were written; not always JSON.
        message: the number of the message that makes it.
    """

    id: str
    name: str
    arguments: str
    message: int


def member(value: Any, name: str) -> Any:
    """A member of a mapping or an attribute of an object; None where there is none."""
    if isinstance(value, Mapping):
        return value.get(name)
    if value is None or isinstance(value, (str, bytes, int, float, list, tuple)):
        return None
    try:
        return getattr(value, name, None)
    except Exception:  # (an attribute that computes, of an object that we know nothing of)
        return None


def slots(message: Any, number: int) -> list[Slot]:
    """The texts of a message; none of what is no mapping, since it could not be given another one."""
    if not isinstance(message, Mapping):
        return []
    if _outputs(message):
        return list(_texts(message.get("output"), ("output",), Slot(number, (), "tool", "", _word(message, "call_id"))))
    role = ROLES.get(_word(message, "role"))
    if role is None:
        return []
    call = (_word(message, "tool_call_id") or _word(message, "name")) if role == "tool" else ""
    return list(_texts(message.get("content"), ("content",), Slot(number, (), role, "", call)))


def known(message: Any) -> bool:
    """Whether a message has a shape that is read, if only to find that it has no text."""
    return _word(message, "role") in ROLES or _word(message, "type") in SILENT or _outputs(message)


def _outputs(message: Any) -> bool:
    return _word(message, "type").endswith("_call_output")


def _word(value: Any, name: str) -> str:
    """A member that is a text; "" for one that is not."""
    word = member(value, name)
    return word if isinstance(word, str) else ""


def _texts(content: Any, path: Path, like: Slot) -> Iterator[Slot]:
    """The texts of a content: itself, or those of its parts; results of tools have contents of their own."""
    if isinstance(content, str):
        yield Slot(like.message, path, like.role, content, like.call, like.error)
    elif isinstance(content, list) and len(path) < DEEP:
        for place, part in enumerate(content):
            yield from _part(part, (*path, place), like)


def _part(part: Any, path: Path, like: Slot) -> Iterator[Slot]:
    if not isinstance(part, Mapping):
        return
    kind = _word(part, "type")
    if kind in TEXTS and isinstance(part.get("text"), str):
        yield Slot(like.message, (*path, "text"), like.role, part["text"], like.call, like.error)
    elif kind in RESULTS:
        inner = Slot(like.message, (), "tool", "", _word(part, "tool_use_id"), bool(part.get("is_error")))
        yield from _texts(part.get("content"), (*path, "content"), inner)


def tool_calls(message: Any, number: int) -> Iterator[ToolCall]:
    """The calls that a message makes."""
    if _word(message, "type") in CALLS:
        yield _call(message, member(message, "call_id") or member(message, "id"), number)
    for call in _items(member(message, "tool_calls")):
        inner = member(call, "function") or member(call, "custom")
        yield _call(inner, member(call, "id"), number)
    if legacy := member(message, "function_call"):
        yield _call(legacy, member(legacy, "name"), number)
    for part in _items(member(message, "content")):
        if _word(part, "type") in USES:
            yield _call(part, member(part, "id"), number)


def _items(value: Any) -> Sequence[Any]:
    return value if isinstance(value, (list, tuple)) else ()


def _call(value: Any, ident: Any, number: int) -> ToolCall:
    given = next((v for key in ("arguments", "input", "action") if (v := member(value, key)) is not None), "")
    arguments = given if isinstance(given, str) else written(given)
    return ToolCall(ident if isinstance(ident, str) else "", _word(value, "name"), arguments, number)


def written(value: Any) -> str:
    """A value as JSON; what cannot be written so, as Python shows it, shortly."""
    try:
        return json.dumps(value, ensure_ascii=False, default=lambda odd: f"{odd!r:.200}")
    except (TypeError, ValueError, RecursionError):
        return f"{type(value).__name__}"


def other_texts(message: Any, paths: frozenset[Path]) -> str:
    """What else a model reads of a message: names and arguments of calls, thoughts; all but images and ids."""
    parts: list[str] = []
    _collect(message, (), paths, parts)
    return "\n".join(parts)


def _collect(value: Any, path: Path, paths: frozenset[Path], parts: list[str]) -> None:
    if path in paths or len(path) > DEEP:
        return
    if isinstance(value, str):
        parts.append(value)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if key not in OPAQUE:
                _collect(inner, (*path, key), paths, parts)
    elif isinstance(value, (list, tuple)):
        for place, inner in enumerate(value):
            _collect(inner, (*path, place), paths, parts)
    elif value is not None and not isinstance(value, (bool, int, float, bytes)):
        parts += [call.name + call.arguments for call in tool_calls(value, 0)]
        parts += [text for text in (member(value, "content"), member(value, "text")) if isinstance(text, str)]


def with_texts(message: Any, texts: Mapping[Path, str], path: Path = ()) -> Any:
    """A copy of a message with other texts at some places; the rest is equal, and lists and dicts are its own."""
    if path in texts:
        return texts[path]
    if len(path) > DEEP:
        return message
    if type(message) is dict:
        return {key: with_texts(value, texts, (*path, key)) for key, value in message.items()}
    if type(message) is list:
        return [with_texts(value, texts, (*path, place)) for place, value in enumerate(message)]
    if isinstance(message, Mapping) and any(place[: len(path)] == path for place in texts):
        return {key: with_texts(value, texts, (*path, key)) for key, value in message.items()}
    return message
