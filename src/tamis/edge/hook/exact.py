"""Which results stay word for word: files that are read in order to be changed, and what was asked for line by line.

An agent that edits must name the old text exactly. What is left of a shortened file is exact, but what lies across a
gap is not there, so its edit would fail, or be guessed. Data and logs are read to know something, and are shortened.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

READS = frozenset(("Read", "NotebookRead", "view", "read", "read_file", "ReadFile", "str_replace_editor", "open"))
"""Tools that show a file; those that write or edit one have no long results."""
_SHOW = frozenset(("cat", "bat", "batcat", "head", "tail", "less", "more", "nl"))
_LINES = frozenset(("sed", "awk"))  # by which agents ask for lines
_DATA = frozenset(("log", "logs", "out", "output", "txt", "json", "jsonl", "ndjson", "geojson", "csv", "tsv"))
_SYSTEM = ("/proc/", "/sys/", "/var/log/", "<", ">")
_SPLIT = re.compile(r"&&|\|\||;|\n")
_BEFORE = r"(?:^|[;&|(\n])\s*(?:\w+=\S*\s+)*(?:uv\s+run\s+|uvx\s+)?"  # where a command begins
_OURS = re.compile(_BEFORE + r"(?:'[^'\n]*/tamis'|(?:\S*/)?(?:python[\d.]*\s+-m\s+)?tamis)\s")


def exact(tool: str, arguments: Mapping[str, Any], *, reads: bool = False) -> str:
    """Why a result stays word for word; "" where it need not.

    reads -- files that are read are shortened, too
    """
    command = next((arguments[name] for name in ("command", "cmd") if isinstance(arguments.get(name), str)), "")
    if _OURS.search(command):
        return "it is what was asked of tamis"
    if reads:
        return ""
    if tool in READS:
        return "a file that is read may be edited"
    return next(("a file that is shown may be edited" for part in _parts(command) if _shows(part)), "")


def _parts(command: str) -> Iterator[list[str]]:
    """The words of the commands that stand first in their pipes."""
    for part in _SPLIT.split(command):
        first, *rest = part.split("|")
        if all(word.split()[:1] in (["head"], ["tail"], ["cat"]) for word in rest):  # others choose lines themselves
            try:
                yield shlex.split(first)
            except ValueError:
                yield first.split()


def _shows(words: list[str]) -> bool:
    """Whether a command prints a file that one edits, or lines of one that it names."""
    if not words:
        return False
    name, plain = PurePosixPath(words[0]).name, [word for word in words[1:] if not word.startswith("-")]
    if name in _LINES:
        return len(plain) > 1
    if name == "git":
        return len(plain) > 1 and plain[0] == "show" and ":" in plain[1]
    files = [word for word in plain if not word.isdigit()]
    return name in _SHOW and any(_edited(file) for file in files)


def _edited(file: str) -> bool:
    """Whether a file is one that is edited: no data, no log, nothing that the system shows as a file."""
    return PurePosixPath(file).suffix[1:].lower() not in _DATA and not file.startswith(_SYSTEM)
