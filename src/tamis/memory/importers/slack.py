"""Slack exports: a folder of channels with one JSON file a day, and `users.json` with the names."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from tamis.memory.importers.parsed import clean
from tamis.memory.importers.talk import Folder, Importer, Talk
from tamis.memory.types import Turn

_JOINED = {
    "channel_join",
    "channel_leave",
    "channel_topic",
    "channel_purpose",
    "channel_name",
    "bot_add",
    "pinned_item",
}
_MARK = re.compile(r"<([@#!]?)([^|>]*)(?:\|([^>]*))?>")

Days = Iterable[tuple[str, list[Mapping[str, Any]]]]


def slack(days: Days, users: Iterable[Mapping[str, Any]]) -> Iterator[Turn | str]:
    """Turns of a Slack export; a thread is a session of its own, the rest of a channel one a day.

    days -- (channel, messages of one day), in the order of time within a channel
    """
    names = {str(user.get("id")): _name(user) for user in users}
    for channel, messages in days:
        for message in messages:
            yield _turn(message, channel, names)


def _turn(message: Mapping[str, Any], channel: str, names: Mapping[str, str]) -> Turn | str:
    if message.get("subtype") in _JOINED:
        return "system"
    text = clean(_plain(str(message.get("text") or ""), names))
    if not text.strip():
        return "media" if message.get("files") else "empty"
    time = datetime.fromtimestamp(float(message["ts"]), timezone.utc)
    thread = message.get("thread_ts")
    began = datetime.fromtimestamp(float(thread), timezone.utc) if thread else time
    session = f"#{channel} {began:%Y-%m-%d}" + (f" {began:%H:%M:%S} thread" if thread else "")
    who = str(message.get("user") or message.get("bot_id") or "")
    speaker = names.get(who) or _name(message.get("user_profile") or {}) or str(message.get("username") or who)
    return Turn(text, speaker, time, session, f"{channel}-{message['ts']}")


def _name(user: Mapping[str, Any]) -> str:
    profile = user.get("profile") or user
    names = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"), user.get("name"))
    return next((str(name) for name in names if name), "")


def _plain(text: str, names: Mapping[str, str]) -> str:
    """Slack's marks as people read them: <@U1> -> @Ann, <https://x|label> -> label (https://x)."""

    def shown(match: re.Match[str]) -> str:
        kind, what, label = match.groups()
        if kind == "@":
            return f"@{label or names.get(what, what)}"
        if kind == "#":
            return f"#{label or what}"
        if kind == "!":
            return f"@{label or what}"
        return f"{label} ({what})" if label and label != what else what

    return html.unescape(_MARK.sub(shown, text))


def _of_talk(talk: Talk) -> Iterator[Turn | str]:
    """Turns of a folder of channels, or of the messages of one day."""
    if talk.folder is None or "channels" not in talk.forms:
        return slack([(talk.name, talk.values)], ())
    users = talk.folder.find("users.json")
    return slack(_days(talk.folder), talk.folder.json(users) if users else ())


def _days(folder: Folder) -> Days:
    for name in folder.names:
        if len(Path(name).parts) > 1:
            messages = [value for value in folder.json(name) if value.get("type", "message") == "message"]
            yield Path(name).parent.name, messages


SLACK = Importer(
    "an export of Slack: a folder or archive of channels, or the messages of one day",
    lambda talk: "ts" in talk.first or talk.forms == ("channels",),
    _of_talk,
    ("value", "channels"),
)
