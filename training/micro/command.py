"""`micro`: looks up made-up words, so that `tamis bench` compares methods without a download."""

from __future__ import annotations

import argparse
from pathlib import Path

from training.steps import WEIGHTS, steps_of


def add(parser: argparse.ArgumentParser) -> None:
    """One step: train, and write the model with its card."""
    steps = steps_of(parser)
    train = steps.add_parser("train", help="a quarter of an hour on two cores; writes the model and its card")
    train.add_argument("--out", type=Path, default=Path("build/micro"), help="checkpoints")
    train.add_argument("--target", type=Path, default=WEIGHTS / "micro")
    train.add_argument("--steps", type=int, default=1_200)
    train.add_argument("--seed", type=int, default=0)
    train.set_defaults(run=_train)


def _train(options: argparse.Namespace) -> None:
    from training.micro.export import export
    from training.micro.loop import Course, train

    options.out.mkdir(parents=True, exist_ok=True)
    course = Course(seed=options.seed, steps=options.steps)
    export(train(course, options.out), course, options.target)
