"""The steps of `python -m training lines`: make examples, fit the networks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from tamis.models.lines import values_of
from training.lines.examples import LineExample, examples, read, write
from training.lines.fit import fitted, rows_of
from training.lines.records import records
from training.lines.runs import runs


def make_examples(repositories: Sequence[Path], test: Sequence[str], out: Path, *, most: int, count: int) -> None:
    """Write the examples of all repositories: those of the named ones to test with, the others to train with."""
    rows: dict[bool, list[LineExample]] = {
        held: [*runs(size, seed=1 + held), *records(size, seed=1 + held)]
        for held, size in ((False, count), (True, 2 * count // 3))
    }
    for repository in repositories:
        rows[repository.name in test] += examples(repository, repository.name, most)
    write(out / "train.jsonl", rows[False])
    write(out / "test.jsonl", rows[True])


def fit_networks(out: Path, target: Path, *, epochs: int) -> None:
    """Fit a network with and one without a task, and write them."""
    rows = read(out / "train.jsonl")
    networks = {
        "asked": fitted(rows_of(rows, asked=True), epochs=epochs),
        "blind": fitted(rows_of(rows, asked=False), epochs=epochs),
    }
    text = json.dumps({name: values_of(net) for name, net in networks.items()}, separators=(",", ":"))
    target.write_text(text + "\n", encoding="utf-8")
