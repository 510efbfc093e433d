"""Screens with exact boxes, rendered from pages of many sources, and how many targets are among the candidates."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

from training.steps import steps_of

LOG = logging.getLogger(__name__)


def add(parser: argparse.ArgumentParser) -> None:
    """The steps of screens."""
    steps = steps_of(parser)
    data = steps.add_parser("data", help="render the pages of the sources")
    data.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="pictures and shots.jsonl")
    data.add_argument("--source", action="append", metavar="NAME", help="only this source (may be repeated)")
    data.set_defaults(run=_data)


def _data(options: argparse.Namespace) -> None:
    from training.screen.harvest import harvest
    from training.screen.sources import read_sources

    sources = [one for one in read_sources() if options.source is None or one.name in options.source]
    if not sources:
        raise ValueError(f"no source is named {options.source}")
    LOG.info("%d shots", harvest(sources, options.out))
