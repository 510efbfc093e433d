"""`tamis distill`: from texts and a teacher to a model of one's own."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from tamis.distill.documents import documents
from tamis.edge.cli.distill_bar import asking_bar
from tamis.edge.cli.distill_parser import Distilling
from tamis.edge.cli.parser import Arguments
from tamis.errors import InvalidInput
from tamis.io.files import read_text

if TYPE_CHECKING:
    from tamis.distill.ask import Limits, Tally
    from tamis.distill.chunk import Chunk
    from tamis.distill.cost import Estimate
    from tamis.distill.course import Course
    from tamis.distill.steps import Asked, Work
    from tamis.distill.teacher import Teacher

UNANSWERED = 1


def run(arguments: Arguments) -> int:
    """Do the step that the arguments name; return the exit code."""
    given = cast(Distilling, arguments)
    return _STEPS[given.step or ""](given)


def _run(given: Distilling) -> int:
    from tamis.distill.steps import check_training

    check_training(_course(given), onnx=given.onnx)
    return _ask(given) or _label(given) or _train(given) or _export(given)


def _work(given: Distilling) -> Work:
    from tamis.distill.steps import Work

    return Work(Path(given.work))


def _ask(given: Distilling) -> int:
    from tamis.distill.ask import ask, pending
    from tamis.distill.journal import open_journal
    from tamis.distill.steps import prepare

    work, asked, limits = _work(given), _asked(given), _limits(given)
    teacher = _teacher(given, asked)
    with open_journal(work / "answers.jsonl") as journal:  # first: who holds it has the folder to himself
        chunks = prepare(work, documents(given.files, work.folder), asked)
        if journal.dropped:
            _say(f"the last line of the journal was torn ({journal.dropped} bytes): its chunk is asked again")
        waiting = pending(chunks, teacher, journal.answers)
        estimate = teacher.meter.estimate(waiting, asked.price)
        _say(_costs(len(chunks), estimate))
        if waiting:
            _agree(given)
        try:
            with asking_bar(len(chunks)) as report:
                tally = ask(chunks, teacher, journal=journal, limits=limits, report=report)
        except BaseException:
            _say(_left(chunks, teacher, journal.answers))
            raise
    return _asked_all(tally)


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


def _agree(given: Distilling) -> None:
    """Ask the teacher only if the user wants to pay for it."""
    if given.yes:
        return
    if sys.stdin is None or not sys.stdin.isatty():
        raise InvalidInput("Nobody has agreed to this.", hint="Say --yes to ask the teacher.")
    print("Ask the teacher? [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise InvalidInput("Nothing was asked.", hint="Answer y, or say --yes.")


def _asked_all(tally: Tally) -> int:
    """Say what came of the asking; 1 if chunks are left without an answer."""
    money = f", {tally.money:,.4f} in all" if tally.money else ""
    _say(
        f"{tally.paid:,} answered, {tally.retries:,} retries; {tally.tokens_in:,} tokens in, "
        f"{tally.tokens_out:,} out{money}"
    )
    if not tally.open:
        return 0
    for chunk, why in tally.failures[:3]:
        _say(f"  {chunk}: {why}")
    why = f": {tally.stopped}" if tally.stopped else ""
    _say(f"{tally.open:,} chunks have no answer{why}. Run again to ask, or go on without them: tamis distill label DIR")
    return UNANSWERED


def _asked(given: Distilling) -> Asked:
    from tamis.distill.cost import Price
    from tamis.distill.steps import Asked
    from tamis.distill.teacher import endpoint
    from tamis.distill.wording import INSTRUCTION, Wording

    url, model = endpoint(given.teacher)
    said = read_text(given.instruction).strip() if given.instruction else INSTRUCTION
    wording = Wording(model, said, given.temperature, given.body)
    return Asked(wording, url, given.tokenizer, given.chunk_tokens, Price(given.price_in, given.price_out))


def _limits(given: Distilling) -> Limits:
    from tamis.distill.ask import Limits
    from tamis.distill.cost import Price

    price = Price(given.price_in, given.price_out)
    return Limits(given.together, given.rpm, given.tpm, budget=given.budget, price=price)


def _teacher(given: Distilling, asked: Asked) -> Teacher:
    from tamis.distill.teacher import Teacher
    from tamis.io.http import bearer

    for name, value, least in (("--tries", given.tries, 1), ("--backoff", given.backoff, 0)):
        if not least <= value < float("inf"):
            raise InvalidInput(f"{name} must be at least {least}, got {value}.")
    if not 0 < given.timeout < float("inf"):
        raise InvalidInput(f"--timeout must be above 0, got {given.timeout}.")
    headers = bearer((given.key_env,))
    return Teacher(asked.url, asked.meter, headers, given.timeout, given.tries, given.backoff)


def _label(given: Distilling) -> int:
    from tamis.distill.measure import Filters
    from tamis.distill.steps import label_step

    filters = Filters(given.drop_variation, given.drop_gap)
    made = label_step(_work(given), filters=filters, window=given.window)
    _show("labels", dict(made.figures))
    return 0


def _course(given: Distilling) -> Course:
    from tamis.distill.steps import check_training

    check_training(None, onnx=False)
    from tamis.distill.course import Course

    encoder = os.path.expanduser(given.encoder)
    return Course(
        encoder,
        epochs=given.epochs,
        lr=given.lr,
        tokens=given.batch_tokens,
        seed=given.seed,
        policy=given.policy,
        share=given.held_out,
        checkpoint_every=given.checkpoint_every,
        device=given.device,
        bf16=given.bf16,
    )


def _train(given: Distilling) -> int:
    from tamis.distill.steps import train_step

    went = train_step(_work(given), _course(given))
    _show("training", {name: went[name] for name in ("steps", "best epoch", "dev accuracy")} | went["texts"])
    return 0


def _export(given: Distilling) -> int:
    from tamis.distill.steps import check_training, export_step

    check_training(None, onnx=given.onnx)
    work = _work(given)
    measured = export_step(work, onnx=given.onnx, int8=given.int8, licence=given.licence)
    for title, figures in measured.items():
        _show(title, figures)
    print(work / "model")
    return 0


def _status(given: Distilling) -> int:
    from tamis.distill.status import status

    found = status(_work(given))
    if given.json:
        print(json.dumps(found, indent=2, ensure_ascii=False))
        return 0
    for title, figures in found.items():
        print(f"{title}: " + ", ".join(f"{what} {_shown(value)}" for what, value in figures.items()))
    return 0


def _shown(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.4g}" if isinstance(value, float) else str(value)


def _show(title: str, figures: dict[str, Any]) -> None:
    _say(f"{title}: " + ", ".join(f"{what} {_shown(value)}" for what, value in figures.items()))


def _say(message: str) -> None:
    print(f"tamis: {message}", file=sys.stderr, flush=True)


_STEPS: dict[str, Callable[[Distilling], int]] = {
    "run": _run,
    "ask": _ask,
    "label": _label,
    "train": _train,
    "export": _export,
    "status": _status,
}
