"""`tamis bench screen`: how often grounders click right on pictures and instructions of one's own."""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tamis.edge.cli.bench.results import add_results, deliver, rows_bar
from tamis.edge.cli.command import Arguments, describe, names
from tamis.errors import InvalidInput

if TYPE_CHECKING:
    from tamis.bench.screen.methods import ScreenMethod

MORE = """\
Points at every instruction on its picture and counts the clicks that are in a
right box: in all, by kind, size of the picture and source, beside floors that
know nothing. Where instructions without a box are among them (there is nothing
to click), how well the confidence tells them. Needs the extra screen.

DATA is a file of JSON Lines, or a folder with instructions.jsonl in it:

  {"shot": "page-1.png", "text": "the Save button",
   "boxes": [[5, 5, 60, 40]], "kind": "text", "source": "my app"}

boxes are left, top, right, bottom in pixels of the picture; every one of them
is right. shots.jsonl and elements.jsonl beside it are used if they are there.
Annotation files of ScreenSpot, ScreenSpot-v2, ScreenSpot-Pro and OSWorld-G are
read, too (of a polygon the box around it counts); --boxes says how boxes are
written where that cannot be told.

Rows are kept in OUT/rows.jsonl as they come: the same line again goes on where
it was. OUT/report.html shows tables and draws what was missed."""

EXAMPLES = """\
examples:
  tamis bench screen shots/
  tamis bench screen shots/ --methods "tamis, ocr match, centre" --json
  tamis bench screen screenspot_web.json --images screenspot_imgs/
  tamis bench screen shots/ --model microsoft/GUI-Actor-3B-Qwen2.5-VL
  tamis bench screen shots/ --grounder my_package.pointing:Grounder"""


class ScreenArguments(Arguments):
    """The command line of `tamis bench screen`."""

    data: str
    methods: tuple[str, ...] | None
    model: str | None
    grounder: str | None
    images: str | None
    boxes: str | None
    split: str | None
    most: int | None
    failures: int
    out: str


def add(parser: argparse.ArgumentParser) -> None:
    """The options of `tamis bench screen`."""
    from tamis.bench.screen.tasks import LAYOUTS

    describe(parser, more=MORE, epilog=EXAMPLES)
    parser.add_argument("data", metavar="DATA", help="instructions with what is right, or a folder of them")
    parser.add_argument("--methods", type=names, metavar="A,B", help="the first is what others are compared with (all)")
    parser.add_argument("--model", metavar="NAME", help="a GUI-Actor checkpoint, too: a folder or hub id (extra torch)")
    parser.add_argument("--grounder", metavar="M:N", help="one of your own, too: a callable, or a class of them")
    parser.add_argument("--images", metavar="FOLDER", help="where the pictures are (beside the data)")
    parser.add_argument("--boxes", choices=LAYOUTS, help="how boxes are written (by what stands in the file)")
    parser.add_argument("--split", metavar="NAME", help="only shots of this split, where they have one")
    parser.add_argument("--most", type=int, metavar="N", help="instructions, the first ones (all)")
    parser.add_argument("--failures", type=int, default=30, metavar="N", help="that are drawn on the page (30)")
    add_results(parser, "screen-bench")


def run(arguments: ScreenArguments) -> int:
    """Point, print the table, write the report; return the exit code."""
    from tamis.bench.screen.methods import CONSTANT, METHODS
    from tamis.bench.screen.page import page, pictures_of
    from tamis.bench.screen.run import ScreenPlan, measure_screens
    from tamis.bench.screen.summary import summarise, table
    from tamis.bench.screen.tasks import read_screen_tasks

    if arguments.most is not None and arguments.most < 1:
        raise InvalidInput(f"--most must be at least 1, got {arguments.most}.")
    images = None if arguments.images is None else Path(arguments.images)
    tasks = read_screen_tasks(Path(arguments.data), images=images, boxes=arguments.boxes, split=arguments.split)
    others = _others(arguments)
    plan = ScreenPlan(arguments.methods or (*METHODS, CONSTANT), others)
    plan = ScreenPlan(tuple(dict.fromkeys((*plan.methods, *others))), others)
    with rows_bar(arguments) as advance:
        rows = measure_screens(plan, tasks[: arguments.most], Path(arguments.out), advance=advance)
    lines = summarise(rows, plan.methods[0])
    settings = {"from": arguments.data, "pictures": pictures_of(rows), "instructions": len(tasks[: arguments.most])}
    report = page(lines, rows, settings, most=arguments.failures)
    deliver(arguments, rows=len(rows), lines=lines, table=table(lines), page=report)
    return 0


def _others(arguments: ScreenArguments) -> dict[str, ScreenMethod]:
    """The methods that the command line adds, by name."""
    from tamis.bench.screen.methods import by_grounder

    others: dict[str, ScreenMethod] = {}
    if arguments.model is not None:
        from tamis.screen import ActorGrounder

        others[arguments.model] = by_grounder(ActorGrounder(arguments.model), looks=False)
    if arguments.grounder is not None:
        others[arguments.grounder] = by_grounder(_grounder(arguments.grounder))
    return others


def _grounder(name: str) -> Any:
    """The callable that a name as in package.module:name means; a class is called for one."""
    module, _, attribute = name.partition(":")
    try:
        value = getattr(import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise InvalidInput(f"There is no grounder {name!r}: {error}.", hint="As in package.module:name.") from error
    return value() if isinstance(value, type) else value
