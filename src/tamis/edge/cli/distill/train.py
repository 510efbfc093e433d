"""`tamis distill train`: an encoder learns the labels."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from tamis.edge.cli.command import add_quiet, describe
from tamis.edge.cli.distill.options import TrainArguments, add_training, add_work, say_figures, work_of

if TYPE_CHECKING:
    from tamis.distill.course import Course


def add(parser: argparse.ArgumentParser) -> None:
    """The options of the step."""
    describe(parser, epilog="example:\n  tamis distill train work --encoder answerdotai/ModernBERT-base")
    add_work(parser)
    add_training(parser)
    add_quiet(parser, bar=True)


def run(arguments: TrainArguments) -> int:
    """Train."""
    from tamis.distill.steps import train_step

    result = train_step(work_of(arguments), course_of(arguments), bar=arguments.bar)
    figures = {name: result[name] for name in ("steps", "best epoch", "dev accuracy")}
    say_figures(arguments, "training", figures | result["texts"])
    return 0


def course_of(arguments: TrainArguments) -> Course:
    """The settings of the training.

    Raises:
        MissingExtra: what it needs is not installed.
        InvalidInput: a number that makes no sense.
    """
    from tamis.distill.steps import check_training

    check_training(None, onnx=False)
    from tamis.distill.course import Course

    return Course(
        os.path.expanduser(arguments.encoder),
        epochs=arguments.epochs,
        lr=arguments.lr,
        tokens=arguments.batch_tokens,
        seed=arguments.seed,
        policy=arguments.policy,
        share=arguments.held_out,
        checkpoint_every=arguments.checkpoint_every,
        device=arguments.device,
        bf16=arguments.bf16,
    )
