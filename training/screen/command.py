"""Screens with exact boxes, rendered from pages of many sources, and how many targets are among the candidates."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

from tamis.io.progress import progress
from tamis.io.rows import read_jsonl
from training.screen.icons import command as icons
from training.steps import WEIGHTS, Steps, steps_of

LOG = logging.getLogger(__name__)
VIEWS = Path("build/views")
POINTER = WEIGHTS / "screen"
SLOTS = WEIGHTS / "slots"


def add(parser: argparse.ArgumentParser) -> None:
    """The steps of screens."""
    steps = steps_of(parser)
    _add_factory(steps)
    views = steps.add_parser("views", help="write what the pointer learns from: the columns of develop's shots")
    views.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="what the steps before have made")
    views.add_argument("--out", type=Path, default=VIEWS, metavar="FOLDER", help=f"where they are kept ({VIEWS})")
    views.set_defaults(run=_views)
    fit = steps.add_parser("fit", help=f"train and calibrate the pointer, and write {POINTER}")
    compare = steps.add_parser("compare", help="other ways to point, on the same views, some sources left out")
    for step, run in ((fit, _fit), (compare, _compare)):
        step.add_argument("--views", type=Path, default=VIEWS, metavar="FOLDER", help=f"where they are ({VIEWS})")
        step.add_argument("--epochs", type=int, default=10, help="times that each view is shown (10)")
        step.add_argument("--seed", type=int, default=0, help="of weights and order (0)")
        step.add_argument("--folds", type=int, default=4, help="parts of the sources that are left out in turn (4)")
        step.set_defaults(run=run)
    recall = steps.add_parser("recall", help="count the targets that are among the candidates")
    recall.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="what `data` has rendered")
    recall.add_argument("--split", default="develop", help="only sources of this split (develop)")
    recall.set_defaults(run=_recall)
    icons.add(steps.add_parser("icons", help=icons.__doc__, description=icons.__doc__))
    _add_tune(steps.add_parser("tune", help="train a GUI-Actor on instructions: the head, then everything"))


def _add_factory(steps: Steps) -> None:
    """What makes the data: shots, what is seen on them, what is asked of them."""
    data = steps.add_parser("data", help="render the pages of the sources")
    data.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="pictures and shots.jsonl")
    data.add_argument("--source", action="append", metavar="NAME", help="only this source (may be repeated)")
    data.add_argument("--new", action="store_true", help="only sources that have no shots there yet")
    data.set_defaults(run=_data)
    desktop = steps.add_parser("desktop", help="take shots of desktop programs, by their accessibility trees")
    desktop.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="pictures and shots.jsonl")
    desktop.set_defaults(run=_desktop)
    look = steps.add_parser("look", help="write what the looker sees on the shots: elements.jsonl; goes on if stopped")
    look.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="what `data` has rendered")
    look.set_defaults(run=_look)
    ask = steps.add_parser("instructions", help="write what may be asked of the shots: instructions.jsonl")
    ask.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="what `data` has rendered")
    ask.add_argument("--half", type=int, choices=(0, 1), help="of the training sentences and phrases (all)")
    ask.set_defaults(run=_instructions)
    slots = steps.add_parser("slots", help=f"train what reads the sentences, and write {SLOTS}")
    slots.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="what `data` has rendered")
    slots.add_argument("--half", action="store_true", help="on half of the sentences; say how the others are read")
    slots.add_argument("--out", type=Path, metavar="FOLDER", help=f"where it is written ({SLOTS})")
    slots.add_argument("--epochs", type=int, default=12, help="lots of sentences (12)")
    slots.add_argument("--seed", type=int, default=0, help="of sentences, weights and order (0)")
    slots.set_defaults(run=_slots)


def _add_tune(tune: argparse.ArgumentParser) -> None:
    stages = ("warm-up", "full")
    tune.add_argument("model", metavar="MODEL", help="a GUI-Actor, Qwen2-VL or Qwen2.5-VL: a folder or hub id")
    tune.add_argument("--data", type=Path, required=True, metavar="PATH", help="instructions.jsonl with its pictures")
    tune.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="checkpoints; a stopped run goes on")
    tune.add_argument("--images", type=Path, metavar="FOLDER", help="where the pictures are (beside the data)")
    tune.add_argument("--split", metavar="NAME", help="only shots of this split (all)")
    tune.add_argument("--stages", nargs="+", choices=stages, default=stages, help="in this order (both)")
    tune.add_argument("--epochs", type=float, default=1.0, metavar="N", help="of each stage (1)")
    tune.add_argument("--batch", type=int, default=4, metavar="N", help="instructions of an update (4)")
    tune.add_argument("--lr", type=float, metavar="R", help="of all stages (1e-4, 5e-6)")
    tune.add_argument("--pixels", type=int, metavar="N", help="that a picture is resized to at most")
    tune.add_argument(
        "--tokens", type=int, default=24_576, metavar="N", help="longer instructions are left out (24576)"
    )
    tune.add_argument("--device", default="auto", metavar="D", help="auto, cpu, cuda, ...")
    tune.add_argument("--seed", type=int, default=0, metavar="N", help="of the order, the new head and dropout (0)")
    tune.set_defaults(run=_tune)


def _tune(options: argparse.Namespace) -> None:
    from dataclasses import fields

    from training.screen.tune.run import TuneOptions, tune

    LOG.info("%s", tune(TuneOptions(**{field.name: getattr(options, field.name) for field in fields(TuneOptions)})))


def _data(options: argparse.Namespace) -> None:
    from training.screen.harvest import harvest
    from training.screen.sources import read_sources

    sources = [one for one in read_sources() if options.source is None or one.name in options.source]
    if not sources:
        raise ValueError(f"no source is named {options.source}")
    shots = options.out / "shots.jsonl"
    there = {row["source"] for row in read_jsonl(shots)} if options.new and shots.is_file() else set()
    LOG.info("%d shots", harvest([one for one in sources if one.name not in there], options.out))


def _desktop(options: argparse.Namespace) -> None:
    from training.screen.desktop.shots import desktop_rows
    from training.screen.harvest import replace_rows

    options.out.mkdir(parents=True, exist_ok=True)
    rows = list(desktop_rows(options.out))
    replace_rows(options.out / "shots.jsonl", {row["source"] for row in rows}, rows)
    LOG.info("%d shots", len(rows))


def _look(options: argparse.Namespace) -> None:
    from tamis.screen.looking import Looker
    from training.screen.lookout import look_at

    with progress("shots", unit="shots", every=10) as bar:
        LOG.info("%d new shots", look_at(options.data, Looker(threads=1), bar))


def _instructions(options: argparse.Namespace) -> None:
    from training.screen.questions import counts, write_instructions

    LOG.info("%s", counts(write_instructions(options.data, half=options.half)))


def _slots(options: argparse.Namespace) -> None:
    from training.screen.slot_fit import SlotRecipe
    from training.screen.slots import check, make

    recipe = SlotRecipe(epochs=options.epochs, seed=options.seed)
    if options.half:
        LOG.info("%s", check(options.data, recipe, out=options.out))
    else:
        make(options.data, options.out or SLOTS, recipe)


def _views(options: argparse.Namespace) -> None:
    from tamis.screen.pointer import embedded_senses
    from training.screen.pointer_data import write_views

    LOG.info("%d new shots", write_views(options.data, options.out, embedded_senses()))


def _fit(options: argparse.Namespace) -> None:
    from training.screen.pointer_fit import Recipe
    from training.screen.pointer_run import make

    make(options.views, POINTER, Recipe(epochs=options.epochs, seed=options.seed), parts=options.folds)


def _compare(options: argparse.Namespace) -> None:
    from training.screen.pointer_fit import Recipe
    from training.screen.pointer_run import comparison

    LOG.info("%s", comparison(options.views, Recipe(epochs=options.epochs, seed=options.seed), parts=options.folds))


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
