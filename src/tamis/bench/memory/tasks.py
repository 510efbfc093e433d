"""Conversations with questions and the turns that answer them, as JSON of LoCoMo's form.

    [{"id": "a", "sessions": [{"session": 1, "date_time": "1:56 pm on 8 May, 2023", "turns": [
        {"dia_id": "D1:1", "speaker": "Ann", "text": "..."}]}], "qa": [{"question": "...", "evidence": ["D1:1"]}]}]

LoCoMo itself (CC BY-NC) is measured with, never shipped or learned from.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from tamis.errors import UnreadableInput
from tamis.io.files import reason
from tamis.memory.types import Turn

ANSWERED = (1, 2, 3, 4)  # categories whose questions have an answer; 5 has none
_ID = re.compile(r"D:?(\d+):(\d+)")


@dataclass(frozen=True, slots=True)
class EvidenceQuestion:
    """A question, the ids of the turns that answer it (never empty), and its kind."""

    text: str
    evidence: tuple[str, ...]
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Turns in order, and what is asked about them."""

    name: str
    turns: tuple[Turn, ...]
    questions: tuple[EvidenceQuestion, ...]


def read_conversations(path: Path) -> list[Conversation]:
    """The conversations of a file with their answerable questions; malformed evidence is put right or left out.

    Raises:
        UnreadableInput: it cannot be read, is no JSON of this form, or asks nothing that its turns answer.
    """
    hint = "It must be a list of conversations as LoCoMo has them: docs/benchmarks.md shows one."
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        conversations = [_conversation(value) for value in values]
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableInput(f"Cannot read {str(path)!r}: {reason(error)}.") from error
    except (KeyError, TypeError, AttributeError, ValueError) as error:  # ValueError: no JSON, or no date
        raise UnreadableInput(f"{str(path)!r} is of another form: {error!r}.", hint=hint) from error
    if not any(conversation.questions for conversation in conversations):
        raise UnreadableInput(f"{str(path)!r} asks nothing that its turns answer.", hint=hint)
    return conversations


def _conversation(value: Mapping[str, Any]) -> Conversation:
    turns = tuple(_turn(turn, session) for session in value["sessions"] for turn in session["turns"])
    ids = {turn.id for turn in turns}
    answerable = (item for item in value["qa"] if item.get("category", 1) in ANSWERED)
    questions = (_question(item, ids) for item in answerable)
    return Conversation(str(value["id"]), turns, tuple(question for question in questions if question.evidence))


def _turn(value: Mapping[str, Any], session: Mapping[str, Any]) -> Turn:
    caption = value.get("image_caption")
    text = value["text"] + (f" [shares {caption}]" if caption else "")
    return Turn(text, value["speaker"], _time(session.get("date_time")), str(session["session"]), value["dia_id"])


def _time(text: str | None) -> datetime | None:
    """LoCoMo's form of a date, or ISO 8601; what says no zone is UTC."""
    if text is None:
        return None
    try:
        time = datetime.strptime(text, "%I:%M %p on %d %B, %Y")
    except ValueError:
        time = datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=timezone.utc)


def _question(value: Mapping[str, Any], ids: set[str]) -> EvidenceQuestion:
    named = (name for text in value["evidence"] for name in _names(text, ids))
    evidence = tuple(dict.fromkeys(name for name in named if name in ids))
    return EvidenceQuestion(value["question"], evidence, str(value.get("category", "")))


def _names(text: str, ids: set[str]) -> Iterator[str]:
    """Ids of turns: as they are, or as LoCoMo writes them ("D:1:03; D2:4")."""
    if text in ids:
        yield text
    else:
        yield from (f"D{int(session)}:{int(turn)}" for session, turn in _ID.findall(text))
