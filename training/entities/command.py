"""fit the recogniser of persons, places, organisations and other names."""

from __future__ import annotations

import argparse
from pathlib import Path

from training.steps import steps_of

WEIGHTS = Path("src/tamis/models/weights/entities")


def add(parser: argparse.ArgumentParser) -> None:
    """Two steps: fit (writes the weights and their card) and measure (on sets that it was not trained on)."""
    steps = steps_of(parser)
    fit = steps.add_parser("fit", help=f"fit on wikigold, uner and btc of DATA, and write {WEIGHTS}")
    fit.add_argument("--epochs", type=int, default=4, help="times that each text is shown (4)")
    fit.set_defaults(run=_fit)
    measure = steps.add_parser("measure", help="strict F1 on WNUT-17 and CrossNER, types mapped to the four")
    measure.set_defaults(run=_measure)
    for step in (fit, measure):
        step.add_argument("data", type=Path, help="folder with wikigold, uner, btc, wnut17 and crossner .jsonl.zst")


def _fit(options: argparse.Namespace) -> None:
    from training.entities.run import fit

    fit(options.data, WEIGHTS, epochs=options.epochs)


def _measure(options: argparse.Namespace) -> None:
    from training.entities.run import measure

    measure(options.data, WEIGHTS)
