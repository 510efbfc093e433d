"""Which kind of talk a file, a folder or an archive holds, and its turns."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from tamis.errors import TamisError, UnreadableInput, unknown
from tamis.memory.importers.chats import chatgpt, claude, messages
from tamis.memory.importers.parsed import Parsed, gathered
from tamis.memory.importers.plain import is_whatsapp, transcript, whatsapp
from tamis.memory.importers.slack import slack

KINDS = ("auto", "chatgpt", "claude", "slack", "whatsapp", "messages", "text")
_ADVICE = "Name what it is with the kind: " + ", ".join(KINDS[1:]) + "."


def read_talk(
    path: str | Path,
    kind: str = "auto",
    *,
    text: str | None = None,
    session: str | None = None,
    day_first: bool | None = None,
) -> Parsed:
    """The turns of a file, a folder or a zip archive.

    text -- what the file holds, if it was read already (standard input)
    session -- name of the session, for kinds that have only one; the file's name by default
    day_first -- of dates in WhatsApp exports: whether 3/4 is the 3rd of April; None to see it from the dates

    Raises:
        UnreadableInput: it cannot be read, or is not of that kind; nothing is guessed.
        InvalidTurn: a message that no turn can be made of.
        UnknownName: no such kind.
    """
    if kind not in KINDS:
        raise unknown("kind of talk", kind, KINDS)
    place = Path(path)
    name = place.stem if session is None else session
    try:
        if text is None and (place.is_dir() or zipfile.is_zipfile(place)):
            return _of_files(_Folder(place), kind)
        return _of_text(_read(place) if text is None else text, kind, name, day_first=day_first)
    except TamisError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError, zipfile.BadZipFile) as error:
        said = f"{str(path)!r} is not what it seemed to be: {error!r:.200}."
        raise UnreadableInput(said, hint=_ADVICE) from error


class _Folder:
    """The files of a folder or of an archive, by their path within it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.zip = None if path.is_dir() else zipfile.ZipFile(path)
        names = self.zip.namelist() if self.zip else [str(p.relative_to(path)) for p in path.rglob("*.json")]
        self.names = sorted(name for name in names if name.endswith(".json") and "__MACOSX" not in name)

    def json(self, name: str) -> Any:
        data = self.zip.read(name) if self.zip else (self.path / name).read_bytes()
        return _json(data.decode("utf-8-sig"), f"{self.path}/{name}")


def _of_files(folder: _Folder, kind: str) -> Parsed:
    talks = next((name for name in folder.names if Path(name).name == "conversations.json"), None)
    if talks is not None and kind != "slack":
        return _of_json(folder.json(talks), kind, folder.path.stem)
    if any("/" in name or "\\" in name for name in folder.names):
        users = next((name for name in folder.names if Path(name).name == "users.json"), None)
        return gathered("slack", slack(_days(folder), folder.json(users) if users else ()))
    raise UnreadableInput(f"{str(folder.path)!r} holds no talk that is known.", hint=_ADVICE)


def _days(folder: _Folder) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    for name in folder.names:
        if len(Path(name).parts) > 1:
            yield Path(name).parent.name, [one for one in folder.json(name) if one.get("type", "message") == "message"]


def _of_text(text: str, kind: str, name: str, *, day_first: bool | None) -> Parsed:
    text = text.removeprefix("\ufeff")
    if kind == "whatsapp" or (kind == "auto" and is_whatsapp(text)):
        return gathered("whatsapp", whatsapp(text, name, day_first=day_first))
    if kind == "text":
        return gathered("text", transcript(text, name))
    if text.lstrip()[:1] in ("{", "["):
        with suppress(UnreadableInput):
            return _of_json(_json(text, name), kind, name)
        return gathered("messages", messages(_lines(text, name), name))
    if kind == "auto":
        return gathered("text", transcript(text, name))
    raise UnreadableInput(f"{name!r} is no JSON.", hint=_ADVICE)


def _of_json(made: Any, kind: str, name: str) -> Parsed:
    values = made if isinstance(made, list) else [made]
    first = values[0] if values and isinstance(values[0], Mapping) else {}
    if kind == "chatgpt" or (kind == "auto" and "mapping" in first):
        return gathered("chatgpt", chatgpt(values))
    if kind == "claude" or (kind == "auto" and "chat_messages" in first):
        return gathered("claude", claude(values))
    if kind == "slack" or (kind == "auto" and "ts" in first):
        return gathered("slack", slack([(name, values)], ()))
    return gathered("messages", messages(values, name))


def _lines(text: str, name: str) -> list[Any]:
    return [_json(line, f"{name}, line {number}") for number, line in enumerate(text.splitlines(), 1) if line.strip()]


def _json(text: str, name: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableInput(f"{name!r} is no JSON: {error}.", hint=_ADVICE) from error


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableInput(
            f"{str(path)!r} cannot be read: {error}.", hint="Give a file of text in UTF-8."
        ) from error
