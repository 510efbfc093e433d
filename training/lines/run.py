"""The steps of `python -m training lines`: make examples, fit weights."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from training.lines.examples import LineExample, examples, read, write
from training.lines.fit import fitted, matrix, module
from training.lines.runs import runs

LOGS = 4  # times that each test run counts: there are fewer of them


def make_examples(repositories: Sequence[Path], test: Sequence[str], out: Path, *, most: int, count: int) -> None:
    """Write the examples of all repositories: those of the named ones to test with, the others to train with."""
    rows: dict[bool, list[LineExample]] = {False: list(runs(count, seed=1)), True: list(runs(2 * count // 3, seed=2))}
    for repository in repositories:
        rows[repository.name in test] += examples(repository, repository.name, most)
    write(out / "train.jsonl", rows[False])
    write(out / "test.jsonl", rows[True])


def fit_weights(out: Path, target: Path, *, most: int, penalty: float) -> None:
    """Fit the weights with and without a task, and write them."""
    rows = read(out / "train.jsonl")
    random.Random(1).shuffle(rows)
    seen: Counter[str] = Counter()
    chosen: list[LineExample] = []
    for row in rows:
        seen[row.kind] += 1
        if seen[row.kind] <= most:
            chosen += [row] * (LOGS if row.kind == "log" else 1)
    weights = {name: fitted(*matrix(chosen, asked=name == "asked"), penalty) for name in ("asked", "blind")}
    target.write_text(module(weights), encoding="utf-8")
