"""Results of tools with a task and what of them it needs: a user's own as JSON Lines, or the embedded sample."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from tamis.bench.prompt.tasks import digest
from tamis.errors import InvalidInput, UnreadableInput
from tamis.io.files import reason
from tamis.io.rows import read_jsonl

FORM = (
    'Each row is an object: {"text": ..., "task": ..., "kind": ..., "lines": [numbers from 1]}, or "facts": [strings] '
    "that stand in the text."
)
SEED = 20261130
WORDY = 3  # letters and figures that a needed line has more of; brackets alone tell nobody anything


@dataclass(frozen=True, slots=True)
class TraceTask:
    """A result of a tool, what it was asked for, and what of it is needed.

    Attributes:
        name: of the file, and of the row in it.
        kind: "code", "diff", "search", "listing", "log", "json", ...; results of one kind are counted together.
        task: what somebody wants.
        text: what the tool printed.
        lines: needed lines, without the white space around them.
        facts: needed strings.
        group: where it comes from; what has one source is drawn together for intervals.
    """

    name: str
    kind: str
    task: str
    text: str
    lines: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    group: str = ""

    @property
    def mark(self) -> str:
        """Changes with the task: what was measured of another one does not count."""
        return digest((self.kind, self.task, self.text, self.lines, self.facts))

    def kept(self, text: str) -> float:
        """The share of the needed lines and strings that stand in a text."""
        lines = {line.strip() for line in text.splitlines()}
        hits = [line in lines for line in self.lines] + [fact in text for fact in self.facts]
        return sum(hits) / len(hits)


def read_traces(path: Path) -> list[TraceTask]:
    """The tasks of a file of JSON Lines; rows of which no line is needed that says anything are left out.

    Raises:
        UnreadableInput: it cannot be read, or a row is of another form.
        InvalidInput: nothing in it is needed.
    """
    try:
        tasks = [_task(f"{path.name}:{number}", row) for number, row in enumerate(read_jsonl(path), 1)]
    except UnreadableInput:
        raise
    except (OSError, ValueError) as error:  # ValueError: no JSON, or no UTF-8
        raise UnreadableInput(f"Cannot read {str(path)!r}: {reason(error)}.", hint=FORM) from error
    needing = [task for task in tasks if (task.lines or task.facts) and task.kept(task.text) == 1]
    if not needing:
        raise InvalidInput(f"Nothing in {str(path)!r} is needed by its tasks.", hint=FORM)
    return needing


def sample_traces() -> list[TraceTask]:
    """The tasks that come with tamis: from its own history, its own test runs, and records made up for it."""
    with as_file(files("tamis.bench.traces").joinpath("sample.jsonl")) as path:
        return read_traces(path)


def drawn(tasks: Sequence[TraceTask], most: int | None, kinds: Sequence[str] = ()) -> list[TraceTask]:
    """Up to so many tasks of each kind, drawn at random, kind by kind; all kinds, or just these."""
    shuffled = list(tasks)
    random.Random(SEED).shuffle(shuffled)
    names = kinds or sorted({task.kind for task in tasks})
    return [task for kind in names for task in [one for one in shuffled if one.kind == kind][:most]]


def _task(name: str, row: Any) -> TraceTask:
    values = row if isinstance(row, dict) else {}
    text, task = values.get("text"), values.get("task")
    numbers, facts = _numbers(values), values.get("facts", [])
    if not (isinstance(text, str) and isinstance(task, str) and isinstance(facts, list)) or numbers is None:
        raise UnreadableInput(f"{name} is no result of a tool.", hint=FORM)
    source = text.splitlines()
    if any(not 0 <= number < len(source) for number in numbers) or any(not _stands(fact, text) for fact in facts):
        raise UnreadableInput(f"{name} needs what does not stand in its text.", hint=FORM)
    lines = tuple(dict.fromkeys(_wordy(source[number] for number in numbers)))
    kind, group = str(values.get("kind", "text")), str(values.get("repository", name))
    return TraceTask(name, kind, task, text, lines, tuple(facts), group)


def _numbers(values: dict[str, Any]) -> list[int] | None:
    """The needed lines, from 0: as users number them, or as `python -m training lines examples` does."""
    lines, relevant = values.get("lines", []), values.get("relevant", [])
    if not all(isinstance(part, list) and all(type(number) is int for number in part) for part in (lines, relevant)):
        return None
    return [*(number - 1 for number in lines), *relevant]


def _wordy(lines: Iterator[str]) -> Iterator[str]:
    return (line.strip() for line in lines if sum(map(str.isalnum, line)) > WORDY)


def _stands(fact: object, text: str) -> bool:
    return isinstance(fact, str) and bool(fact) and fact in text
