"""Texts of the command line: a line, a row of JSONL, or a whole file each."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass

from tamis.edge.cli.command import Arguments
from tamis.errors import UnreadableInput
from tamis.io.files import STDIN, read_text
from tamis.io.inputs import expand

MEGABYTES = 64
UNITS = ("auto", "lines", "files")


class NoveltyArguments(Arguments):
    """What both steps are told of their inputs."""

    files: list[str]
    field: str
    unit: str
    max_mb: int


@dataclass(frozen=True, slots=True)
class SourceText:
    """A text, its file, and the line that it begins on."""

    text: str
    name: str
    line: int


def add_texts(parser: argparse.ArgumentParser) -> None:
    """The options that say which texts are meant."""
    parser.add_argument("files", nargs="*", metavar="FILE", help="texts; - is stdin (the default)")
    parser.add_argument("--field", default="text", metavar="NAME", help="of a row of JSONL: its text (text)")
    parser.add_argument(
        "--unit",
        default="auto",
        choices=UNITS,
        help="what a text is: a line, a file, or by default a row of .jsonl, a line of stdin, else a file",
    )
    parser.add_argument(
        "--max-mb",
        type=int,
        default=MEGABYTES,
        metavar="N",
        help=f"refuse files larger than this many MB ({MEGABYTES})",
    )


def read_texts(arguments: NoveltyArguments) -> list[SourceText]:
    """All texts, blank lines left out.

    Raises:
        UnreadableInput: a file that cannot be read, or a row without a text.
    """
    return [text for path in expand(arguments.files or [STDIN]) for text in _texts(path, arguments)]


def _texts(path: str, arguments: NoveltyArguments) -> Iterator[SourceText]:
    whole = read_text(path, limit=arguments.max_mb)
    rows = path.endswith((".jsonl", ".ndjson"))
    if arguments.unit == "files" or (arguments.unit == "auto" and not rows and path != STDIN):
        yield SourceText(whole, path, 1)
        return
    for number, line in enumerate(whole.splitlines(), 1):
        if line.strip():
            yield SourceText(_field(line, path, number, arguments.field) if rows else line, path, number)


def _field(line: str, path: str, number: int, field: str) -> str:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise UnreadableInput(f"{path}:{number} is no JSON: {error}.", hint="Each line is one object.") from error
    text = row if isinstance(row, str) else row.get(field) if isinstance(row, dict) else None
    if not isinstance(text, str):
        hint = "Name the field that has the text: --field NAME."
        raise UnreadableInput(f"{path}:{number} has no text {field!r}: {line[:60]!r}.", hint=hint)
    return text
