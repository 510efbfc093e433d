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
    recall = steps.add_parser("recall", help="count the targets that are among the candidates")
    recall.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="what `data` has rendered")
    recall.add_argument("--split", default="develop", help="only sources of this split (develop)")
    recall.set_defaults(run=_recall)
    baseline = steps.add_parser("baseline", help="measure the grounder that nobody trained")
    baseline.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="what `data` has rendered")
    baseline.add_argument("--split", default="develop", help="only sources of this split (develop)")
    baseline.set_defaults(run=_baseline)


def _data(options: argparse.Namespace) -> None:
    from training.screen.harvest import harvest
    from training.screen.sources import read_sources

    sources = [one for one in read_sources() if options.source is None or one.name in options.source]
    if not sources:
        raise ValueError(f"no source is named {options.source}")
    LOG.info("%d shots", harvest(sources, options.out))


def _recall(options: argparse.Namespace) -> None:
    from tamis.screen.looking import Looker
    from training.screen.recall import recalls, shots_of, table

    look = Looker()
    rows = ((row, shot) for row, shot in shots_of(options.data) if row["split"] == options.split)
    results = [result for row, shot in rows for result in recalls(row, shot, look)]
    if not results:
        raise ValueError(f"no shots of the split {options.split!r} in {options.data}")
    for by in ("kind", "ratio", "source"):
        LOG.info("%s\n", table(results, by))
    LOG.info("%.0f candidates a target's shot", sum(result.candidates for result in results) / len(results))


def _baseline(options: argparse.Namespace) -> None:
    from tamis.screen.looking import Looker
    from tamis.screen.pointing import Screen
    from training.screen.baseline import Click, clicks, table
    from training.screen.instructions import instructions_of
    from training.screen.recall import shots_of, targets_of

    look = Looker()
    results: list[Click] = []
    shots = [(row, shot) for row, shot in shots_of(options.data) if row["split"] == options.split]
    targets = {row["name"]: list(targets_of(row, shot)) for row, shot in shots}
    for row, shot in shots:
        mine = targets[row["name"]]
        others = [target for some in targets.values() for target in some if target.source != row["source"]]
        if mine:
            results += clicks(row["source"], Screen(shot, look(shot)), instructions_of(mine, others))
    if not results:
        raise ValueError(f"no shots of the split {options.split!r} in {options.data}")
    LOG.info("%s", table(results))
