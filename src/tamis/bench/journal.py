"""Rows of a long run, one JSON object a line: a killed run goes on where it was, no row is there twice."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tamis.errors import InvalidInput, OutputError, UnreadableInput

Row = Mapping[str, Any]


class Journal:
    """A file that only grows. Its first line says what run it is of; one process writes it at a time.

    A row counts once its line has ended: half a line at the end is what a kill left, and is cut off.
    """

    def __init__(self, path: Path, *, run: Row) -> None:
        """Open the run's file, or begin it.

        Args:
            path: of the file; its folder is there.
            run: the settings that its rows depend on.

        Raises:
            InvalidInput: the file holds a run with other settings.
            UnreadableInput: a line before the last is no row.
            OutputError: it cannot be written.
        """
        self.path = path
        self.rows: dict[str, Row] = {}
        lines = _whole_lines(path)
        if not lines:
            self._write({"run": run})
            return
        found = _parsed(path, lines[0]).get("run")
        if found != json.loads(json.dumps(run)):
            raise InvalidInput(f"{str(path)!r} is of another run: {found!r}.", hint="Name another place.")
        for line in lines[1:]:
            row = _parsed(path, line)
            self.rows[str(row.get("key"))] = row

    def add(self, key: str, row: Row) -> None:
        """Append one row; it is on the disk when this returns.

        Raises:
            InvalidInput: there is a row of that key.
            OutputError: it cannot be written.
        """
        if key in self.rows:
            raise InvalidInput(f"The row {key!r} is already there.", hint="Ask `rows` first.")
        whole = {"key": key, **{name: value for name, value in row.items() if name != "key"}}
        self._write(whole)
        self.rows[key] = whole

    def _write(self, row: Row) -> None:
        try:
            with self.path.open("ab") as file:
                file.write(json.dumps(row).encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise OutputError(f"Cannot write {str(self.path)!r}: {error.strerror}.") from error


def _whole_lines(path: Path) -> list[bytes]:
    """The lines that ended; what follows them is cut off in the file too."""
    try:
        data = path.read_bytes() if path.exists() else b""
        whole = data.rfind(b"\n") + 1
        if whole < len(data):
            os.truncate(path, whole)
    except OSError as error:
        raise OutputError(f"Cannot open {str(path)!r}: {error.strerror}.") from error
    return data[:whole].splitlines()


def _parsed(path: Path, line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError:
        row = None
    if not isinstance(row, dict):
        raise UnreadableInput(f"{str(path)!r} has a line that is no row: {line[:60]!r}.", hint="Name another place.")
    return row
