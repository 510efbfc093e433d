"""Exports of ChatGPT and Claude (`conversations.json`), and lists of chat messages as APIs take them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tamis.errors import InvalidTurn
from tamis.memory.importers.parsed import clean, number_titles
from tamis.memory.importers.talk import Importer
from tamis.memory.turns import as_turns, read_time
from tamis.memory.types import Turn

ROLES = ("system", "developer", "user", "assistant", "tool", "function")


def chatgpt(talks: Sequence[Mapping[str, Any]]) -> Iterator[Turn | str]:
    """Turns of a ChatGPT export: of each talk the branch that was shown last, from its end back to its beginning."""
    titles = number_titles(str(talk.get("title") or "") for talk in talks)
    for talk, title in zip(talks, titles, strict=True):
        for node in _branch(talk):
            message = node.get("message")
            if message:
                yield _chatgpt(message, title)


def _branch(talk: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    nodes: Mapping[str, Any] = talk["mapping"]
    key: Any = talk.get("current_node") or next(
        (name for name, node in nodes.items() if not node.get("children")), None
    )
    branch: list[Mapping[str, Any]] = []
    visited: set[str] = set()
    while key in nodes and key not in visited:
        visited.add(key)
        branch.append(nodes[key])
        key = nodes[key].get("parent")
    return branch[::-1]


def _chatgpt(message: Mapping[str, Any], session: str) -> Turn | str:
    role = message["author"]["role"]
    if role == "system" or (message.get("metadata") or {}).get("is_visually_hidden_from_conversation"):
        return "system"
    content = message.get("content") or {}
    parts = [part for part in content.get("parts") or () if isinstance(part, str)]
    text = clean("\n".join(parts) or content.get("text") or "")
    if not text.strip():
        return "media" if content.get("parts") else "empty"
    return Turn(text, role, read_time(message.get("create_time")), session, str(message.get("id") or ""))


def claude(talks: Sequence[Mapping[str, Any]]) -> Iterator[Turn | str]:
    """Turns of a Claude export."""
    titles = number_titles(str(talk.get("name") or "") for talk in talks)
    for talk, title in zip(talks, titles, strict=True):
        for message in talk["chat_messages"]:
            parts = [p.get("text") or "" for p in message.get("content") or () if p.get("type") == "text"]
            text = clean("\n".join(parts) or message.get("text") or "")
            time = read_time(message.get("created_at"))
            yield Turn(text, message["sender"], time, title, str(message.get("uuid") or ""))


def messages(values: Sequence[Any], session: str) -> Iterator[Turn | str]:
    """Turns of message lists: [{"role", "content"}, ...], or [{"messages": [...]}, ...], each a session.

    Raises:
        InvalidTurn: a role that no chat API has.
    """
    for number, value in enumerate(values, 1):
        if isinstance(value, Mapping) and isinstance(value.get("messages"), list):
            name = str(value.get("id") or value.get("title") or f"{session} {number}".strip())
            yield from messages(value["messages"], name)
        else:
            yield from _message(value, session)


def _message(value: Any, session: str) -> list[Turn | str]:
    if isinstance(value, Mapping) and "role" in value:
        if value["role"] not in ROLES:
            raise InvalidTurn(f"Unknown role {value['role']!r}.", hint=f"Known: {', '.join(ROLES)}.")
        if value["role"] in ("system", "developer"):
            return ["system"]
        if not value.get("content"):
            return ["empty"]  # a call of a tool, which says nothing
    turns = as_turns([value])
    return [t if t.session else Turn(t.text, t.speaker, t.time, session, t.id) for t in turns] or ["empty"]


JSON = ("value", "archive")
CHATGPT = Importer(
    "an export of ChatGPT: conversations.json, or the archive",
    lambda talk: "mapping" in talk.first,
    lambda talk: chatgpt(talk.values),
    JSON,
)
CLAUDE = Importer(
    "an export of Claude: conversations.json, or the archive",
    lambda talk: "chat_messages" in talk.first,
    lambda talk: claude(talk.values),
    JSON,
)
MESSAGES = Importer(
    "lists of chat messages, as APIs take them, or one a line",
    lambda talk: not {*JSON, "lines"}.isdisjoint(talk.forms),
    lambda talk: messages(talk.values, talk.name),
    (*JSON, "lines"),
)
