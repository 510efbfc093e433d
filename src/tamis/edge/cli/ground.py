"""`tamis ground`: where on a screenshot instructions point."""

from __future__ import annotations

import json
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from tamis.edge.cli.command import Arguments, Parser, add_json, add_quiet, describe
from tamis.edge.cli.messages import say
from tamis.errors import InvalidInput, UnreadableInput
from tamis.io.files import STDIN, read_text, refuse_overwriting, write
from tamis.io.progress import watch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tamis.screen import Grounding, Screen

MORE = """\
Prints, for each instruction, the point to click in device pixels (--space for
other numbers), how sure it is, and what is there; or why there is nothing of
the kind on the screen. The screenshot is looked at once, each instruction then
costs milliseconds. Needs the extra screen."""

EXAMPLES = """\
examples:
  tamis ground shot.png "the Save button"
  tamis ground shot.png "the Email field" "third link" --html look.html
  tamis ground shot.png "second checkbox" --json | jq '.[0].point'
  tamis ground shot.png "Sign in" --ratio 2 --space css
  tamis ground shot.png --elements           what is on the screen

exit codes: 0 done, 1 an instruction points at nothing on the screen, or at
nothing that is sure enough, 2 arguments or input cannot be used"""


class GroundArguments(Arguments):
    """The command line of `tamis ground`."""

    shot: str
    instructions: list[str]
    elements: bool
    tree: str | None
    ratio: float
    space: str
    min_confidence: float
    html: str | None


def add(parser: Parser) -> None:
    """The options of `tamis ground`."""
    from tamis.image import DIALECTS

    parser.more = "instructions"
    describe(parser, more=MORE, epilog=EXAMPLES)
    parser.add_argument("shot", metavar="SHOT", help="a screenshot: PNG, JPEG, WebP ...; - is stdin")
    parser.add_argument("instructions", nargs="*", metavar="INSTRUCTION", help="what to point at")
    parser.add_argument("--elements", action="store_true", help="list what is on the screen")
    parser.add_argument("--tree", metavar="FILE", help="elements as JSON (DOM, AT-SPI), instead of looking for them")
    parser.add_argument("--ratio", type=float, default=1.0, metavar="R", help="device pixels for each CSS pixel (1)")
    parser.add_argument(
        "--space", default="pixels", metavar="NAME", choices=["css", *DIALECTS], help="in which numbers (pixels)"
    )
    parser.add_argument(
        "--min-confidence", type=float, default=0.0, metavar="C", help="take what is less sure for absent (0)"
    )
    parser.add_argument("--html", metavar="FILE", help="write a page with the picture, all elements and candidates")
    add_json(parser, "a list of what each instruction points at, with candidates, as JSON")
    add_quiet(parser, bar=False)


def run(arguments: GroundArguments) -> int:
    """Print where the instructions point; 1 where one points at nothing."""
    if not arguments.instructions and not arguments.elements:
        raise InvalidInput("There is no instruction.", hint="Say what to point at, or list what there is: --elements.")
    if not 0 <= arguments.min_confidence <= 1:
        raise InvalidInput(f"--min-confidence must be from 0 to 1, got {arguments.min_confidence}.")
    if arguments.html is not None:
        refuse_overwriting(Path(arguments.html), [arguments.shot])
    started = perf_counter()
    with watch("looking", on=arguments.bar):
        screen = _screen(arguments)
    looked = perf_counter()
    groundings = [one.at_least(arguments.min_confidence) for one in screen.ground_many(arguments.instructions)]
    seconds = looked - started, perf_counter() - looked
    _print(screen, groundings, arguments)
    if arguments.html is not None:
        from tamis.screen.page import grounding_page

        write(Path(arguments.html), grounding_page(screen, groundings, title=arguments.shot).encode())
    if not arguments.quiet:
        say(f"{len(screen.elements)} elements ({seconds[0]:.2f} s), {1000 * seconds[1]:.0f} ms for the instructions")
    return int(not all(one.present for one in groundings))


def _screen(arguments: GroundArguments) -> Screen:
    from tamis.io.files import read_bytes
    from tamis.screen import ScreenTree, look

    image = read_bytes(STDIN, limit=160) if arguments.shot == STDIN else arguments.shot
    if arguments.tree is None:
        return look(image, ratio=arguments.ratio)
    try:
        tree = ScreenTree(json.loads(read_text(arguments.tree)))
    except ValueError as error:
        raise UnreadableInput(f"{arguments.tree!r} is no JSON: {error}.") from error
    return look(image, ratio=arguments.ratio, elements=tree)


def _print(screen: Screen, groundings: Sequence[Grounding], arguments: GroundArguments) -> None:
    if arguments.json:
        print(json.dumps(_rows(screen, groundings, arguments), ensure_ascii=False, indent=2))
        return
    if arguments.elements:
        for element in screen.elements:
            box = " ".join(f"{edge:5.0f}" for edge in element.box.edges)
            print(f"{box}  {element.role:<9} {element.text}".rstrip())
    for one in groundings:
        if one.point is None:
            print(f"    -      -   {one.confidence:.2f}  {one.instruction}: {one.reason}")
        else:
            x, y = _numbers(screen, one, arguments) or (0, 0)
            what = " ".join(filter(None, (one.ranked[0].element.role, repr(one.ranked[0].element.text))))
            print(f"{x:>6g} {y:>6g}   {one.confidence:.2f}  {one.instruction}: {what}")


def _rows(screen: Screen, groundings: Sequence[Grounding], arguments: GroundArguments) -> list[dict[str, object]]:
    if arguments.elements and not groundings:
        return [element.to_dict() for element in screen.elements]
    return [{**one.to_dict(), "coordinates": _numbers(screen, one, arguments)} for one in groundings]


def _numbers(screen: Screen, one: Grounding, arguments: GroundArguments) -> tuple[float, float] | None:
    """The point in the numbers that are asked for."""
    from tamis.image import dialect_space

    if one.point is None:
        return None
    space = screen.shot.css if arguments.space == "css" else dialect_space(arguments.space, screen.shot.size)
    return space.coordinates(one.point)
