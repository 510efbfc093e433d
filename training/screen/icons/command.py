"""An encoder of icons and their names: fetch and draw icon packs, train, measure."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

from training.steps import WEIGHTS, steps_of

LOG = logging.getLogger(__name__)


def add(parser: argparse.ArgumentParser) -> None:
    """The steps of icons."""
    steps = steps_of(parser)
    data = steps.add_parser("data", help="fetch the packs and draw their icons")
    data.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="packages, drawings, names")
    data.set_defaults(run=_data)
    train = steps.add_parser("train", help="train pictures and names together")
    train.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="what `data` has written")
    train.add_argument("--out", type=Path, default=WEIGHTS / "icons", metavar="FOLDER", help="where weights go")
    train.add_argument("--minutes", type=float, default=60.0, help="how long (60)")
    train.add_argument("--start", type=Path, metavar="FILE", help="a checkpoint of another run to begin with")
    train.set_defaults(run=_train)
    measure = steps.add_parser("measure", help="count right names and right pictures")
    measure.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="what `data` has written")
    measure.add_argument("--weights", type=Path, default=WEIGHTS / "icons", metavar="FOLDER", help="what is measured")
    measure.add_argument("--role", action="append", metavar="ROLE", help="of unseen packs: develop, held-out")
    measure.add_argument("--count", type=int, default=480, help="icons of each group and size (480)")
    measure.set_defaults(run=_measure)


def _data(options: argparse.Namespace) -> None:
    from training.screen.icons.data import make

    make(options.out / "sources", options.out)


def _train(options: argparse.Namespace) -> None:
    import torch

    from training.screen.icons.card import write_card
    from training.screen.icons.train import Settings, train

    torch.set_num_threads(1)
    train(options.data, options.out, Settings(minutes=options.minutes), options.start)
    write_card(options.out)


def _measure(options: argparse.Namespace) -> None:
    from training.screen.icons.measure import measure

    table = measure(options.data / "sources", options.weights, options.role or ["develop"], options.count)
    LOG.info("%s", table)
