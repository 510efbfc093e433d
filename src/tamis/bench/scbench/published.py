"""The published data set, where the user has it: https://huggingface.co/datasets/microsoft/SCBench, as JSON lines.

A folder holds a file for each task, `scbench_kv.jsonl` or `kv.jsonl`; a line is a session: `context` (or `input`) and
`multi_turns`, each with `input` and `answer`, and `options` where there are some.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from tamis.bench.scbench.sessions import Session, SessionTurn
from tamis.errors import InvalidInput, UnreadableInput

NAMES: Mapping[str, tuple[str, str]] = {  # our task -> (published name, metric)
    "kv": ("scbench_kv", "contains"),
    "prefix_suffix": ("scbench_prefix_suffix", "contains"),
    "vt": ("scbench_vt", "share"),
    "repo": ("scbench_repoqa", "code"),
    "qa_en": ("scbench_qa_eng", "contains"),
    "qa_zh": ("scbench_qa_chn", "characters"),
    "choice": ("scbench_choice_eng", "option"),
    "math_find": ("scbench_mf", "number"),
    "many_shot": ("scbench_many_shot", "contains"),
    "summary": ("scbench_summary", "rouge"),
    "summary_with_needles": ("scbench_summary_with_needles", "rouge"),
    "repo_and_kv": ("scbench_repoqa_and_kv", "code"),
}
MIXED = {"scbench_passkey": "number", "scbench_kv": "contains"}  # turns of the last two that are of another task
LETTERS = "ABCDEFGH"


def published(folder: Path, task: str, *, sessions: int, turns: int, first: int = 0) -> list[Session]:
    """So many sessions of a task from the first asked for on, counted from 0, with the first turns of each.

    Raises:
        UnreadableInput: there is no file for the task, or a line is no session.
        InvalidInput: there are not so many sessions.
    """
    path, numbers = _file(folder, task), range(first, first + sessions)
    with path.open(encoding="utf-8") as lines:
        json_lines = list(islice(lines, numbers.start, numbers.stop))
    if len(json_lines) < sessions:
        many = f"{len(json_lines)} of the sessions {numbers.start} to {numbers.stop - 1}"
        raise InvalidInput(f"{str(path)!r} has {many}.", hint="Ask for fewer, or from an earlier one on.")
    return [_session(path, task, number, line, turns) for number, line in zip(numbers, json_lines, strict=True)]


def _file(folder: Path, task: str) -> Path:
    paths = [folder / f"{name}.jsonl" for name in (NAMES.get(task, ("",))[0], task) if name]
    file = next((path for path in paths if path.is_file()), None)
    if file is None:
        names = " or ".join(path.name for path in paths)
        raise UnreadableInput(f"{str(folder)!r} has no {names}.", hint="Save the split of that task as JSON lines.")
    return file


def _session(path: Path, task: str, number: int, line: str, turns: int) -> Session:
    try:
        row = json.loads(line)
        context = str(row.get("context") or row["input"])
        questions = tuple(_turn(task, turn) for turn in row["multi_turns"][:turns])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        hint = "Lines hold context and multi_turns, each with input and answer."
        raise UnreadableInput(f"{str(path)!r}, line {number + 1}, is no session: {error}.", hint=hint) from error
    return Session(task, number, context, questions)


def _turn(task: str, turn: Mapping[str, Any]) -> SessionTurn:
    query, answer = str(turn["input"]), turn["answer"]
    gold = tuple(map(str, answer)) if isinstance(answer, list) else (str(answer),)
    metric = MIXED.get(str(turn.get("task")), NAMES[task][1])
    options = turn.get("options")
    if metric == "option" and options:
        listed = "\n".join(f"{letter}. {option}" for letter, option in zip(LETTERS, options, strict=False))
        return SessionTurn(f"{query}\n{listed}", _letter(gold, options), "letter", gold[0])
    return SessionTurn(query, gold, "contains" if metric == "option" else metric)


def _letter(gold: Sequence[str], options: Sequence[Any]) -> tuple[str, ...]:
    """The letter of the right option; an answer that is a letter already stays."""
    texts = [str(option) for option in options]
    return (LETTERS[texts.index(gold[0])],) if gold[0] in texts else (gold[0],)
