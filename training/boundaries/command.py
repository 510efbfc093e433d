"""the boundary head of memories: where a new topic opens in a chat, a task or a meeting."""

from __future__ import annotations

import argparse
import json
import logging
from pathlib import Path

from tamis.io.files import write
from training.steps import DATA, steps_of

_LOG = logging.getLogger(__name__)


def add(parser: argparse.ArgumentParser) -> None:
    """One step: train, write the head, and measure it on talks that it was not made from."""
    steps = steps_of(parser)
    train = steps.add_parser("train", help="fit all heads; writes them, and logs how well they cut held-out talks")
    train.add_argument("--data", type=Path, default=DATA, help=f"folder with corpus/ and segmentation/ ({DATA})")
    train.add_argument("--target", type=Path, default=Path("src/tamis/memory/segment/head.json"))
    train.add_argument("--report", type=Path, help="write the figures as JSON")
    train.set_defaults(run=_train)


def _train(options: argparse.Namespace) -> None:
    from tamis.models.encoder import load_mini
    from training.boundaries.recipe import run

    report = run(options.data, options.target, load_mini().vectors)
    if options.report:
        write(options.report, (json.dumps(report, indent=1) + "\n").encode())
    for name, figures in report.items():
        scores = {talks: round(values["score"], 3) for talks, values in figures.items() if talks != "folds"}
        _LOG.info("%s: %s", name, scores)
