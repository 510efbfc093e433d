"""The journal of paid answers: a JSONL file that only grows. What it holds is never asked again.

A line counts once it is on the disk (written, flushed, fsync). A line that a crash tore is dropped when the journal is
opened again; a line that cannot be read anywhere else means that the file was changed by hand, and is an error. One
process at a time may append: it holds a lock of the system, which even SIGKILL releases.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from tamis.errors import InvalidInput, OutputError


@dataclass(frozen=True, slots=True)
class Answer:
    """What the teacher said.

    Attributes:
        key: of the request (`Wording.key`).
        chunk: id of the chunk.
        text: the shortened text.
        finish: why it ended: "stop" when it was done, "length" when it was cut off.
        tokens_in, tokens_out: as the server counted them, else as we did.
        counted: True where we did.
    """

    key: str
    chunk: str
    text: str
    finish: str
    tokens_in: int
    tokens_out: int
    counted: bool = False


class Journal:
    """An open journal; obtained from `open_journal`. Not for several threads."""

    def __init__(self, path: Path, file: BinaryIO, answers: dict[str, Answer], dropped: int) -> None:
        self.path, self.answers, self.dropped = path, answers, dropped
        self._file, self._end = file, file.seek(0, os.SEEK_END)

    def append(self, answer: Answer) -> None:
        """Put an answer on the disk; when this returns, it is paid for good.

        Raises:
            OutputError: it cannot be written (a full disk, ...); nothing of it is left in the file.
        """
        assert answer.key not in self.answers, f"{answer.key} was asked twice"
        line = json.dumps(asdict(answer), ensure_ascii=True).encode() + b"\n"
        try:
            self._file.write(line)
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            with contextlib.suppress(OSError):
                os.ftruncate(self._file.fileno(), self._end)
            hint = "Make room and run again: all other answers are kept, this one is asked once more."
            raise OutputError(f"Cannot write {str(self.path)!r}: {error.strerror}.", hint=hint) from error
        self._end += len(line)
        self.answers[answer.key] = answer


@contextlib.contextmanager
def open_journal(path: Path) -> Iterator[Journal]:
    """The journal at `path` for appending, made if it is missing; a torn last line is cut off.

    Raises:
        InvalidInput: another process appends to it, or a line in its middle is damaged.
        OutputError: it cannot be opened.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
    except OSError as error:
        raise OutputError(f"Cannot open {str(path)!r}: {error.strerror}.", hint="Choose another folder.") from error
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        _lock(descriptor, path)
        answers, end = _parsed(file.read(), path)
        dropped = file.seek(0, os.SEEK_END) - end
        if dropped:
            file.truncate(end)
            os.fsync(descriptor)
        _settle(path.parent)
        yield Journal(path, _Whole(file), answers, dropped)  # type: ignore[arg-type]


class _Whole:
    """A raw file whose writes are complete: the system may take only a part of one."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.flush, self.fileno, self.seek = file.flush, file.fileno, file.seek

    def write(self, data: bytes) -> None:
        while data:
            data = data[self._file.write(data) :]


def read_journal(path: Path) -> dict[str, Answer]:
    """The answers in a journal, by key, without locking or changing it; none if there is no such file.

    Raises:
        InvalidInput: a line in its middle is damaged.
    """
    try:
        return _parsed(path.read_bytes(), path)[0]
    except FileNotFoundError:
        return {}


def _parsed(data: bytes, path: Path) -> tuple[dict[str, Answer], int]:
    """Answers by key, and how many bytes of whole lines there are."""
    answers: dict[str, Answer] = {}
    end = data.rfind(b"\n") + 1
    lines = data[:end].splitlines(keepends=True)
    at = 0
    for number, line in enumerate(lines, 1):
        try:
            answer = Answer(**json.loads(line))
        except (ValueError, TypeError) as error:
            if number == len(lines):  # after a power failure the last block may hold anything
                return answers, at
            hint = f"Delete that line, and only it: its answer will be asked again. Before, copy {path.name}."
            raise InvalidInput(f"Line {number:,} of {str(path)!r} is damaged: {error}.", hint=hint) from error
        answers[answer.key] = answer
        at += len(line)
    return answers, end


def _lock(descriptor: int, path: Path) -> None:
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
        hint = "Wait for it, or stop it with Ctrl-C: what it has paid for is kept."
        raise InvalidInput(f"Another process is asking the teacher for {str(path)!r}.", hint=hint) from error


def _settle(folder: Path) -> None:
    """Put the folder's entry of a new file on the disk, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
