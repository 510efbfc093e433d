"""fit the guard: jailbreaks in turns of users, orders planted in data, and what they want."""

from __future__ import annotations

import argparse
from pathlib import Path

from training.steps import DATA, steps_of

WEIGHTS = Path("src/tamis/models/weights/guard")


def add(parser: argparse.ArgumentParser) -> None:
    """Three steps: data (writes the texts, to be looked at), fit (writes the weights), measure (held-out sources)."""
    steps = steps_of(parser)
    data = steps.add_parser("data", help="write the texts that are learned from and measured with, as JSONL")
    data.add_argument("target", type=Path, help="folder for learn, threshold and measure .jsonl")
    data.set_defaults(run=_data)
    fit = steps.add_parser("fit", help=f"fit, and write {WEIGHTS}; its card stays")
    fit.add_argument("--epochs", type=int, help="times that each text is shown")
    fit.set_defaults(run=_fit)
    measure = steps.add_parser("measure", help="false alarms and recall by source, none of them learned from")
    measure.add_argument("--spans", action="store_true", help="also how well what is wanted is cut out")
    measure.set_defaults(run=_measure)
    for step in (data, fit, measure):
        step.add_argument("--data", type=Path, default=DATA, help=f"folder with guard/, corpus/ and others ({DATA})")
        step.add_argument("--more", type=Path, help="folder with cheat/, top10/ and spikee/ (see the card)")


def _data(options: argparse.Namespace) -> None:
    from training.guard.run import write_texts

    write_texts(options.data, options.more, options.target)


def _fit(options: argparse.Namespace) -> None:
    from training.guard.run import fit

    fit(options.data, options.more, WEIGHTS, epochs=options.epochs)


def _measure(options: argparse.Namespace) -> None:
    from training.guard.run import measure

    measure(options.data, options.more, WEIGHTS, spans=options.spans)
