"""Microsoft Agent Framework, the successor of AutoGen: `ShorteningChatMiddleware` shortens what a model is sent.

Needs agent-framework-core 1.20 or newer (extra `agent-framework`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from copy import copy
from typing import Any

from tamis.edge.adapters.chats import ChatShortener, call_of, result_of_call
from tamis.errors import needs

needs("agent-framework", "agent_framework")

from agent_framework import ChatContext, ChatMiddleware, Content, Message  # noqa: E402

__all__ = ["ShorteningChatMiddleware"]


class ShorteningChatMiddleware(ChatMiddleware):
    """Shortens the messages of an agent before each call of its model: its session keeps them whole.

    Each result of a tool is shortened once, by what was asked when it arrived, so the messages of the next call begin
    with exactly those of this one, and the provider's cache goes on working. Ids, calls, names and contents that are no
    text stay. Takes the arguments of `tamis.compress_messages` (`rate`, `limit`, `policy`, `store`, ...).

    Example: Agent(client=client, tools=tools, middleware=[ShorteningChatMiddleware(rate=0.3)])
    """

    def __init__(self, **settings: Any) -> None:
        self.shorten = ChatShortener(**settings)

    async def process(self, context: ChatContext, call_next: Callable[[], Awaitable[None]]) -> None:
        """Hand the short messages on; they are made in a thread, so other tasks go on."""
        messages = list(context.messages)
        short = await asyncio.to_thread(shortened_messages, messages, self.shorten)
        for old, new in zip(messages, short, strict=True):
            if new is not old:
                context.record_message_replacement(new, old)
        context.messages = short
        await call_next()


def shortened_messages(messages: Sequence[Message], shorten: ChatShortener) -> list[Message]:
    """Messages of the framework, shortened: what is not is the very object, what is a copy with other contents."""
    wires = [_wire(message) for message in messages]
    pairs = zip(messages, wires, shorten(wires), strict=True)
    return [message if short == wire else _with(message, short["content"]) for message, wire, short in pairs]


def _wire(message: Message) -> dict[str, Any]:
    """A message as `compress_messages` reads it."""
    calls = [call_of(one.call_id, one.name, one.arguments) for one in message.contents if one.type == "function_call"]
    return {"role": str(message.role), "content": [_part(one) for one in message.contents], "tool_calls": calls}


def _part(content: Content) -> dict[str, Any]:
    """A content as a part; what is neither a text nor a result is only named."""
    if content.type == "text":
        return {"type": "text", "text": content.text or ""}
    if content.type == "function_result":
        items = content.result if content.items is None else [_part(item) for item in content.items]
        return result_of_call(content.call_id, items, error=bool(content.exception))
    return {"type": f"other: {content.type}"}


def _with(message: Message, parts: Sequence[dict[str, Any]]) -> Message:
    """A copy of a message with shortened contents."""
    short = copy(message)
    short.contents = [_shortened(old, part) for old, part in zip(message.contents, parts, strict=True)]
    return short


def _shortened(content: Content, part: dict[str, Any]) -> Content:
    if part == _part(content):
        return content
    short = copy(content)
    if content.type == "text":
        short.text = part["text"]
    elif content.items is None:
        short.result = part["content"]
    else:
        short.items = [_shortened(old, new) for old, new in zip(content.items, part["content"], strict=True)]
        short.result = "\n".join(item.text for item in short.items if item.type == "text" and item.text)
    return short
