"""Journals of long runs: files of lines that only grow. Killed, a run goes on where it was, and no row is there twice.

`LineFile` is the mechanism: one process at a time (a lock of the system, which even SIGKILL releases), a line that
counts once it is on the disk (written, flushed, fsync), nothing left of a line that a crash or a full disk tore.
`Journal` keeps JSON rows by key on top of it.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

from tamis.errors import InvalidInput, OutputError, UnreadableInput
from tamis.io.files import sync

Row: TypeAlias = Mapping[str, Any]
ELSEWHERE = "Name another file, or delete this one."
_UNLOCKABLE = {errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP}  # of file systems that know no locks


class JournalBusy(InvalidInput):
    """A journal that another process is writing."""


def whole_lines(data: bytes) -> list[bytes]:
    """The lines that ended, without their ends: what follows the last end is what a kill left."""
    return data.split(b"\n")[:-1]


class LineFile:
    """An open file of lines, for appending; a context manager that closes it. Not for several threads.

    Attributes:
        path: of the file.
        dropped: bytes at its end that were no whole line, or that did not count; cut off when it was opened.
    """

    def __init__(
        self, path: Path, count: Callable[[Sequence[bytes]], int] = len, *, hint: str = "", full: str = ""
    ) -> None:
        """Open the file, or begin it; its folder is there.

        Args:
            path: of the file.
            count: takes the whole lines and returns how many of them, from the first on, count. What it raises leaves
                the file as it is.
            hint: what to do where the file cannot be opened.
            full: what to do where it cannot be written.

        Raises:
            JournalBusy: another process writes it.
            OutputError: it cannot be opened or cut.
        """
        self.path, self._full = path, full
        with contextlib.ExitStack() as opened:
            try:
                self._file: BinaryIO = opened.enter_context(_open(path))
                data = self._file.read()
            except OSError as error:
                raise OutputError(f"Cannot open {str(path)!r}: {error.strerror}.", hint=hint) from error
            lines = whole_lines(data)
            self._end = sum(len(line) + 1 for line in lines[: count(lines)])
            self.dropped = len(data) - self._end
            if self.dropped:
                self._cut()
            sync(path.parent)
            opened.pop_all()

    def append(self, line: bytes) -> None:
        """Add a line, which holds no end of line; it is on the disk when this returns.

        Raises:
            OutputError: it cannot be written (a full disk, ...); nothing of it is left in the file.
        """
        try:
            _write(self._file, line + b"\n")
            os.fsync(self._file.fileno())
        except OSError as error:
            with contextlib.suppress(OSError):
                os.ftruncate(self._file.fileno(), self._end)
            raise OutputError(f"Cannot write {str(self.path)!r}: {error.strerror}.", hint=self._full) from error
        self._end += len(line) + 1

    def close(self) -> None:
        """Close the file, and let others write it."""
        self._file.close()

    def __enter__(self) -> LineFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _cut(self) -> None:
        try:
            os.ftruncate(self._file.fileno(), self._end)
            os.fsync(self._file.fileno())
        except OSError as error:
            raise OutputError(f"Cannot write {str(self.path)!r}: {error.strerror}.", hint=self._full) from error


class Journal:
    """JSON rows by key in a file that only grows; without a path in memory alone. A context manager that closes it.

    The first line says what run it is of.

    Attributes:
        path: of the file, or None.
        rows: key -> row, all that is there.
    """

    def __init__(self, path: Path | None, *, run: Row) -> None:
        """Open the run's file, or begin it.

        Args:
            path: of the file; its folder is there.
            run: the settings that its rows depend on.

        Raises:
            InvalidInput: the file holds a run with other settings, or another process writes it.
            UnreadableInput: some whole line is no row.
            OutputError: it cannot be read or written.
        """
        self.path, self.rows = path, dict[str, Row]()
        self._run: Row = json.loads(json.dumps(run))
        self._empty = True
        self._lines = LineFile(path, self._read, hint=ELSEWHERE) if path else None
        if self._empty:
            self._begin()

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

    def close(self) -> None:
        """Close the file, and let others write it."""
        if self._lines is not None:
            self._lines.close()

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _begin(self) -> None:
        try:
            self._write({"key": "run", "run": self._run})
        except OutputError:
            self.close()
            raise

    def _write(self, row: Row) -> None:
        if self._lines is not None:
            self._lines.append(json.dumps(row).encode())

    def _read(self, lines: Sequence[bytes]) -> int:
        rows = [_parsed(self.path, number, line) for number, line in enumerate(lines, 1)]
        self._empty = not rows
        if rows and rows[0].get("run") != self._run:
            odd = sorted(name for name in self._run if _setting(rows[0], name) != self._run[name])
            raise InvalidInput(f"{str(self.path)!r} is of another run: {', '.join(odd)} differ.", hint=ELSEWHERE)
        self.rows.update((str(row["key"]), row) for row in rows[1:])
        return len(lines)


def _setting(row: Row, name: str) -> Any:
    run = row.get("run")
    return run.get(name) if isinstance(run, dict) else None


def _parsed(path: Path | None, number: int, line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError:
        row = None
    if not isinstance(row, dict) or "key" not in row:
        raise UnreadableInput(f"Line {number} of {str(path)!r} is no row: {line[:60]!r}.", hint=ELSEWHERE)
    return row


def _open(path: Path) -> BinaryIO:
    """The file, locked; unbuffered, so that what is left of a failed write is in the file alone."""
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
    file: BinaryIO = os.fdopen(os.open(path, flags, 0o666), "r+b", buffering=0)
    try:
        _lock(file.fileno(), path)
    except BaseException:
        file.close()
        raise
    return file


def _write(file: BinaryIO, data: bytes) -> None:
    """Write all of it: the system may take only a part at a time."""
    while data:
        data = data[file.write(data) :]


def _lock(descriptor: int, path: Path) -> None:
    """Lock a file for as long as it is open, where its system can."""
    try:
        try:
            import fcntl
        except ImportError:  # Windows
            import msvcrt

            os.lseek(descriptor, 1 << 40, os.SEEK_SET)  # a byte behind any journal: locked bytes cannot be read
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
            os.lseek(descriptor, 0, os.SEEK_SET)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _UNLOCKABLE:
            return
        hint = "Wait for it, or stop it with Ctrl-C: what it has written is kept."
        raise JournalBusy(f"Another process is writing {str(path)!r}.", hint=hint) from error
