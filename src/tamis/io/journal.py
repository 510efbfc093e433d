"""What a long run has found, one JSON object a line: killed, it goes on where it was, and no row is there twice."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from tamis.errors import InvalidInput, OutputError, UnreadableInput

Row: TypeAlias = Mapping[str, Any]
ELSEWHERE = "Name another file, or delete this one."


class Journal:
    """Rows by key, kept in a file that only grows; without a path in memory alone.

    The first line says what run it is of. A row counts once its line has ended: what follows the last end of a line is
    what a kill left, and is cut off. One process writes it at a time.
    """

    def __init__(self, path: Path | None, *, run: Row) -> None:
        """Open the run's file, or begin it.

        Args:
            path: of the file; its folder is there.
            run: the settings that its rows depend on.

        Raises:
            InvalidInput: the file holds a run with other settings.
            UnreadableInput: some whole line is no row.
            OutputError: it cannot be read or written.
        """
        self.path, self.rows = path, dict[str, Row]()
        told = json.loads(json.dumps(run))
        lines = _whole_lines(path) if path else []
        rows = [_parsed(path, number, line) for number, line in enumerate(lines, 1)]
        if not rows:
            self._write({"key": "run", "run": told})
        elif rows[0].get("run") != told:
            odd = sorted(name for name in told if _named(rows[0], name) != told[name])
            raise InvalidInput(f"{str(path)!r} is of another run: {', '.join(odd)} differ.", hint=ELSEWHERE)
        self.rows.update((str(row["key"]), row) for row in rows[1:])

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
        if self.path is None:
            return
        try:
            with self.path.open("ab") as file:
                file.write(json.dumps(row).encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise OutputError(f"Cannot write {str(self.path)!r}: {error.strerror}.") from error


def _named(row: Row, name: str) -> Any:
    run = row.get("run")
    return run.get(name) if isinstance(run, dict) else None


def _whole_lines(path: Path) -> list[bytes]:
    """The lines that ended; what follows them is cut off in the file, too."""
    try:
        data = path.read_bytes() if path.exists() else b""
        whole = data.rfind(b"\n") + 1
        if whole < len(data):
            os.truncate(path, whole)
    except OSError as error:
        raise OutputError(f"Cannot open {str(path)!r}: {error.strerror}.", hint=ELSEWHERE) from error
    return data[:whole].splitlines()


def _parsed(path: Path | None, number: int, line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError:
        row = None
    if not isinstance(row, dict) or "key" not in row:
        raise UnreadableInput(f"Line {number} of {str(path)!r} is no row: {line[:60]!r}.", hint=ELSEWHERE)
    return row
