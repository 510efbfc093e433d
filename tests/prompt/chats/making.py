"""Chats in three dialects, from one script of what happens; texts whose lines can be told apart."""

from __future__ import annotations

import json
import random

DIALECTS = ("chat", "responses", "anthropic")
FILES = ("parser.py", "lexer.py", "README.md", "log.txt")
IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}}
PICTURE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}


def body(name, version=0, lines=40):
    """A text of a file; another version differs in a few lines."""
    rows = [f"{name} row {i} says that part {i * 7 % 11} is not ready for {i} of them." for i in range(lines)]
    for change in range(version):
        rows[(change * 13) % lines] = f"{name} was changed here by step {change}."
    return "\n".join(rows) + "\n"


def script(seed, turns):
    """What happens: ("user", text), ("say", text), ("call", id, name, arguments, result, error, image)."""
    rng = random.Random(seed)
    versions = dict.fromkeys(FILES, 0)
    for turn in range(turns):
        if turn == 0 or rng.random() < 0.2:
            yield ("user", f"Question {turn}: which part of {rng.choice(FILES)} is ready for {rng.randrange(40)}?")
        if rng.random() < 0.3:
            yield ("say", f"I look at step {turn}.")
        name = rng.choice(FILES)
        versions[name] += rng.random() < 0.15
        short = rng.random() < 0.15
        result = "ok" if short else body(name, versions[name], rng.choice((40, 40, 60)))
        yield ("call", f"call_{turn}", "read", {"path": name}, result, rng.random() < 0.05, rng.random() < 0.1)


def chat_of(steps, dialect):
    """The messages of a script in a dialect."""
    return [message for step in steps for message in MAKERS[dialect](*step)]


def _chat(kind, *step):
    if kind != "call":
        return [{"role": {"user": "user", "say": "assistant"}[kind], "content": step[0]}]
    ident, name, arguments, result, _, image = step
    call = {"id": ident, "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
    parts = [{"type": "text", "text": result}, PICTURE]
    return [
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": ident, "content": parts if image else result},
    ]


def _responses(kind, *step):
    if kind == "user":
        return [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": step[0]}]}]
    if kind == "say":
        return [{"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": step[0]}]}]
    ident, name, arguments, result, _, image = step
    parts = [{"type": "input_text", "text": result}, {"type": "input_image", "image_url": "data:image/png;base64,iVB"}]
    return [
        {"type": "reasoning", "id": f"rs_{ident}", "summary": [], "encrypted_content": "gAAAA"},
        {"type": "function_call", "call_id": ident, "name": name, "arguments": json.dumps(arguments)},
        {"type": "function_call_output", "call_id": ident, "output": parts if image else result},
    ]


def _anthropic(kind, *step):
    if kind != "call":
        return [{"role": {"user": "user", "say": "assistant"}[kind], "content": [{"type": "text", "text": step[0]}]}]
    ident, name, arguments, result, error, image = step
    content = [{"type": "text", "text": result}, IMAGE] if image else result
    thought = {"type": "thinking", "thinking": "The user wants the part.", "signature": "EqQBCg"}
    outcome = {"type": "tool_result", "tool_use_id": ident, "content": content, "cache_control": {"type": "ephemeral"}}
    return [
        {
            "role": "assistant",
            "content": [thought, {"type": "tool_use", "id": ident, "name": name, "input": arguments}],
        },
        {"role": "user", "content": [outcome | ({"is_error": True} if error else {})]},
    ]


MAKERS = {"chat": _chat, "responses": _responses, "anthropic": _anthropic}
