"""`tamis rank`: which files, or paragraphs of them, have most to do with a question."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from time import perf_counter
from typing import TYPE_CHECKING

from tamis.edge.cli.command import Arguments, Parser, add_json, add_quiet, describe, listing
from tamis.edge.cli.messages import say
from tamis.edge.cli.questions import add_minimum, checked_minimum, checked_question
from tamis.errors import InvalidInput
from tamis.io.files import LIMIT, read_text
from tamis.io.inputs import expand
from tamis.io.progress import watch

if TYPE_CHECKING:
    from tamis.core import Floats

MORE = """\
Prints the documents, best first: how likely each holds an answer (relevance, 0
to 1, of the ranker auto, calibrated), what the ranker scored it, its name and
its first words."""

EXAMPLES = """\
examples:
  tamis rank "When did the mill burn?" notes/*.md
  tamis rank "Who signed?" contract.txt --paragraphs --top 3
  tamis rank "Who signed?" *.txt --min-relevance 0.5 || echo nobody says
  tamis rank "the boat" *.md --json | jq -r '.[0].name'

exit codes: 0 done, 1 nothing reaches --min-relevance, 2 arguments or input
cannot be used"""

SHOWN = 60  # characters of a document in the table
_BLANK = re.compile(r"\n[ \t]*\n\s*")


class RankArguments(Arguments):
    """The command line of `tamis rank`."""

    question: str
    files: list[str]
    min_relevance: float | None
    top: int | None
    paragraphs: bool
    ranker: str
    model: str | None
    max_mb: int


@dataclass(frozen=True, slots=True)
class _Row:
    """A ranked document: its place, its name and line, and what was judged."""

    place: int
    name: str
    line: int
    relevance: float | None
    score: float
    text: str


@dataclass(frozen=True, slots=True)
class _Passage:
    """What is ranked: a file, or a paragraph and the line that it begins on."""

    name: str
    line: int
    text: str


def add(parser: Parser) -> None:
    """The options of `tamis rank`."""
    from tamis.prompt.documents.rankers import RANKERS

    parser.values = {"ranker": tuple(RANKERS)}
    rankers = listing("rankers", {name: ranker.says for name, ranker in RANKERS.items()})
    describe(parser, more=MORE, epilog=f"{rankers}\n\n{EXAMPLES}")
    parser.add_argument("question", metavar="QUESTION", help="what the reader will want to know")
    parser.add_argument("files", nargs="+", metavar="FILE", help="what to rank; - is stdin")
    parser.add_argument("--paragraphs", action="store_true", help="rank paragraphs (between blank lines), not files")
    parser.add_argument("--top", type=int, metavar="N", help="the best N only")
    add_minimum(parser, "documents")
    parser.add_argument("--ranker", default="auto", metavar="R", help="what ranks, see below (auto)")
    parser.add_argument("--model", metavar="NAME", help="another model than the ranker's own")
    parser.add_argument(
        "--max-mb", type=int, default=LIMIT, metavar="N", help=f"refuse inputs larger than this many MB ({LIMIT})"
    )
    add_json(parser, "a list of the documents, with their texts, as JSON")
    add_quiet(parser, bar=False)


def run(arguments: RankArguments) -> int:
    """Print the ranked documents; 1 where none is relevant enough, as searches end."""
    question, minimum = checked_question(arguments.question), checked_minimum(arguments.min_relevance)
    if arguments.top is not None and arguments.top < 1:
        raise InvalidInput(f"--top must be at least 1, got {arguments.top}.")
    passages = list(_passages(arguments))
    started = perf_counter()
    ranked = _ranked(question, passages, arguments)
    seconds = perf_counter() - started
    rows = [row for row in ranked if minimum is None or (row.relevance or 0.0) >= minimum]
    _print(rows[: arguments.top], arguments)
    if not arguments.quiet:
        kind = "paragraph" if arguments.paragraphs else "document"
        say(f"{len(passages):,} {kind}{'s' * (len(passages) != 1)}, {arguments.ranker} ({seconds:.2f} s)")
        if minimum is not None and not rows:
            say(f"nothing answers with a chance of {minimum:g} or more.")
    return int(minimum is not None and not rows)


def _passages(arguments: RankArguments) -> Iterator[_Passage]:
    """Yield what is to be ranked."""
    for path in expand(arguments.files):
        text = read_text(path, limit=arguments.max_mb)
        if not arguments.paragraphs:
            yield _Passage(path, 1, text)
            continue
        start = 0
        for end, following in [*((m.start(), m.end()) for m in _BLANK.finditer(text)), (len(text), len(text))]:
            if text[start:end].strip():
                yield _Passage(path, text.count("\n", 0, start) + 1, text[start:end])
            start = following


def _ranked(question: str, passages: Sequence[_Passage], arguments: RankArguments) -> list[_Row]:
    """The passages, best first, with what was judged of them."""
    from tamis.prompt.documents.rankers import rank

    texts = [passage.text for passage in passages]
    with watch("reading", on=arguments.bar):
        ranking = rank(question, texts, ranker=arguments.ranker, model=arguments.model)
        relevance: Floats | None = ranking.relevance
        if relevance is None and arguments.min_relevance is not None:
            relevance = rank(question, texts).relevance
    rows = []
    for place, number in enumerate(ranking.order, 1):
        passage = passages[number]
        chance = None if relevance is None else round(float(relevance[number]), 4)
        score = round(float(ranking.scores[number]), 4)
        rows.append(_Row(place, passage.name, passage.line, chance, score, passage.text))
    return rows


def _print(rows: Sequence[_Row], arguments: RankArguments) -> None:
    if arguments.json:
        print(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=2))
        return
    names = [f"{row.name}:{row.line}" if arguments.paragraphs else row.name for row in rows]
    width = max(map(len, names), default=0)
    for row, name in zip(rows, names, strict=True):
        relevance = "   -" if row.relevance is None else f"{row.relevance:.2f}"
        print(f"{row.place:>3}  {relevance}  {row.score:>8.2f}  {name:<{width}}  {_first_words(row.text)}".rstrip())


def _first_words(text: str) -> str:
    """The beginning of a text in one line."""
    line = " ".join(text[: 4 * SHOWN].split())
    return line if len(line) <= SHOWN else line[:SHOWN].rsplit(" ", 1)[0] + " ..."
