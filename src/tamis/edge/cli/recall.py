"""`tamis recall`: what a memory says to a question."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from datetime import datetime
from time import perf_counter
from typing import TYPE_CHECKING, Any

from tamis.edge.cli.command import add_json, add_quiet, describe
from tamis.edge.cli.messages import say
from tamis.edge.cli.opening import TOKENS, MemoryArguments, add_place, opened
from tamis.edge.cli.questions import add_minimum, checked_minimum, checked_question
from tamis.errors import InvalidInput
from tamis.io.progress import watch

if TYPE_CHECKING:
    from tamis.memory import Passage, Recall


MORE = """\
Prints the passages that answer the question, in time order, within a budget of
tokens, and one line of figures on stderr. Nothing leaves the machine."""

EXAMPLES = """\
examples:
  tamis recall "Where does the sister live?" -t 500
  tamis recall "What did we decide last May?" --explain
  tamis recall "the boat" -t 2000 --json | jq '.passages[].turn_ids'
  tamis recall "the boat" -t 300 --compress 0.5
  tamis recall "Who sold the boat?" --min-relevance 0.5 || echo nobody knows

exit codes: 0 done, 1 nothing reaches --min-relevance, 2 it cannot be asked"""


class RecallArguments(MemoryArguments):
    """The command line of `tamis recall`."""

    question: str
    tokens: int
    tokenizer: str
    explain: bool
    compress: float | None
    now: str | None
    min_relevance: float | None


def add(parser: argparse.ArgumentParser) -> None:
    """The options of `tamis recall`."""
    describe(parser, more=MORE, epilog=EXAMPLES)
    parser.add_argument("question", metavar="QUESTION", help="what to look for")
    parser.add_argument("-t", "--tokens", type=int, default=TOKENS, help=f"at most so many tokens ({TOKENS:,})")
    parser.add_argument("--tokenizer", default="o200k_base", metavar="T", help="whose tokens count, as in compress")
    parser.add_argument("--explain", action="store_true", help="say of each passage why it was chosen")
    parser.add_argument("--compress", type=float, metavar="RATE", help="shorten passages to that share; more fit")
    add_minimum(parser, "passages")
    parser.add_argument("--now", metavar="DATE", help="what 'last week' is counted from (the present)")
    add_json(parser, "text, figures and passages with their sources as JSON")
    add_quiet(parser, bar=False)
    add_place(parser)


def run(arguments: RecallArguments) -> int:
    """Print the passages, or all of it as JSON."""
    from tamis.edge.memories import shortener, sieve

    compress = None if arguments.compress is None else shortener(arguments.compress)
    question, minimum = checked_question(arguments.question), checked_minimum(arguments.min_relevance)
    with opened(arguments, write=False) as memory, watch("reading", on=arguments.bar):
        start = perf_counter()
        recall = memory.recall(
            question,
            arguments.tokens,
            tokenizer=arguments.tokenizer,
            now=_date(arguments.now),
            explain=arguments.explain,
            compress=compress,
            relevant=None if minimum is None else sieve(minimum),
        )
        seconds = perf_counter() - start
    _print(recall, arguments)
    if not arguments.quiet:
        count = len(recall.turn_ids)
        turns = f"{count} turn{'s' * (count != 1)} in {len(recall.passages)} passages, {recall.tokens:,} tokens"
        say(f"{turns}, relevance {recall.relevance:.2f} ({seconds:.2f} s)")
    return _nothing(recall, minimum, quiet=arguments.quiet)


def _nothing(recall: Recall, minimum: float | None, *, quiet: bool) -> int:
    """1 where nothing was relevant enough, as searches end; what is merely empty is no failure."""
    if minimum is None or recall.passages:
        return 0
    if not quiet:
        say(f"nothing answers with a chance of {minimum:g} or more.")
    return 1


def _print(recall: Recall, arguments: RecallArguments) -> None:
    if arguments.json:
        passages = [as_json(passage) for passage in recall.passages]
        values = {"text": recall.text, "tokens": recall.tokens, "relevance": recall.relevance, "passages": passages}
        print(json.dumps(values, ensure_ascii=False, indent=2))
    elif arguments.explain:
        for passage in recall.passages:
            day = f"{passage.start:%Y-%m-%d}" if passage.start else ""
            origin = " ".join(part for part in (day, passage.session) if part)
            print(f"[{origin}] score {passage.score:.2f}: {passage.why}\n{passage.text}\n")
    elif recall.text:
        print(recall.text)


def as_json(passage: Passage) -> dict[str, Any]:
    """A passage as JSON values."""
    times = {
        name: time.isoformat() if time else None for name, time in (("start", passage.start), ("end", passage.end))
    }
    return asdict(passage) | times


def _date(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        raise InvalidInput(f"{text!r} is no date.", hint="Write it as in 2023-05-08 or 2023-05-08T13:56.") from error
