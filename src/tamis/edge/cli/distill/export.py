"""`tamis distill export`: a trained encoder becomes a model that `tamis compress` opens."""

from __future__ import annotations

import argparse

from tamis.edge.cli.command import add_quiet, describe
from tamis.edge.cli.distill.options import ExportArguments, add_export, add_work, say_figures, work_of


def add(parser: argparse.ArgumentParser) -> None:
    """The options of the step."""
    describe(parser, epilog="example:\n  tamis distill export work --int8 --licence CC-BY-4.0")
    add_work(parser)
    add_export(parser)
    add_quiet(parser, bar=False)


def run(arguments: ExportArguments) -> int:
    """Calibrate, judge, write; print where."""
    from tamis.distill.steps import check_training, export_step

    check_training(None, onnx=arguments.onnx)
    work = work_of(arguments)
    measures = export_step(work, onnx=arguments.onnx, int8=arguments.int8, licence=arguments.licence)
    for title, figures in measures.items():
        say_figures(arguments, title, figures)
    print(work / "model")
    return 0
