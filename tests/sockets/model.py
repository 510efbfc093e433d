"""A chat model behind HTTP that answers as OpenAI's does: it calls each tool once, then says what it read.

For `serve` of tests/conftest.py: `serve(scripted(("read_log", {"name": "a"}), ...))`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any


def scripted(*calls: tuple[str, Mapping[str, Any]], answer: str = "Done.") -> Callable[..., Any]:
    """Answers of a model that makes these calls, one a request, and then says `answer`."""

    def respond(path: str, payload: Any, headers: dict[str, str]) -> dict[str, Any]:
        made = sum(message["role"] == "tool" for message in payload["messages"])
        return completion(calls[made] if made < len(calls) else None, answer, made)

    return respond


def completion(call: tuple[str, Mapping[str, Any]] | None, answer: str, number: int) -> dict[str, Any]:
    """A chat completion: one call of a tool, or an answer."""
    message: dict[str, Any] = {"role": "assistant", "content": answer if call is None else None}
    if call is not None:
        function = {"name": call[0], "arguments": json.dumps(call[1])}
        message["tool_calls"] = [{"id": f"call_{number}", "type": "function", "function": function}]
    choice = {"index": 0, "message": message, "finish_reason": "stop" if call is None else "tool_calls"}
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    return {
        "id": f"chat-{number}",
        "object": "chat.completion",
        "created": 1,
        "model": "gpt-4.1",
        "choices": [choice],
        "usage": usage,
    }


def sent(server: Any) -> list[list[dict[str, Any]]]:
    """The messages of each request that the server got."""
    return [payload["messages"] for _, payload, _ in server.asked]


def extends(longer: list[Any], shorter: list[Any]) -> bool:
    """Whether a request begins with exactly the messages of another: what a provider's cache needs."""
    return longer[: len(shorter)] == shorter
