"""fit the constants of `auto`: features into salience, features into relevance to a question."""

from __future__ import annotations

import argparse
from pathlib import Path

from training.steps import DATA, steps_of


def add(parser: argparse.ArgumentParser) -> None:
    """One step: train (fit, and write the constants down; a person puts them into the source)."""
    steps = steps_of(parser)
    train = steps.add_parser("train", help="fit on the dev articles and on meetings; writes OUT/fitted.json")
    train.add_argument("--data", type=Path, default=DATA, help=f"data folder ({DATA})")
    train.add_argument("--out", type=Path, default=Path("build/fusion"), help="where the constants go")
    train.add_argument("--questions", type=int, default=400, help="with contexts of 20 paragraphs (400)")
    train.add_argument("--seed", type=int, default=20261123)
    train.set_defaults(run=_train)


def _train(options: argparse.Namespace) -> None:
    from training.fusion.run import fit_fusion

    fit_fusion(options.data, options.out, questions=options.questions, seed=options.seed)
