"""What is compressed: a user's own texts, with a question and its answers where the file has them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tamis.bench.prompt.meaning import Gold
from tamis.errors import InvalidInput, UnreadableInput, missing_extra
from tamis.io.files import read_text, reason
from tamis.io.inputs import expand
from tamis.io.rows import read_jsonl
from tamis.prompt.documents.source import Document
from tamis.prompt.documents.source import text_of as text_of_document

ROWS = (".jsonl", ".jsonl.zst", ".jsonl.xz")
LARGEST = 256  # megabytes of one text file
FORM = (
    'Each row is an object: {"text": ..., "question": ..., "answers": [...], "reference": ..., '
    '"compressed": {name: text}}; a list of texts is documents.'
)
ANNOTATION = "Offsets of characters: sentences and words as [start, end], negations as [start, end, start, end]."


@dataclass(frozen=True, slots=True)
class PromptTask:
    """A text, or documents, to be compressed.

    Attributes:
        name: of the file, and of the row in it.
        text: one text; several documents.
        question: that it is compressed for; None = for whatever may be asked.
        answers: of which one must survive; empty where nobody has said.
        reference: a summary of the text; what it says should survive.
        gold: the sentences, words and denials of the text; None = as tamis detects them.
        others: the text as something else compressed it, by the name of what did.
    """

    name: str
    text: str | tuple[str | Document, ...]
    question: str | None = None
    answers: tuple[str, ...] = ()
    reference: str | None = None
    gold: Gold | None = None
    others: Mapping[str, str] = field(default_factory=dict)

    @property
    def source(self) -> str:
        """Changes with the text: tasks that share it ask about one text."""
        return digest(self.text)

    @property
    def mark(self) -> str:
        """Changes with the text and the question: what was measured of other ones does not count."""
        extra = [part for part in (self.reference, self.gold) if part]
        return digest((self.text, self.question, self.answers, *extra))


def digest(value: object) -> str:
    """Eight characters that change with the value."""
    return hashlib.sha256(repr(value).encode("utf-8", "replace")).hexdigest()[:8]


def read_tasks(names: Sequence[str]) -> list[PromptTask]:
    """The tasks of some files: each row of a JSONL file is one, every other file is one text.

    Raises:
        UnreadableInput: a file is missing, is no text, or has a row of another form.
        InvalidInput: the files hold nothing that could be compressed.
    """
    tasks = [task for name in expand(names) for task in _tasks(name)]
    if not any(text_of(task).strip() for task in tasks):
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


def text_of(task: PromptTask) -> str:
    """The whole text: documents with their titles, a blank line between two."""
    return task.text if isinstance(task.text, str) else "\n\n".join(map(text_of_document, task.text))


def _task(name: str, row: Any) -> PromptTask:
    values = row if isinstance(row, dict) else {}
    text, question, answers = values.get("text"), values.get("question") or None, values.get("answers") or []
    reference, others = values.get("reference") or None, values.get("compressed") or {}
    answers = [answers] if isinstance(answers, str) else answers
    optional = isinstance(question, str | None) and isinstance(reference, str | None)
    usable = optional and _all_texts(answers) and isinstance(others, dict) and _all_texts([*others, *others.values()])
    if not (isinstance(text, str) or _texts(text)) or not usable:
        raise UnreadableInput(f"{name} is no task.", hint=FORM)
    gold = _gold(name, values, text) if "sentences" in values else None
    source = text if isinstance(text, str) else tuple(text or ())
    return PromptTask(name, source, question, tuple(answers), reference, gold, others)


def _gold(name: str, values: dict[str, Any], text: object) -> Gold:
    """The annotation of one text."""
    try:
        gold = Gold.of_row({"words": [], "negations": [], **values})
    except (TypeError, ValueError) as error:
        raise UnreadableInput(f"{name} has an annotation of another form: {error}.", hint=ANNOTATION) from error
    spans = [*gold.sentences, *gold.words, *(part for d in gold.denials for part in (d.negator, d.denied))]
    if not isinstance(text, str) or any(not 0 <= span.start < span.end <= len(text) for span in spans):
        raise UnreadableInput(f"{name} has an annotation that does not fit its text.", hint=ANNOTATION)
    return gold


def _texts(value: object) -> bool:
    return _all_texts(value) and bool(value)


def _all_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(part, str) for part in value)
