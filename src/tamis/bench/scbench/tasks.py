"""The generated tasks by name, and how long they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from tamis.bench.scbench.documents import (
    choice,
    facts,
    facts_zh,
    repository,
    repository_and_kv,
    summary,
    summary_with_needles,
)
from tamis.bench.scbench.numbers import frequent_words, many_shot, math_find, needles
from tamis.bench.scbench.sessions import Made, Session
from tamis.bench.scbench.strings import hash_hop, kv, prefix_suffix, variables
from tamis.bench.scbench.wording import WORDINGS, Wording
from tamis.errors import InvalidInput, unknown

TASKS: Mapping[str, Callable[[Random, int, int, Wording], Made]] = {
    "kv": kv,
    "prefix_suffix": prefix_suffix,
    "vt": variables,
    "repo": repository,
    "qa_en": facts,
    "qa_zh": facts_zh,
    "choice": choice,
    "math_find": math_find,
    "many_shot": many_shot,
    "summary": summary,
    "summary_with_needles": summary_with_needles,
    "repo_and_kv": repository_and_kv,
    "hash_hop": hash_hop,
    "needles": needles,
    "frequent_words": frequent_words,
}
SCBENCH = tuple(TASKS)[:12]  # those that the paper has; the last three are ours and RULER's
SIZES = ("micro", "ci", "small", "full")
UNITS: Mapping[str, tuple[int, int, int, int]] = {  # pairs, words, lines, functions, ... by size; full: as published
    "kv": (200, 40, 200, 2_500),
    "prefix_suffix": (100, 50, 200, 6_000),
    "vt": (50, 20, 70, 8_200),
    "repo": (5, 5, 12, 30),
    "qa_en": (100, 48, 200, 9_000),
    "qa_zh": (24, 48, 200, 9_000),
    "choice": (100, 48, 200, 9_000),
    "math_find": (240, 100, 300, 30_000),
    "many_shot": (150, 40, 150, 4_000),
    "summary": (100, 48, 200, 4_000),
    "summary_with_needles": (60, 48, 200, 4_000),
    "repo_and_kv": (5, 5, 12, 30),
    "hash_hop": (60, 20, 50, 1_000),
    "needles": (50, 20, 70, 6_900),
    "frequent_words": (200, 60, 300, 4_000),
}


def units_of(task: str, size: str | int) -> int:
    """How many units a context of a size has; a number of them is itself.

    Raises:
        UnknownName: no such size.
    """
    if isinstance(size, str) and size not in SIZES:
        raise unknown("size", size, SIZES)
    return UNITS[task][SIZES.index(size)] if isinstance(size, str) else size


def session(task: str, *, seed: int, size: str | int = "ci", turns: int = 5, wording: str = "plain") -> Session:
    """Make one context with its questions: a pure function of the arguments, right answers by construction.

    Args:
        task: a name in `TASKS`.
        seed: of what is drawn.
        size: one of `SIZES`, or a number of units (what a unit is, `UNITS` says).
        turns: questions about the context.
        wording: "plain", or "micro": in the words of the micro model.

    Raises:
        UnknownName: no such task, size or wording.
        InvalidInput: no turns, or fewer units than turns: each turn asks for another.
    """
    for kind, name, table in (("task", task, TASKS), ("wording", wording, WORDINGS)):
        if name not in table:
            raise unknown(kind, name, table)
    units = units_of(task, size)
    if turns < 1 or units < max(turns, 2):
        hint = "Ask for at least one turn, and for at least as many units as turns (two or more)."
        raise InvalidInput(f"{turns} turns about {units} units of {task!r} cannot be made.", hint=hint)
    context, questions = TASKS[task](Random(f"{task}:{seed}"), units, turns, WORDINGS[wording])
    return Session(task, seed, context, questions)
