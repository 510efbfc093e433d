"""LoCoMo as JSON: conversations of many sessions with questions and the turns that answer them (CC BY-NC: measured)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from tamis.bench.memory.evidence import Conversation, Question
from tamis.memory.types import Turn

ANSWERED = (1, 2, 3, 4)  # categories whose questions have an answer; 5 has none
_ID = re.compile(r"D:?(\d+):(\d+)")


def read_locomo(path: Path) -> list[Conversation]:
    """The conversations of a file with their answerable questions; malformed evidence is put right or left out."""
    return [_conversation(made) for made in json.loads(path.read_text(encoding="utf-8"))]


def _conversation(made: Mapping[str, Any]) -> Conversation:
    turns = tuple(_turn(one, session) for session in made["sessions"] for one in session["turns"])
    known = {turn.id for turn in turns}
    asked = (_question(one, known) for one in made["qa"] if one["category"] in ANSWERED)
    return Conversation(str(made["id"]), turns, tuple(one for one in asked if one.evidence))


def _turn(made: Mapping[str, Any], session: Mapping[str, Any]) -> Turn:
    caption = made.get("image_caption")
    text = made["text"] + (f" [shares {caption}]" if caption else "")
    time = datetime.strptime(session["date_time"], "%I:%M %p on %d %B, %Y").replace(tzinfo=timezone.utc)
    return Turn(text, made["speaker"], time, str(session["session"]), made["dia_id"])


def _question(made: Mapping[str, Any], known: set[str]) -> Question:
    named = (f"D{int(a)}:{int(b)}" for text in made["evidence"] for a, b in _ID.findall(text))
    return Question(made["question"], tuple(dict.fromkeys(x for x in named if x in known)), str(made["category"]))
