"""`tamis entities`: what is named and numbered in a text."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from tamis.edge.cli.command import Arguments, Parser, add_json, add_quiet, describe, names
from tamis.edge.cli.messages import say
from tamis.errors import InvalidInput
from tamis.io.files import LIMIT, read_text, refuse_overwriting, write
from tamis.io.progress import watch

if TYPE_CHECKING:
    from tamis.entities import Entity, Link, Numeral

MORE = """\
Paints names (person, place, organisation, other), numbers, money, times and
addresses of a text where they stand; in a pipe as [text|kind]. English."""

EXAMPLES = """\
examples:
  tamis entities letter.txt
  tamis entities letter.txt --kinds person,money,date --json
  tamis entities letter.txt --now 2026-05-01 --html page.html
  tamis entities letter.txt --model my-types/
  tamis entities letter.txt --base companies.jsonl --json

exit codes: 0 done, 2 arguments or input cannot be used"""


_PLACE = ("start", "end", "text")  # of a link: as the name has them


class EntitiesArguments(Arguments):
    """The command line of `tamis entities`."""

    file: str
    kinds: str | None
    min_confidence: float
    model: str | None
    base: str | None
    now: str | None
    html: str | None


def add(parser: Parser) -> None:
    """The options of `tamis entities`."""
    describe(parser, more=MORE, epilog=EXAMPLES)
    parser.add_argument("file", metavar="FILE", help="a text; - is stdin")
    parser.add_argument("--kinds", metavar="A,B", help="these only, of names and of numerals (all)")
    parser.add_argument("--min-confidence", type=float, default=0.5, metavar="C", help="of a name (0.5)")
    parser.add_argument("--model", metavar="DIR", help="a recogniser of your own types, as `save` has written it")
    parser.add_argument("--base", metavar="FILE", help="a knowledge base (JSON Lines): names are linked to its ids")
    parser.add_argument("--now", metavar="TIME", help='what "tomorrow" is seen from, as in 2026-05-01T12:00')
    parser.add_argument("--html", metavar="FILE", help="write a page")
    add_json(parser, "names and numerals with places and values, as JSON")
    add_quiet(parser, bar=True)


def run(arguments: EntitiesArguments) -> int:
    """Print the text with its names and numerals."""
    if not 0 <= arguments.min_confidence <= 1:
        raise InvalidInput(f"--min-confidence must be from 0 to 1, got {arguments.min_confidence}.")
    if arguments.html is not None:
        refuse_overwriting(Path(arguments.html), [arguments.file])
    text = read_text(arguments.file, limit=LIMIT)
    started = perf_counter()
    with watch("reading", on=arguments.bar):
        marks = _marks(text, arguments)
        links = _links(text, marks, arguments.base)
    seconds = perf_counter() - started
    if arguments.html is not None:
        from tamis.entities.views import entities_page

        page = entities_page(text, marks, _ids(links), title=arguments.file)
        write(Path(arguments.html), page.encode("utf-8", "replace"))
        if not (arguments.json or arguments.quiet):
            print(arguments.html)
    if arguments.json:
        print(json.dumps([_row(mark, links) for mark in marks], ensure_ascii=False, indent=2))
    elif arguments.html is None:
        _paint(text, marks, links)
    if not arguments.quiet:
        say(f"{len(marks)} names and numerals ({seconds:.2f} s)")
    return 0


def _marks(text: str, arguments: EntitiesArguments) -> Sequence[Entity | Numeral]:
    from tamis.entities import KINDS, Recognizer, apart, numerals

    recognizer = Recognizer.load(arguments.model) if arguments.model else Recognizer.pretrained()
    wanted = names(arguments.kinds) if arguments.kinds is not None else (*recognizer.types, *KINDS)
    for kind in wanted:
        if kind not in (*recognizer.types, *KINDS):
            hint = f"Names: {', '.join(recognizer.types)}; numerals: {', '.join(KINDS)}."
            raise InvalidInput(f"There is no kind {kind!r}.", hint=hint)
    numeric = [kind for kind in wanted if kind in KINDS]
    found: list[Entity | Numeral] = []
    if numeric:
        found += numerals(text, kinds=numeric, now=_now(arguments.now))
    if set(wanted) & set(recognizer.types):
        found += [one for one in recognizer(text, least=arguments.min_confidence) if one.kind in wanted]
    return apart(sorted(found, key=lambda one: (one.start - one.end, one.start)))


def _links(text: str, marks: Sequence[Entity | Numeral], base: str | None) -> dict[int, Link]:
    """What each name means, by its start."""
    if base is None:
        return {}
    from tamis.entities import Entity, KnowledgeBase, Linker

    named = [mark for mark in marks if isinstance(mark, Entity)]
    return {link.start: link for link in Linker(KnowledgeBase.load(base))(text, named)}


def _ids(links: Mapping[int, Link]) -> dict[int, str]:
    return {start: link.id for start, link in links.items() if link.id is not None}


def _row(mark: Entity | Numeral, links: Mapping[int, Link]) -> dict[str, Any]:
    row = mark.to_dict()
    if mark.start in links:
        row["link"] = {key: value for key, value in links[mark.start].to_dict().items() if key not in _PLACE}
    return row


def _now(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(f"--now must be a time as in 2026-05-01T12:00, got {text!r}.") from error


def _paint(text: str, marks: Sequence[Entity | Numeral], links: Mapping[int, Link]) -> None:
    from rich.console import Console

    from tamis.entities.views import painted

    console = Console(highlight=False)
    with console.capture() as captured:
        console.print(
            painted(text, marks, _ids(links), colours=console.color_system is not None), soft_wrap=True, end=""
        )
    sys.stdout.write(captured.get())
    if not text.endswith("\n"):
        sys.stdout.write("\n")
