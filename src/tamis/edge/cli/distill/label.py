"""`tamis distill label`: the teacher's deletions become labels of words."""

from __future__ import annotations

import argparse

from tamis.edge.cli.command import add_quiet, describe
from tamis.edge.cli.distill.options import LabelArguments, add_labels, add_work, say_figures, work_of


def add(parser: argparse.ArgumentParser) -> None:
    """The options of the step."""
    describe(parser, epilog="example:\n  tamis distill label work --drop-gap 0.05")
    add_work(parser)
    add_labels(parser)
    add_quiet(parser, bar=False)


def run(arguments: LabelArguments) -> int:
    """Label what was answered."""
    from tamis.distill.measure import Filters
    from tamis.distill.steps import label_step

    filters = Filters(arguments.drop_variation, arguments.drop_gap)
    labels = label_step(work_of(arguments), filters=filters, window=arguments.window)
    say_figures(arguments, "labels", dict(labels.figures))
    return 0
