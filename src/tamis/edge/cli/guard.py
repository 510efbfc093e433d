"""`tamis guard`: whether a text attacks the model that reads it, and what it wants."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from tamis.edge.cli.command import Arguments, Parser, add_json, add_quiet, describe
from tamis.edge.cli.messages import say
from tamis.io.files import LIMIT, read_text, refuse_overwriting, write

if TYPE_CHECKING:
    from tamis.guard import Verdict

MORE = """\
Says whether a text tries to set aside the instructions of the model that
reads it (a jailbreak, or an order planted in data), where, and what it wants.
English, and the commonest orders in seven more languages. A bare harmful
question is no attack: whoever answers it sees what it is."""

EXAMPLES = """\
examples:
  tamis guard prompt.txt
  curl -s https://example.com | tamis guard - --where tool
  tamis guard mail.txt --where tool --false-alarms 0.001 --json
  tamis guard page.txt --where tool --html page.html

exit codes: 0 nothing, 1 flagged, 2 arguments or input cannot be used"""

FLAGGED = 1


class GuardArguments(Arguments):
    """The command line of `tamis guard`."""

    file: str
    where: str
    false_alarms: float
    model: str | None
    html: str | None


def add(parser: Parser) -> None:
    """The options of `tamis guard`."""
    describe(parser, more=MORE, epilog=EXAMPLES)
    parser.add_argument("file", metavar="FILE", help="a text; - is stdin")
    parser.add_argument(
        "--where", choices=("user", "tool"), default="user", help="whose text it is: tool is any data (user)"
    )
    parser.add_argument(
        "--false-alarms", type=float, default=0.01, metavar="P", help="share of ordinary texts flagged (0.01)"
    )
    parser.add_argument("--model", metavar="DIR", help="a guard of your own, as `save` has written it")
    parser.add_argument("--html", metavar="FILE", help="write a page")
    add_json(parser, "the verdict with its spans, as JSON")
    add_quiet(parser, bar=False)


def run(arguments: GuardArguments) -> int:
    """Print the text with what is suspect in it; 1 where it is flagged."""
    from tamis.guard import Guard

    if arguments.html is not None:
        refuse_overwriting(Path(arguments.html), [arguments.file])
    text = read_text(arguments.file, limit=LIMIT)
    guard = Guard.load(arguments.model) if arguments.model else Guard.pretrained()
    started = perf_counter()
    verdict = guard.check(text, where=arguments.where, false_alarms=arguments.false_alarms)
    seconds = perf_counter() - started
    if arguments.html is not None:
        from tamis.guard.views import guard_page

        write(Path(arguments.html), guard_page(text, verdict, title=arguments.file).encode("utf-8", "replace"))
    if arguments.json:
        print(json.dumps(verdict.to_dict(), ensure_ascii=False, indent=2))
    elif arguments.html is None:
        _paint(text, verdict)
    if not arguments.quiet:
        _tell(verdict, seconds)
    return FLAGGED if verdict.flagged else 0


def _paint(text: str, verdict: Verdict) -> None:
    from rich.console import Console

    from tamis.entities.views import painted

    console = Console(highlight=False)
    with console.capture() as captured:
        console.print(painted(text, verdict.spans, colours=console.color_system is not None), soft_wrap=True, end="")
    sys.stdout.write(captured.get())
    if not text.endswith("\n"):
        sys.stdout.write("\n")


def _tell(verdict: Verdict, seconds: float) -> None:
    word = "flagged" if verdict.flagged else "not flagged"
    say(f"{word}: {100 * verdict.p:.2g} % of ordinary texts look so suspect ({seconds:.2f} s)")
    if verdict.intent:
        say(f"wants: {' '.join(verdict.intent.split())}")
    for reason in verdict.reasons:
        say(reason)
    if verdict.abstained:
        say(f"little can be said: {verdict.abstained}")
