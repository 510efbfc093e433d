"""What a conversation is about, and what became of earlier results in it, from the file that an agent keeps of it.

The files are JSON Lines that grow at their end; the end is read, and lines that are torn or strange are passed over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tamis.text.messages import member, slots

END = 1 << 20  # bytes of a transcript that are read
_ADDED = re.compile(r"<(system-reminder|local-command-[a-z]+|command-[a-z]+)>.*?</\1>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class LastTurns:
    """The last turns.

    Attributes:
        user: what the user said last.
        assistant: what the model has said since.
    """

    user: str = ""
    assistant: str = ""


def last_turns(path: str) -> LastTurns:
    """The last turns of a transcript; nothing where there is none that can be read."""
    assistant: list[str] = []
    for line in reversed(_lines(path)):
        for role, text in reversed(list(_said(line))):
            if role == "user":
                return LastTurns(text, "\n".join(reversed(assistant)))
            assistant.append(text)
    return LastTurns("", "\n".join(reversed(assistant[:3])))


def results(path: str, calls: frozenset[str]) -> dict[str, str]:
    """The results of some calls as the model reads them, by the ids of the calls; those that are there."""
    texts: dict[str, str] = {}
    for line in _lines(path) if calls else ():
        if not any(call in line for call in calls):
            continue
        for slot in slots(_message(line), 0):
            if slot.role == "tool" and slot.call in calls:
                texts[slot.call] = texts.get(slot.call, "") + slot.text
    return texts


def _lines(path: str) -> list[str]:
    try:
        with Path(path).expanduser().open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(size - END, 0))
            lines = file.read(END).decode("utf-8", "replace").split("\n")
    except (OSError, ValueError, RuntimeError):
        return []
    return lines[1:] if size > END else lines


def _message(line: str) -> Any:
    """The message of a line, with its role; None for none."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, Mapping) or value.get("isMeta") or value.get("isSidechain"):
        return None
    inner = value.get("message")
    if not isinstance(inner, Mapping):
        return value
    return {**inner, "role": inner.get("role") or value.get("role") or value.get("type")}


def _said(line: str) -> Iterator[tuple[str, str]]:
    """What a user or the model says in a line: roles and texts."""
    message = _message(line)
    if member(message, "role") not in ("user", "assistant"):
        return
    for slot in slots(message, 0):
        text = _ADDED.sub("", slot.text).strip()
        if text and slot.role in ("user", "assistant"):
            yield slot.role, text
