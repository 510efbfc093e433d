"""`python -m training MODEL STEP`: make the embedded models, measure them, and write them with their cards."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Mapping, Sequence
from typing import Protocol

from training.boundaries import command as boundaries
from training.encoder import command as encoder
from training.entities import command as entities
from training.extract import command as extract
from training.fusion import command as fusion
from training.guard import command as guard
from training.lines import command as lines
from training.lm import command as lm
from training.micro import command as micro
from training.relevance import command as relevance
from training.screen import command as screen


class Recipe(Protocol):
    """The module `command` of a model's folder; its docstring is what the help says of the model."""

    __doc__: str | None

    def add(self, parser: argparse.ArgumentParser) -> None:
        """Add the model's steps, each with a default `run`; imports nothing that is slow."""


MODELS: Mapping[str, Recipe] = {
    "encoder": encoder,
    "lm": lm,
    "micro": micro,
    "boundaries": boundaries,
    "extract": extract,
    "fusion": fusion,
    "relevance": relevance,
    "lines": lines,
    "entities": entities,
    "guard": guard,
    "screen": screen,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Parse the command line and run one step; 1 with a message on a bad configuration or missing data."""
    options = _parser().parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    try:
        options.run(options)
    except (OSError, ValueError, ModuleNotFoundError) as error:
        logging.getLogger(__name__).error("error: %s", error)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    models = parser.add_subparsers(dest="model", title="models", required=True)
    for name, recipe in MODELS.items():
        recipe.add(models.add_parser(name, help=recipe.__doc__, description=recipe.__doc__))
    return parser


if __name__ == "__main__":
    sys.exit(main())
