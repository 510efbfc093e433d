"""Talks in plain text: WhatsApp exports, and transcripts with "Name: words" in each line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timezone

from tamis.memory.importers.parsed import clean
from tamis.memory.importers.talk import Importer
from tamis.memory.types import Turn

_HEAD = re.compile(
    r"^[\u200e\u200f\u202a\ufeff]*\[?(?P<a>\d{1,4})[./-](?P<b>\d{1,2})[./-](?P<c>\d{2,4}),?\s+"
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d\d)(?:[:.](?P<second>\d\d))?(?:\s*(?P<half>[ap])\.?\s?m\.?)?\]?"
    r"(?:\s+[-–]\s+|\s+)(?P<rest>.*)$",
    re.IGNORECASE,
)
_SPOKEN = re.compile(r"^[\u200e\u202a]*(?P<speaker>[^:\n]{1,60}?):\s(?P<text>.*)$", re.DOTALL)
_MEDIA = re.compile(
    r"^[\u200e\s]*(?:<[^>]*(?:omitted|attached)[^>]*>|\S+ omitted|null|.{0,80}\(file attached\))\s*$", re.IGNORECASE
)
_LINE = re.compile(r"^(?P<speaker>[^\s:][^:\n]{0,39}):[ \t]+(?P<text>\S.*)$")


def is_whatsapp(text: str) -> bool:
    """Whether most lines that begin like a message of WhatsApp's begin the text."""
    first = [line for line in text.splitlines()[:20] if line.strip()]
    return bool(first) and _HEAD.match(first[0]) is not None


def whatsapp(text: str, chat: str, *, day_first: bool | None = None) -> Iterator[Turn | str]:
    """Turns of a WhatsApp export, a session a day. Times are taken for UTC, since the export names no zone.

    day_first -- whether 3/4 is the 3rd of April; None to see it from the dates, and else yes
    """
    heads = [match for line in text.splitlines() if (match := _HEAD.match(line))]
    first = _day_first(heads) if day_first is None else day_first
    lines: list[str] = []
    time: datetime | None = None
    for line in text.splitlines():
        match = _HEAD.match(line)
        stamp = _time(match, day_first=first) if match else None
        if match is None or stamp is None:
            lines.append(line)
            continue
        if time is not None:
            yield _message("\n".join(lines), time, chat)
        lines, time = [match["rest"]], stamp
    if time is not None:
        yield _message("\n".join(lines), time, chat)


def _message(text: str, time: datetime, chat: str) -> Turn | str:
    match = _SPOKEN.match(text)
    if match is None:
        return "system"
    words = clean(match["text"]).strip()
    if _MEDIA.match(words):
        return "media"
    return Turn(words, clean(match["speaker"]).strip(), time, f"{chat} {time:%Y-%m-%d}".strip())


def _day_first(heads: list[re.Match[str]]) -> bool:
    """Seen from a number above 12; the day comes first in most of the world, and so where nothing says otherwise."""
    if any(int(head["a"]) > 12 for head in heads):
        return True
    return not any(int(head["b"]) > 12 for head in heads)


def _time(head: re.Match[str], *, day_first: bool) -> datetime | None:
    a, b, c = int(head["a"]), int(head["b"]), int(head["c"])
    year, month, day = (a, b, c) if a > 31 else (c, b, a) if day_first else (c, a, b)
    hour = int(head["hour"])
    if head["half"]:
        hour = hour % 12 + (12 if head["half"].lower() == "p" else 0)
    try:
        second = int(head["second"] or 0)
        return datetime(
            year + 2000 if year < 100 else year, month, day, hour, int(head["minute"]), second, tzinfo=timezone.utc
        )
    except ValueError:
        return None  # a line of text that only looks like a date


def transcript(text: str, session: str) -> Iterator[Turn | str]:
    """Turns of a text: a line "Name: words" begins one where most paragraphs do so; else each paragraph is one."""
    blocks = [block.strip() for block in re.split(r"\n\s*\n", text) if block.strip()]
    lines = [line for line in text.splitlines() if line.strip()]
    if sum(_LINE.match(line) is not None for line in lines) < 0.4 * len(lines):
        yield from (Turn(clean(block), session=session) for block in blocks)
        return
    speaker, lines_of_turn = "", list[str]()
    for line in lines:
        match = _LINE.match(line)
        if match is None:
            lines_of_turn.append(line)
            continue
        if lines_of_turn:
            yield Turn(clean("\n".join(lines_of_turn)), speaker, session=session)
        speaker, lines_of_turn = clean(match["speaker"]), [match["text"]]
    if lines_of_turn:
        yield Turn(clean("\n".join(lines_of_turn)), speaker, session=session)


PLAIN = ("text", "value", "lines")
WHATSAPP = Importer(
    "an export of WhatsApp, as text",
    lambda talk: is_whatsapp(talk.text),
    lambda talk: whatsapp(talk.text, talk.name, day_first=talk.day_first),
    PLAIN,
)
TRANSCRIPT = Importer(
    'transcripts ("Name: words") and notes, in plain text',
    lambda talk: talk.forms == ("text",),
    lambda talk: transcript(talk.text, talk.name),
    PLAIN,
)
