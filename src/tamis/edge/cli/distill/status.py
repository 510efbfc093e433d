"""`tamis distill status`: how far a work folder is."""

from __future__ import annotations

import argparse
import json

from tamis.edge.cli.command import add_json, describe
from tamis.edge.cli.distill.options import WorkArguments, add_work, figures_line, work_of


def add(parser: argparse.ArgumentParser) -> None:
    """The options of the step."""
    describe(parser, epilog="example:\n  tamis distill status work --json")
    add_work(parser)
    add_json(parser, "print it as JSON")


def run(arguments: WorkArguments) -> int:
    """Print it."""
    from tamis.distill.status import status

    sections = status(work_of(arguments))
    if arguments.json:
        print(json.dumps(sections, indent=2, ensure_ascii=False))
        return 0
    for title, figures in sections.items():
        print(figures_line(title, figures))
    return 0
