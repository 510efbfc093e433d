"""Talks from elsewhere: every format that can be read, and files that cannot be."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

from .inputs import DOCUMENTS
from .outcomes import Calls
from .places import EXAMPLES, resolve

WHATSAPP = (
    "[08/05/2023, 13:56:01] Ann: My sister moved\nto Lyon.\n[08/05/2023, 13:57:00] Bob B.: \u200eimage omitted\n"
    "[13/05/2023, 9:05:00\u202fPM] Ann: Time: nine. Note: late.\n"
)
CHATGPT = [{"title": "Boats", "create_time": 1683546960.0, "current_node": "c", "mapping": {
    "a": {"id": "a", "parent": None, "children": ["c"], "message": {"id": "a", "author": {"role": "user"},
          "content": {"content_type": "text", "parts": ["Which sail?"]}, "create_time": 1683546960.5}},
    "c": {"id": "c", "parent": "a", "children": [], "message": {"id": "c", "author": {"role": "assistant"},
          "content": {"content_type": "text", "parts": ["A jib."]}, "create_time": 1683546970}}}}]  # fmt: skip
CLAUDE = [{"uuid": "u", "name": "Trip", "chat_messages": [
    {"uuid": "1", "sender": "human", "text": "To Lyon?", "created_at": "2024-02-03T04:05:06.789Z"},
    {"uuid": "2", "sender": "assistant", "text": "", "content": [{"type": "text", "text": "By train."}]}]}]  # fmt: skip
SLACK = [{"type": "message", "user": "U1", "text": "<@U1> see <https://x.org|it> &amp; that", "ts": "1683546960.0002"}]
MESSAGES = [{"role": "user", "content": "Hello, I am Ann."}, {"role": "assistant", "content": "Hello Ann."}]
TALKS: dict[str, Any] = {
    "whatsapp.txt": WHATSAPP,
    "conversations.json": CHATGPT,
    "claude.json": CLAUDE,
    "general.json": SLACK,
    "messages.json": MESSAGES,
    "notes.txt": "Ann: I moved to Lyon.\nBob: When?\n\nAnn: In May.\n",
    "plain.txt": DOCUMENTS[0],
    "lines.jsonl": "\n".join(map(json.dumps, MESSAGES)),
    "bad.json": "{not json",
    "empty.txt": "",
    "list.json": "[1, 2]",
}


def chats() -> list[Any]:
    """The turns of the example."""
    return list(resolve("read_talk")(EXAMPLES / "chats.jsonl").turns)


def write(folder: Path, name: str) -> Path:
    """The talk of that name as a file."""
    path, talk = folder / name, TALKS[name]
    path.write_text(talk if isinstance(talk, str) else json.dumps(talk), encoding="utf-8")
    return path


def importing(folder: Path) -> Calls:
    """Talks from elsewhere."""
    read = resolve("read_talk")
    for name in TALKS:
        yield f"auto/{name}", partial(read, write(folder, name))
    yield "kind/text", partial(read, folder / "lines.jsonl", "text")
    yield "kind/unknown", partial(read, folder / "notes.txt", "mbox")
    yield "kind/claude", partial(read, folder / "notes.txt", "claude")
    yield "session", partial(read, folder / "notes.txt", session="trip")
    yield "month first", partial(read, folder / "whatsapp.txt", day_first=False)
    yield "given", partial(read, "x.txt", text="Ann: here.")
    yield "missing", partial(read, folder / "nothing.txt")
    yield "chats", chats
