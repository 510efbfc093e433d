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

    from tamis.screen import ActorGrounder, Element, Grounding, Screen

MORE = """\
Prints, for each instruction, the point to click in device pixels (--space for
other numbers), how sure it is, and what is there; or why there is nothing of
the kind on the screen. The screenshot is looked at once, each instruction then
costs milliseconds. Needs the extra screen; --model needs the extra torch.

--watch looks again whenever the picture, or the newest one of a folder, has
changed, and prints when the answers have; it goes on until it is interrupted."""

EXAMPLES = """\
examples:
  tamis ground shot.png "the Save button"
  tamis ground shot.png "the Email field" "third link" --html look.html
  tamis ground shot.png "second checkbox" --json | jq '.[0].point'
  tamis ground shot.png "Sign in" --ratio 2 --space css
  tamis ground shot.png --elements           what is on the screen
  tamis ground shots/ "the OK button" --watch
  tamis ground shot.png "the gear" --model microsoft/GUI-Actor-3B-Qwen2.5-VL

exit codes: 0 done, 1 an instruction points at nothing on the screen, or at
nothing that is sure enough, 2 arguments or input cannot be used,
130 interrupted"""


class GroundArguments(Arguments):
    """The command line of `tamis ground`."""

    shot: str
    instructions: list[str]
    elements: bool
    tree: str | None
    ratio: float | None
    space: str
    min_confidence: float
    html: str | None
    model: str | None
    verifier: str | None
    watch: bool


def add(parser: Parser) -> None:
    """The options of `tamis ground`."""
    from tamis.image import DIALECTS

    parser.more = "instructions"
    describe(parser, more=MORE, epilog=EXAMPLES)
    parser.add_argument("shot", metavar="SHOT", help="a screenshot: PNG, JPEG, WebP ...; - is stdin")
    parser.add_argument("instructions", nargs="*", metavar="INSTRUCTION", help="what to point at")
    parser.add_argument("--elements", action="store_true", help="list what is on the screen")
    parser.add_argument("--tree", metavar="FILE", help="elements as JSON (DOM, AT-SPI), instead of looking for them")
    parser.add_argument("--ratio", type=float, metavar="R", help="device pixels for each CSS pixel (guessed)")
    parser.add_argument(
        "--space", default="pixels", metavar="NAME", choices=["css", *DIALECTS], help="in which numbers (pixels)"
    )
    parser.add_argument(
        "--min-confidence", type=float, default=0.0, metavar="C", help="take what is less sure for absent (0)"
    )
    parser.add_argument("--html", metavar="FILE", help="write a page with the picture, all elements and candidates")
    parser.add_argument("--model", metavar="NAME", help="a GUI-Actor checkpoint that points: a folder or hub id")
    parser.add_argument("--verifier", metavar="NAME", help="with --model: one that looks at its candidates again")
    parser.add_argument("--watch", action="store_true", help="again whenever the picture changes; SHOT may be a folder")
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
    if arguments.verifier is not None and arguments.model is None:
        raise InvalidInput("--verifier looks at what a --model proposes.", hint="Name both, or neither.")
    grounder = _grounder(arguments)
    if arguments.watch:
        return _watch(arguments, grounder)
    screen, groundings = _look(arguments, arguments.shot, grounder)
    if text := _text(screen, groundings, arguments):
        print(text)
    return int(not all(one.present for one in groundings))


def _watch(arguments: GroundArguments, grounder: ActorGrounder | None) -> int:
    from tamis.edge.cli.watching import follow

    if arguments.shot == STDIN:
        raise InvalidInput("stdin cannot be watched.", hint="Name a picture or a folder.")
    return follow(
        Path(arguments.shot),
        lambda path: _text(*_look(arguments, str(path), grounder), arguments),
        quiet=arguments.quiet,
    )


def _look(arguments: GroundArguments, shot: str, grounder: ActorGrounder | None) -> tuple[Screen, Sequence[Grounding]]:
    """The screen and where the instructions point; the page is written, and the seconds are said."""
    started = perf_counter()
    with watch("looking", on=arguments.bar):
        screen = _screen(arguments, shot, grounder)
    looked = perf_counter()
    groundings = [one.at_least(arguments.min_confidence) for one in screen.ground_many(arguments.instructions)]
    seconds = looked - started, perf_counter() - looked
    if arguments.html is not None:
        from tamis.screen.page import grounding_page

        heats = [grounder.attention(screen.shot, one.instruction) for one in groundings] if grounder else ()
        page = grounding_page(screen, groundings, title=shot, heats=heats)
        write(Path(arguments.html), page.encode())
    if not arguments.quiet:
        say(_effort(screen, *seconds))
    return screen, groundings


def _effort(screen: Screen, looked: float, pointed: float) -> str:
    """How much is on the screen, how long it took, and as what the picture was read, where that is not plain."""
    count = len(screen.elements)
    notes = f" (picture: {', '.join(screen.shot.notes)})" if screen.shot.notes else ""
    elements = f"{count} element{'s' * (count != 1)} ({looked:.2f} s)"
    return f"{elements}, {1000 * pointed:.0f} ms for the instructions{notes}"


def _grounder(arguments: GroundArguments) -> ActorGrounder | None:
    """The model that points; None for the one that needs none."""
    if arguments.model is None:
        return None
    from tamis.screen import ActorGrounder, PublishedVerifier, Verification

    with watch("opening the model", on=arguments.bar):
        verifier = arguments.verifier and PublishedVerifier(arguments.verifier)
        return ActorGrounder(arguments.model, verification=Verification(verifier) if verifier else None)


def _screen(arguments: GroundArguments, shot: str, grounder: ActorGrounder | None) -> Screen:
    from tamis.io.files import read_bytes
    from tamis.screen import ScreenTree, look

    if shot != STDIN and Path(shot).is_dir():
        hint = "Name a picture in it, or look at its newest one whenever there is another: --watch."
        raise UnreadableInput(f"{shot!r} is a folder.", hint=hint)
    image = read_bytes(STDIN, limit=160) if shot == STDIN else shot
    if arguments.tree is None:
        elements = () if grounder is not None and not arguments.elements else None
        return look(image, ratio=arguments.ratio, elements=elements, grounder=grounder)
    try:
        tree = ScreenTree(json.loads(read_text(arguments.tree)))
    except ValueError as error:
        raise UnreadableInput(f"{arguments.tree!r} is no JSON: {error}.") from error
    return look(image, ratio=arguments.ratio, elements=tree, grounder=grounder)


def _text(screen: Screen, groundings: Sequence[Grounding], arguments: GroundArguments) -> str:
    if arguments.json:
        return json.dumps(_rows(screen, groundings, arguments), ensure_ascii=False, indent=2)
    elements = screen.elements if arguments.elements else ()
    return "\n".join([*map(_element, elements), *(_line(screen, one, arguments) for one in groundings)])


def _element(element: Element) -> str:
    box = " ".join(f"{edge:5.0f}" for edge in element.box.edges)
    return f"{box}  {element.role:<9} {element.text}".rstrip()


def _line(screen: Screen, one: Grounding, arguments: GroundArguments) -> str:
    if one.point is None:
        return f"    -      -   {one.confidence:.2f}  {one.instruction}: {one.reason}"
    x, y = _numbers(screen, one, arguments) or (0, 0)
    best = one.ranked[0].element
    what = " ".join(filter(None, (best.role, repr(best.text) if best.text or best.source != "patch" else "")))
    return f"{x:>6g} {y:>6g}   {one.confidence:.2f}  {one.instruction}: {what}"


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
