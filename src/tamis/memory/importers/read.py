"""A file, a folder or an archive, and the turns of the talk in it."""

from __future__ import annotations

import zipfile
from pathlib import Path

from tamis.errors import TamisError, UnreadableInput, unknown
from tamis.memory.importers.parsed import Parsed, collect
from tamis.memory.importers.table import IMPORTERS
from tamis.memory.importers.talk import FORMS, Folder, Talk, UnfitTalk

_ANYWAY = {"lines": "messages", "archive": "messages", "channels": "slack"}
"""What reads a form of talk where a kind was number_titles that does not come in it."""


def read_talk(
    path: str | Path,
    kind: str = "auto",
    *,
    text: str | None = None,
    session: str | None = None,
    day_first: bool | None = None,
) -> Parsed:
    """The turns of a file, a folder or a zip archive.

    kind -- a name in `IMPORTERS`, or "auto" to see it from the talk
    text -- what the file holds, if it was read already (standard input)
    session -- name of the session, for kinds that have only one; the file's name by default
    day_first -- of dates in WhatsApp exports: whether 3/4 is the 3rd of April; None to see it from the dates

    Raises:
        UnreadableInput: it cannot be read, or is not of that kind; nothing is guessed.
        InvalidTurn: a message that no turn can be made of.
        UnknownName: no such kind.
    """
    if kind not in ("auto", *IMPORTERS):
        raise unknown("kind of talk", kind, ("auto", *IMPORTERS))
    place = Path(path)
    try:
        talk = _talk(place, text, place.stem if session is None else session, day_first=day_first)
        name = _kind(talk, kind)
        return collect(name, IMPORTERS[name].parse(talk))
    except TamisError:
        raise
    except UnfitTalk as error:
        raise UnreadableInput(str(error), hint=_advice()) from error
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError, zipfile.BadZipFile) as error:
        message = f"{str(path)!r} is not what it seemed to be: {error!r:.200}."
        raise UnreadableInput(message, hint=_advice()) from error


def _talk(place: Path, text: str | None, name: str, *, day_first: bool | None) -> Talk:
    if text is None and (place.is_dir() or zipfile.is_zipfile(place)):
        return Talk(place.stem, folder=Folder(place), day_first=day_first)
    text = _read(place) if text is None else text
    return Talk(name, text.removeprefix("\ufeff"), day_first=day_first)


def _kind(talk: Talk, kind: str) -> str:
    """The name of the importer that reads a talk."""
    forms = FORMS if kind == "auto" else IMPORTERS[kind].forms
    if talk.folder is not None and (not talk.forms or ("channels" in forms and set(forms).isdisjoint(talk.forms))):
        raise UnfitTalk(f"{str(talk.folder.path)!r} holds no talk that is known.")
    if kind == "auto":
        return next(name for name, importer in IMPORTERS.items() if importer.detect(talk))
    if not set(forms).isdisjoint(talk.forms):
        return kind
    if talk.forms == ("text",):
        raise UnfitTalk(f"{talk.name!r} is no JSON.")
    return _ANYWAY[talk.forms[0]]


def _advice() -> str:
    return f"Name what it is with the kind: {', '.join(IMPORTERS)}."


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableInput(
            f"{str(path)!r} cannot be read: {error}.", hint="Give a file of text in UTF-8."
        ) from error
