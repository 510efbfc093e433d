"""fit the constants of whole sentences: what a sentence is worth to an extract."""

from __future__ import annotations

import argparse
from pathlib import Path

from training.steps import DATA, steps_of


def add(parser: argparse.ArgumentParser) -> None:
    """One step: train (fit, and write the constants down; a person puts them into the source)."""
    steps = steps_of(parser)
    train = steps.add_parser("train", help="fit on dev and train articles, meetings, papers; writes OUT/fitted.json")
    train.add_argument("--data", type=Path, default=DATA, help=f"data folder ({DATA})")
    train.add_argument("--out", type=Path, default=Path("build/extract"), help="where the constants go")
    train.add_argument("--steps", type=int, default=200, help="trials of the random search (200)")
    train.add_argument("--seed", type=int, default=20261129)
    train.set_defaults(run=_train)


def _train(options: argparse.Namespace) -> None:
    from training.extract.run import fit_extract

    fit_extract(options.data, options.out, steps=options.steps, seed=options.seed)
