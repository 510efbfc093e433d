"""What a file, a folder or an archive holds, before anyone knows which kind of talk it is; and what an importer is."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tamis.memory.types import Turn

FORMS = ("text", "value", "lines", "archive", "channels")
"""Of a talk: plain text, a JSON value, JSON lines, a folder with `conversations.json`, a folder of folders of JSON."""


class UnfitTalk(ValueError):
    """What was to be read is not what an importer reads; `read_talk` says what else it could be."""


class Folder:
    """The JSON files of a folder or of an archive, by their path within it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.zip = None if path.is_dir() else zipfile.ZipFile(path)
        names = self.zip.namelist() if self.zip else [str(p.relative_to(path)) for p in path.rglob("*.json")]
        self.names = sorted(name for name in names if name.endswith(".json") and "__MACOSX" not in name)

    def find(self, name: str) -> str | None:
        """The path of the first file of that name, in whichever folder."""
        return next((path for path in self.names if Path(path).name == name), None)

    def json(self, name: str) -> Any:
        """The value of a file."""
        data = self.zip.read(name) if self.zip else (self.path / name).read_bytes()
        return read_json(data.decode("utf-8-sig"), f"{self.path}/{name}")


@dataclass(frozen=True, eq=False)
class Talk:
    """A talk of a kind that is yet to be seen.

    Attributes:
        name: of its session, for kinds that have only one.
        text: of a file; "" for a folder.
        folder: None for a file.
        day_first: of dates in WhatsApp exports: whether 3/4 is the 3rd of April; None to see it from the dates.
    """

    name: str
    text: str = ""
    folder: Folder | None = None
    day_first: bool | None = None

    @cached_property
    def forms(self) -> tuple[str, ...]:
        """In which of `FORMS` it is there; none for a folder without any talk."""
        if self.folder is not None:
            nested = any("/" in name or "\\" in name for name in self.folder.names)
            archive = self.folder.find("conversations.json") is not None
            return ("archive",) * archive + ("channels",) * nested
        if self.text.lstrip()[:1] not in ("{", "["):
            return ("text",)
        return ("lines",) if self._value is None else ("value",)

    @cached_property
    def _value(self) -> Any:
        """The JSON value of all of it; None where there is none."""
        if self.folder is not None:
            path = self.folder.find("conversations.json")
            return None if path is None else self.folder.json(path)
        with suppress(UnfitTalk):
            return read_json(self.text, self.name) if self.text.lstrip()[:1] in ("{", "[") else None
        return None

    @property
    def values(self) -> list[Any]:
        """The elements of its JSON list; one that is no list is an element; those of JSON lines, line by line."""
        if self._value is None and self.folder is None:
            lines = enumerate(self.text.splitlines(), 1)
            return [read_json(line, f"{self.name}, line {number}") for number, line in lines if line.strip()]
        return self._value if isinstance(self._value, list) else [self._value]

    @property
    def first(self) -> Mapping[str, Any]:
        """The first JSON object of the list; an empty one where it is something else."""
        head = next(iter(self.values), None) if self._value is not None else None
        return head if isinstance(head, Mapping) else {}


@dataclass(frozen=True, slots=True)
class Importer:
    """What reads one kind of talk.

    Attributes:
        help: what it reads, in a few words.
        detect: whether a talk is of this kind, seen from its beginning.
        parse: its turns in order; text in place of a turn is the reason why a message was left out.
        forms: in which a talk of this kind comes.
    """

    help: str
    detect: Callable[[Talk], bool]
    parse: Callable[[Talk], Iterator[Turn | str]]
    forms: tuple[str, ...] = FORMS


def read_json(text: str, name: str) -> Any:
    """The value of a JSON text.

    Raises:
        UnfitTalk: it is none; the message says which text, by name.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnfitTalk(f"{name!r} is no JSON: {error}.") from error
