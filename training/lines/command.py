"""fit the scores of lines: what of a diff, a search, a log, code a task points to."""

from __future__ import annotations

import argparse
from pathlib import Path

from training.steps import steps_of

WEIGHTS = Path("src/tamis/models/weights/lines/weights.json")


def add(parser: argparse.ArgumentParser) -> None:
    """Two steps: examples (from git repositories, test runs, made-up records) and fit (writes the weights)."""
    steps = steps_of(parser)
    make = steps.add_parser("examples", help="write OUT/train.jsonl and OUT/test.jsonl, divided by repository")
    make.add_argument("repositories", type=Path, nargs="+", help="git repositories with their histories")
    make.add_argument("--test", nargs="*", default=[], help="of these, the names of those that are only tested on")
    make.add_argument("--most", type=int, default=25, help="examples of each kind and repository (25)")
    make.add_argument("--runs", type=int, default=60, help="test runs and records to learn from (60)")
    make.set_defaults(run=_examples)
    fit = steps.add_parser("fit", help=f"fit the networks on OUT/train.jsonl, and write {WEIGHTS}")
    fit.add_argument("--epochs", type=int, default=6, help="times that each example is shown (6)")
    fit.set_defaults(run=_fit)
    for step in (make, fit):
        step.add_argument("--out", type=Path, default=Path("build/lines"), help="where the examples are")


def _examples(options: argparse.Namespace) -> None:
    from training.lines.run import make_examples

    make_examples(options.repositories, options.test, options.out, most=options.most, count=options.runs)


def _fit(options: argparse.Namespace) -> None:
    from training.lines.run import fit_networks

    fit_networks(options.out, WEIGHTS, epochs=options.epochs)
