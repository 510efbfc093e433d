"""A chat in three dialects, and what providers answer: whole and streamed, as their clients read it."""

from __future__ import annotations

import json
import re
from typing import Any

LOG = "".join(f"10:{n // 60:02}:{n % 60:02} INFO request {n} done\n" for n in range(400)) + "10:07:00 ERROR disk full\n"
CALL = {"id": "c1", "type": "function", "function": {"name": "logs", "arguments": '{"host": "db7"}'}}
CHAT = [
    {"role": "system", "content": "You watch servers."},
    {"role": "user", "content": "Is the disk of db7 full?"},
    {"role": "assistant", "content": None, "tool_calls": [CALL]},
    {"role": "tool", "tool_call_id": "c1", "content": LOG},
]
RESPONSES = [
    {"role": "user", "content": "Is the disk of db7 full?"},
    {"type": "function_call", "call_id": "c1", "name": "logs", "arguments": '{"host": "db7"}'},
    {"type": "function_call_output", "call_id": "c1", "output": LOG},
]
RESULT = {"type": "tool_result", "tool_use_id": "c1", "content": LOG, "cache_control": {"type": "ephemeral"}}
MESSAGES = [
    {"role": "user", "content": "Is the disk of db7 full?"},
    {"role": "assistant", "content": [{"type": "tool_use", "id": "c1", "name": "logs", "input": {"host": "db7"}}]},
    {"role": "user", "content": [RESULT]},
]
ANSWER = "The disk of db7 is full."
COMPLETION = {
    "id": "x",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": ANSWER}}],
    "usage": {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10},
}
PART = {"type": "output_text", "text": ANSWER, "annotations": []}
RESPONSE = {
    "id": "r",
    "object": "response",
    "created_at": 1,
    "model": "m",
    "status": "completed",
    "output": [{"id": "m", "type": "message", "role": "assistant", "status": "completed", "content": [PART]}],
    "parallel_tool_calls": True,
    "tool_choice": "auto",
    "tools": [],
}
MESSAGE = {
    "id": "m",
    "type": "message",
    "role": "assistant",
    "model": "m",
    "content": [{"type": "text", "text": ANSWER}],
    "stop_reason": "end_turn",
    "stop_sequence": None,
    "usage": {"input_tokens": 7, "output_tokens": 3},
}


def events(parts: list[tuple[str, Any]], *, named: bool) -> tuple[int, dict[str, str], bytes]:
    lines = [
        (f"event: {name}\n" if named else "") + f"data: {value if isinstance(value, str) else json.dumps(value)}\n\n"
        for name, value in parts
    ]
    return 200, {"content-type": "text/event-stream"}, "".join(lines).encode()


def chunk(delta: dict[str, str], reason: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    return {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}


def chat_events() -> tuple[int, dict[str, str], bytes]:
    words = [("", chunk({"role": "assistant", "content": word})) for word in re.findall(r" ?\S+", ANSWER)]
    return events([*words, ("", chunk({}, "stop")), ("", "[DONE]")], named=False)


def response_events() -> tuple[int, dict[str, str], bytes]:
    item = RESPONSE["output"][0]
    at = {"item_id": "m", "output_index": 0, "content_index": 0}
    bare = RESPONSE | {"output": [], "status": "in_progress"}
    parts = [
        {"type": "response.created", "response": bare},
        {"type": "response.output_item.added", "output_index": 0, "item": item | {"content": []}},
        {"type": "response.content_part.added", **at, "part": PART | {"text": ""}},
        {"type": "response.output_text.delta", **at, "delta": ANSWER, "logprobs": []},
        {"type": "response.output_text.done", **at, "text": ANSWER, "logprobs": []},
        {"type": "response.content_part.done", **at, "part": PART},
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": "response.completed", "response": RESPONSE},
    ]
    return events([(one["type"], one | {"sequence_number": n}) for n, one in enumerate(parts)], named=True)


def message_events() -> tuple[int, dict[str, str], bytes]:
    parts = [
        {"type": "message_start", "message": MESSAGE | {"content": [], "stop_reason": None}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": ANSWER}},
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn", "stop_sequence": None},
            "usage": MESSAGE["usage"],
        },
        {"type": "message_stop"},
    ]
    return events([(one["type"], one) for one in parts], named=True)


STREAMS = {"/chat/completions": chat_events, "/responses": response_events, "/v1/messages": message_events}
ANSWERS = {"/chat/completions": COMPLETION, "/responses": RESPONSE, "/v1/messages": MESSAGE}


def provider(path: str, payload: Any, headers: dict[str, str]) -> Any:
    """What a provider answers."""
    path = path.partition("?")[0]
    if path.endswith(("/count_tokens", "/input_tokens")):
        return {"input_tokens": len(json.dumps(payload)), "object": "response.input_tokens"}
    if payload.get("model") == "wrong":
        return 400, {}, json.dumps({"error": {"type": "invalid_request_error", "message": "no such model"}}).encode()
    return STREAMS[path]() if payload.get("stream") else ANSWERS[path]
