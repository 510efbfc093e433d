"""The journal of paid answers: a JSONL file that only grows. What it holds is never asked again.

A line counts once it is on the disk. A line that a crash tore is dropped when the journal is opened again; a line that
cannot be read anywhere else means that the file was changed by hand, and is an error. One process at a time may append.
How lines are written and locked is in `tamis.io.journal`.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tamis.errors import InvalidInput, OutputError
from tamis.io.journal import JournalBusy, LineFile, whole_lines


@dataclass(frozen=True, slots=True)
class TeacherAnswer:
    """What the teacher said.

    Attributes:
        key: of the request (`TeacherPrompt.key`).
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


class AnswerJournal:
    """An open journal; obtained from `open_journal`. Not for several threads.

    Attributes:
        answers: key -> answer, all that is there.
        dropped: bytes of a torn last line, cut off.
    """

    def __init__(self, lines: LineFile, answers: dict[str, TeacherAnswer]) -> None:
        self.answers, self.dropped, self._lines = answers, lines.dropped, lines

    def append(self, answer: TeacherAnswer) -> None:
        """Put an answer on the disk; when this returns, it is paid for good.

        Raises:
            OutputError: it cannot be written (a full disk, ...); nothing of it is left in the file.
        """
        assert answer.key not in self.answers, f"{answer.key} was asked twice"
        self._lines.append(json.dumps(asdict(answer), ensure_ascii=True).encode())
        self.answers[answer.key] = answer


@contextlib.contextmanager
def open_journal(path: Path) -> Iterator[AnswerJournal]:
    """The journal at `path` for appending, made if it is missing; a torn last line is cut off.

    Raises:
        InvalidInput: another process appends to it, or a line in its middle is damaged.
        OutputError: it cannot be opened.
    """
    answers: list[TeacherAnswer] = []

    def count(lines: Sequence[bytes]) -> int:
        answers.extend(_parsed(lines, path))
        return len(answers)

    hint = "Choose another folder."
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"Cannot open {str(path)!r}: {error.strerror}.", hint=hint) from error
    full = "Make room and run again: all other answers are kept, this one is asked once more."
    try:
        opened = LineFile(path, count, hint=hint, full=full)
    except JournalBusy as error:
        hint = "Wait for it, or stop it with Ctrl-C: what it has paid for is kept."
        raise InvalidInput(f"Another process is asking the teacher for {str(path)!r}.", hint=hint) from error
    with opened as lines:
        yield AnswerJournal(lines, {answer.key: answer for answer in answers})


def read_journal(path: Path) -> dict[str, TeacherAnswer]:
    """The answers in a journal, by key, without locking or changing it; none if there is no such file.

    Raises:
        InvalidInput: a line in its middle is damaged.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return {}
    return {answer.key: answer for answer in _parsed(whole_lines(data), path)}


def _parsed(lines: Sequence[bytes], path: Path) -> list[TeacherAnswer]:
    """The answers of all lines, but for a last one that is none: after a power failure it may hold anything."""
    answers: list[TeacherAnswer] = []
    for number, line in enumerate(lines, 1):
        try:
            answers.append(TeacherAnswer(**json.loads(line)))
        except (ValueError, TypeError) as error:
            if number == len(lines):
                break
            hint = f"Delete that line, and only it: its answer will be asked again. Before, copy {path.name}."
            raise InvalidInput(f"Line {number:,} of {str(path)!r} is damaged: {error}.", hint=hint) from error
    return answers
