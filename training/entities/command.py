"""fit the recogniser of persons, places, organisations and other names."""

from __future__ import annotations

import argparse
from pathlib import Path

from training.steps import steps_of

WEIGHTS = Path("src/tamis/models/weights/entities")
DETECTOR = WEIGHTS / "detector"


def add(parser: argparse.ArgumentParser) -> None:
    """Steps: fit (writes the weights), measure (on sets that it was not trained on), detector (for few sentences)."""
    steps = steps_of(parser)
    fit = steps.add_parser("fit", help=f"fit on wikigold, uner and btc of DATA, and write {WEIGHTS}")
    fit.add_argument("--epochs", type=int, default=4, help="times that each text is shown (4)")
    fit.set_defaults(run=_fit)
    measure = steps.add_parser("measure", help="strict F1 on WNUT-17 and CrossNER, types mapped to the four")
    measure.set_defaults(run=_measure)
    detector = steps.add_parser("detector", help=f"fit the detector of names of any type, and write {DETECTOR}")
    detector.add_argument("--epochs", type=int, default=4, help="times that each text is shown (4)")
    detector.set_defaults(run=_detector)
    for step in (fit, measure, detector):
        step.add_argument("data", type=Path, help="folder with wikigold, uner, btc, wnut17 (and so on) .jsonl.zst")


def _fit(options: argparse.Namespace) -> None:
    from training.entities.run import fit

    fit(options.data, WEIGHTS, epochs=options.epochs)


def _measure(options: argparse.Namespace) -> None:
    from training.entities.run import measure

    measure(options.data, WEIGHTS)


def _detector(options: argparse.Namespace) -> None:
    from training.entities.detector import detect

    detect(options.data, DETECTOR, epochs=options.epochs)
