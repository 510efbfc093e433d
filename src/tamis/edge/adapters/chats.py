"""Chats of other packages: their messages as mappings that `compress_messages` reads, and its texts back into theirs.

Knows no framework: these say what their messages hold, and put new contents into copies of their own objects.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from tamis.errors import MissingExtra, ModelError, RemoteError, StoreError
from tamis.prompt.chats import Messages, compress_messages
from tamis.text.messages import written

OPEN = (MissingExtra, ModelError, RemoteError, StoreError)  # a chat goes on without what tamis needs


class ChatShortener:
    """The settings of `tamis.compress_messages`, checked at once, for the chats of one agent or of many.

    A model or a store that is away when a chat comes leaves the chat as it is, with a `RuntimeWarning`; a limit that
    cannot be kept, and a risk where `on_risk="raise"` asks for it, are errors.
    """

    def __init__(self, **settings: Any) -> None:
        self.settings = {name: value for name, value in settings.items() if value is not None or name == "on_risk"}
        compress_messages([], **self.settings)

    def __call__(self, messages: Sequence[Mapping[str, Any]]) -> list[Any]:
        """The messages, shortened: as many, in the same shapes.

        Raises:
            BudgetTooSmall: the limit cannot be kept. RiskyResult: only where `on_risk="raise"`.
        """
        return list(result.messages) if (result := self.result(messages)) is not None else list(messages)

    def result(self, messages: Sequence[Mapping[str, Any]]) -> Messages | None:
        """What `compress_messages` says; None where the chat stays as it is since something is away."""
        try:
            return compress_messages(list(messages), **self.settings)
        except OPEN as error:
            warnings.warn(f"The chat is sent as it is: {error}", RuntimeWarning, stacklevel=3)
            return None


def call_of(ident: Any, name: Any, arguments: Any) -> dict[str, Any]:
    """A call of a tool; arguments are JSON, or become it."""
    text = arguments if isinstance(arguments, str) else written(arguments)
    return {"id": ident, "type": "function", "function": {"name": name, "arguments": text}}


def result_of_call(ident: Any, content: Any, *, error: bool = False) -> dict[str, Any]:
    """What a tool answered: a text, or parts."""
    return {"type": "tool_result", "tool_use_id": ident, "content": content, "is_error": error}


def parts_of(content: Any) -> Any:
    """A content whose bare texts are parts too; a text stays one."""
    if not isinstance(content, list):
        return content
    return [{"type": "text", "text": part} if isinstance(part, str) else part for part in content]


def like(content: Any, parts: Any) -> Any:
    """Shortened parts in the shape that `parts_of` got: bare texts are bare again."""
    if not isinstance(content, list):
        return parts
    pairs = zip(content, parts, strict=True)
    return [part["text"] if isinstance(old, str) else part for old, part in pairs]
