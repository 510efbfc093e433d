"""What the command lines of all models share."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TypeAlias

DATA = Path("../shared/data")  # relative to the repository root
WEIGHTS = Path("src/tamis/models/weights")

Steps: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def steps_of(parser: argparse.ArgumentParser) -> Steps:
    """Where a model's steps are added: each a parser whose default `run` is called with the options."""
    return parser.add_subparsers(dest="step", title="steps", required=True)
