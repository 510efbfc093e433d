"""`tamis distill ask`: texts are cut into chunks, and a teacher shortens each."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from tamis.edge.cli.command import add_quiet, describe
from tamis.edge.cli.distill.bar import asking_bar
from tamis.edge.cli.distill.options import AskArguments, add_cost, add_files, add_pace, add_teacher, work_of
from tamis.edge.cli.messages import say
from tamis.errors import InvalidInput
from tamis.io.files import read_text

if TYPE_CHECKING:
    from tamis.distill.ask import Limits, Tally
    from tamis.distill.chunk import Chunk
    from tamis.distill.cost import Estimate
    from tamis.distill.steps import AskSettings
    from tamis.distill.teacher import Teacher

UNANSWERED = 1


EXAMPLE = """\
example:
  tamis distill ask corpus.jsonl --out work \\
      --teacher http://127.0.0.1:8080/v1#local --together 32 --yes"""


def add(parser: argparse.ArgumentParser) -> None:
    """The options of the step."""
    describe(parser, epilog=EXAMPLE)
    for options in (add_files, add_teacher, add_pace, add_cost):
        options(parser)
    add_quiet(parser, bar=True)


def run(arguments: AskArguments) -> int:
    """Say what it will cost, ask, and say what came of it; 1 if chunks are left without an answer."""
    from tamis.distill.ask import ask, pending
    from tamis.distill.documents import documents
    from tamis.distill.journal import open_journal
    from tamis.distill.steps import prepare

    work, request, limits = work_of(arguments), _request(arguments), _limits(arguments)
    teacher = _teacher(arguments, request)
    with open_journal(work / "answers.jsonl") as journal:  # first: who holds it has the folder to himself
        chunks = prepare(work, documents(arguments.files, work.folder), request)
        if journal.dropped:
            say(f"the last line of the journal was torn ({journal.dropped} bytes): its chunk is asked again")
        waiting = pending(chunks, teacher, journal.answers)
        estimate = teacher.meter.estimate(waiting, request.price)
        if not arguments.quiet or not arguments.yes:  # nobody agrees to what he has not read
            say(_costs(len(chunks), estimate))
        if waiting:
            _agree(arguments)
        try:
            with asking_bar(len(chunks), answered=len(chunks) - len(waiting), show=arguments.bar) as report:
                tally = ask(chunks, teacher, journal=journal, limits=limits, report=report)
        except BaseException:
            say(_left(chunks, teacher, journal.answers))
            raise
    return _outcome(tally, quiet=arguments.quiet)


def _left(chunks: list[Chunk], teacher: Teacher, answers: dict[str, Any]) -> str:
    from tamis.distill.ask import pending

    done = len(chunks) - len(pending(chunks, teacher, answers))
    return f"{done:,} of {len(chunks):,} chunks are answered, and kept. Run the same line again to go on."


def _costs(chunks: int, estimate: Estimate) -> str:
    """What is to come, in one line; estimated, and called so."""
    done = chunks - estimate.requests
    head = f"{chunks:,} chunks, {done:,} answered before, {estimate.requests:,} to ask"
    if not estimate.requests:
        return head
    tokens = f"{estimate.tokens_in:,} tokens in, about {estimate.usual_out:,} out (at most {estimate.most_out:,})"
    price = estimate.price
    money = f"about {estimate.usual:,.2f}, at most {estimate.most:,.2f}"
    if not (price.per_in or price.per_out):
        money = "no price was given (--price-in, --price-out)"
    return f"{head}: estimated {tokens}; {money}"


def _agree(arguments: AskArguments) -> None:
    """Ask the teacher only if the user wants to pay for it."""
    if arguments.yes:
        return
    if sys.stdin is None or not sys.stdin.isatty():
        raise InvalidInput("Nobody has agreed to this.", hint="Say --yes to ask the teacher.")
    print("Ask the teacher? [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise InvalidInput("Nothing was asked.", hint="Answer y, or say --yes.")


def _outcome(tally: Tally, *, quiet: bool) -> int:
    """Say what came of the asking; 1 if chunks are left without an answer."""
    money = f", {tally.money:,.4f} in all" if tally.money else ""
    if not quiet:
        say(
            f"{tally.paid:,} answered, {tally.retries:,} retries; {tally.tokens_in:,} tokens in, "
            f"{tally.tokens_out:,} out{money}"
        )
    if not tally.open:
        return 0
    for chunk, why in tally.failures[:3]:
        say(f"  {chunk}: {why}")
    why = f": {tally.stopped}" if tally.stopped else ""
    say(f"{tally.open:,} chunks have no answer{why}. Run again to ask, or go on without them: tamis distill label DIR")
    return UNANSWERED


def _request(arguments: AskArguments) -> AskSettings:
    from tamis.distill.cost import Price
    from tamis.distill.steps import AskSettings
    from tamis.distill.teacher import endpoint
    from tamis.distill.wording import INSTRUCTION, TeacherPrompt

    url, model = endpoint(arguments.teacher)
    instruction = read_text(arguments.instruction).strip() if arguments.instruction else INSTRUCTION
    wording = TeacherPrompt(model, instruction, arguments.temperature, arguments.body)
    return AskSettings(
        wording, url, arguments.tokenizer, arguments.chunk_tokens, Price(arguments.price_in, arguments.price_out)
    )


def _limits(arguments: AskArguments) -> Limits:
    from tamis.distill.ask import Limits
    from tamis.distill.cost import Price

    price = Price(arguments.price_in, arguments.price_out)
    return Limits(arguments.together, arguments.rpm, arguments.tpm, budget=arguments.budget, price=price)


def _teacher(arguments: AskArguments, request: AskSettings) -> Teacher:
    from tamis.distill.teacher import Teacher
    from tamis.io.http import bearer

    for name, value, least in (("--tries", arguments.tries, 1), ("--backoff", arguments.backoff, 0)):
        if not least <= value < float("inf"):
            raise InvalidInput(f"{name} must be at least {least}, got {value}.")
    if not 0 < arguments.timeout < float("inf"):
        raise InvalidInput(f"--timeout must be above 0, got {arguments.timeout}.")
    headers = bearer((arguments.key_env,))
    return Teacher(request.url, request.meter, headers, arguments.timeout, arguments.tries, arguments.backoff)
