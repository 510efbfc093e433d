"""The generated tasks by name, and how long they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from tamis.bench.scbench.numbers import frequent_words, math_find, needles
from tamis.bench.scbench.session import Session
from tamis.bench.scbench.strings import Made, hash_hop, kv, prefix_suffix, variables
from tamis.errors import InvalidInput, unknown

TASKS: Mapping[str, Callable[[Random, int, int], Made]] = {
    "kv": kv,
    "hash_hop": hash_hop,
    "prefix_suffix": prefix_suffix,
    "vt": variables,
    "math_find": math_find,
    "needles": needles,
    "frequent_words": frequent_words,
}
UNITS: Mapping[str, Mapping[str, int]] = {  # pairs, chains, words, numbers or lines of filler; full: as published
    "kv": {"ci": 40, "small": 200, "full": 2_500},
    "hash_hop": {"ci": 20, "small": 50, "full": 1_000},
    "prefix_suffix": {"ci": 50, "small": 200, "full": 6_000},
    "vt": {"ci": 20, "small": 70, "full": 8_200},
    "math_find": {"ci": 100, "small": 300, "full": 30_000},
    "needles": {"ci": 20, "small": 70, "full": 6_900},
    "frequent_words": {"ci": 60, "small": 300, "full": 4_000},
}


def session(task: str, *, seed: int, size: str | int = "ci", turns: int = 5) -> Session:
    """Make one context with its questions: a pure function of the arguments, right answers by construction.

    Args:
        task: a name in `TASKS`.
        seed: of what is drawn.
        size: "ci", "small", "full", or a number of units (what a unit is, `UNITS` says).
        turns: questions about the context.

    Raises:
        UnknownName: no such task or size.
        InvalidInput: no turns, or fewer units than turns: each turn asks for another.
    """
    if task not in TASKS:
        raise unknown("task", task, TASKS)
    if isinstance(size, str) and size not in UNITS[task]:
        raise unknown("size", size, UNITS[task])
    units = UNITS[task][size] if isinstance(size, str) else size
    if turns < 1 or units < max(turns, 2):
        hint = "Ask for at least one turn, and for at least as many units as turns (two or more)."
        raise InvalidInput(f"{turns} turns about {units} units of {task!r} cannot be made.", hint=hint)
    context, asked = TASKS[task](Random(f"{task}:{seed}"), units, turns)
    return Session(task, seed, context, asked)
