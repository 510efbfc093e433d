"""`tamis distill run`: all steps, one after the other."""

from __future__ import annotations

import argparse

from tamis.edge.cli.command import add_quiet, describe
from tamis.edge.cli.distill import ask, export, label, train
from tamis.edge.cli.distill.options import (
    RunArguments,
    add_cost,
    add_export,
    add_files,
    add_labels,
    add_pace,
    add_teacher,
    add_training,
)

EXAMPLE = """\
example:
  tamis distill run notes/ --out work \\
      --teacher https://api.openai.com/v1#gpt-4o-mini \\
      --price-in 0.15 --price-out 0.60"""


def add(parser: argparse.ArgumentParser) -> None:
    """The options of all steps."""
    describe(parser, epilog=EXAMPLE)
    for options in (add_files, add_teacher, add_pace, add_cost, add_labels, add_training, add_export):
        options(parser)
    add_quiet(parser, bar=True)


def run(arguments: RunArguments) -> int:
    """Go on as long as each step succeeds; what training needs is looked for before anything is paid."""
    from tamis.distill.steps import check_training

    check_training(train.course_of(arguments), onnx=arguments.onnx)
    return ask.run(arguments) or label.run(arguments) or train.run(arguments) or export.run(arguments)
