"""What is compressed: a user's own texts, with a question and its answers where the file has them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tamis.errors import InvalidInput, UnreadableInput, missing_extra
from tamis.io.files import read_text, reason
from tamis.io.inputs import expand
from tamis.io.rows import read_jsonl

ROWS = (".jsonl", ".jsonl.zst", ".jsonl.xz")
LARGEST = 256  # megabytes of one text file
FORM = 'Each row is an object: {"text": ..., "question": ..., "answers": [...]}; a list of texts is documents.'


@dataclass(frozen=True, slots=True)
class PromptTask:
    """A text, or documents, to be compressed.

    Attributes:
        name: of the file, and of the row in it.
        text: one text; several documents.
        question: that it is compressed for; None = for whatever may be asked.
        answers: of which one must survive; empty where nobody has said.
    """

    name: str
    text: str | tuple[str, ...]
    question: str | None = None
    answers: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        """Changes with the text and the question: what was measured of other ones does not count."""
        return hashlib.sha256(repr((self.text, self.question, self.answers)).encode("utf-8", "replace")).hexdigest()[:8]


def read_tasks(names: Sequence[str]) -> list[PromptTask]:
    """The tasks of some files: each row of a JSONL file is one, every other file is one text.

    Raises:
        UnreadableInput: a file is missing, is no text, or has a row of another form.
        InvalidInput: the files hold nothing that could be compressed.
    """
    tasks = [task for name in expand(names) for task in _tasks(name)]
    if not any("".join(task.text).strip() for task in tasks):
        raise InvalidInput("The files hold no text.", hint=FORM)
    return tasks


def _tasks(name: str) -> Iterator[PromptTask]:
    if not name.endswith(ROWS):
        yield PromptTask(name, read_text(name, limit=LARGEST))
        return
    try:
        for number, row in enumerate(read_jsonl(Path(name)), 1):
            yield _task(f"{name}:{number}", row)
    except ModuleNotFoundError as error:
        raise missing_extra("train", error.name or "zstandard") from error
    except UnreadableInput:
        raise
    except (OSError, ValueError, EOFError) as error:  # ValueError: no JSON, or no UTF-8
        raise UnreadableInput(f"Cannot read {name!r}: {reason(error)}.", hint="It must be JSONL in UTF-8.") from error


def _task(name: str, row: Any) -> PromptTask:
    values = row if isinstance(row, dict) else {}
    text, question, answers = values.get("text"), values.get("question") or None, values.get("answers") or []
    answers = [answers] if isinstance(answers, str) else answers
    if not (isinstance(text, str) or _texts(text)) or not isinstance(question, str | None) or not _all_texts(answers):
        raise UnreadableInput(f"{name} is no task.", hint=FORM)
    return PromptTask(name, text if isinstance(text, str) else tuple(text or ()), question, tuple(answers))


def _texts(value: object) -> bool:
    return _all_texts(value) and bool(value)


def _all_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(part, str) for part in value)
