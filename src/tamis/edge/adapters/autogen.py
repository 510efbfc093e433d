"""AutoGen: `ShortenedChatCompletionContext`, a model context that holds a chat whole and hands out a short one.

Needs autogen-core 0.7 or newer (extra `autogen`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, is_dataclass
from typing import Any

from tamis.edge.adapters.chats import ChatShortener, call_of, result_of_call
from tamis.errors import InvalidInput, needs
from tamis.prompt.chats import Policy

needs("autogen", "autogen_core")

from autogen_core import Component, FunctionCall  # noqa: E402
from autogen_core.model_context import ChatCompletionContext  # noqa: E402
from autogen_core.models import (  # noqa: E402
    AssistantMessage,
    FunctionExecutionResultMessage,
    LLMMessage,
    SystemMessage,
)
from pydantic import BaseModel, Field  # noqa: E402

__all__ = ["ShortenedChatCompletionContext"]

WRITTEN = (str, int, float, bool, type(None))


class ShortenedContextConfig(BaseModel):
    """What a saved context says of itself.

    Attributes:
        settings: the arguments of `tamis.compress_messages`; `policy` as a mapping.
        initial_messages: that it begins with.
    """

    settings: dict[str, Any] = Field(default_factory=dict)
    initial_messages: list[LLMMessage] | None = None


class ShortenedChatCompletionContext(ChatCompletionContext, Component[ShortenedContextConfig]):
    """Holds a chat whole, and hands the model a short one.

    Each result of a tool is shortened once, by what was asked when it arrived, so what is handed out next time begins
    with exactly what was handed out this time, and the provider's cache goes on working. Names, ids, calls and images
    stay. Takes the arguments of `tamis.compress_messages` (`rate`, `limit`, `policy`, `store`, ...).

    Example: AssistantAgent("nurse", client, tools=tools, model_context=ShortenedChatCompletionContext(rate=0.3))
    """

    component_config_schema = ShortenedContextConfig
    component_provider_override = "tamis.edge.adapters.autogen.ShortenedChatCompletionContext"

    def __init__(self, initial_messages: list[LLMMessage] | None = None, **settings: Any) -> None:
        super().__init__(initial_messages)
        self._settings = settings
        self._shorten = ChatShortener(**settings)

    async def get_messages(self) -> list[LLMMessage]:
        """The messages, shortened in a thread: other tasks go on."""
        return await asyncio.to_thread(shortened_messages, list(self._messages), self._shorten)

    def _to_config(self) -> ShortenedContextConfig:
        return ShortenedContextConfig(settings=_written(self._settings), initial_messages=self._initial_messages)

    @classmethod
    def _from_config(cls, config: ShortenedContextConfig) -> ShortenedChatCompletionContext:
        settings = dict(config.settings)
        if settings.get("policy") is not None:
            settings["policy"] = Policy(**settings["policy"])
        return cls(config.initial_messages, **settings)


def _written(settings: dict[str, Any]) -> dict[str, Any]:
    """Settings as JSON.

    Raises:
        InvalidInput: one that cannot be written: a callable, an open store, options.
    """
    plain = dict(settings)
    if is_dataclass(plain.get("policy")) and not isinstance(plain["policy"], type):
        plain["policy"] = asdict(plain["policy"])
    odd = next((name for name, value in plain.items() if name != "policy" and not isinstance(value, WRITTEN)), None)
    if odd is not None:
        raise InvalidInput(f"{odd}={plain[odd]!r:.80} cannot be saved with the context.", hint="Use names and numbers.")
    return plain


def shortened_messages(messages: Sequence[LLMMessage], shorten: ChatShortener) -> list[LLMMessage]:
    """Messages of AutoGen, shortened: what is not is the very object, what is a copy with another content."""
    wires = [_wire(message) for message in messages]
    pairs = zip(messages, wires, shorten(wires), strict=True)
    return [message if short == wire else _with(message, short["content"]) for message, wire, short in pairs]


def _wire(message: LLMMessage) -> dict[str, Any]:
    """A message as `compress_messages` reads it."""
    if isinstance(message, FunctionExecutionResultMessage):
        results = [result_of_call(one.call_id, one.content, error=bool(one.is_error)) for one in message.content]
        return {"role": "user", "content": results}
    if isinstance(message, AssistantMessage):
        if isinstance(message.content, str):
            return {"role": "assistant", "content": message.content}
        return {"role": "assistant", "content": message.thought or "", "tool_calls": _calls(message.content)}
    role = "system" if isinstance(message, SystemMessage) else "user"
    return {"role": role, "content": _parts(message.content)}


def _calls(calls: Sequence[FunctionCall]) -> list[dict[str, Any]]:
    return [call_of(call.id, call.name, call.arguments) for call in calls]


def _parts(content: Any) -> Any:
    """A content whose texts are parts; images are only named."""
    if isinstance(content, str):
        return content
    return [{"type": "text", "text": part} if isinstance(part, str) else {"type": "image"} for part in content]


def _with(message: LLMMessage, content: Any) -> LLMMessage:
    """A copy of a message with shortened texts."""
    if isinstance(message, FunctionExecutionResultMessage):
        pairs = zip(message.content, content, strict=True)
        content = [one.model_copy(update={"content": short["content"]}) for one, short in pairs]
    elif isinstance(message, AssistantMessage) and not isinstance(message.content, str):
        return message.model_copy(update={"thought": content})
    elif isinstance(content, list):
        pairs = zip(message.content, content, strict=True)
        content = [short["text"] if isinstance(old, str) else old for old, short in pairs]
    return message.model_copy(update={"content": content})
