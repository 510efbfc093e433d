"""From the arguments of `tamis compress` to those of `tamis.compress`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tamis.edge.cli.command import Arguments
from tamis.edge.cli.questions import checked_minimum, checked_question
from tamis.errors import InvalidInput, InvalidKeep

if TYPE_CHECKING:
    from tamis.prompt import Options, Prompt


class CompressArguments(Arguments):
    """The command line of `tamis compress`."""

    files: list[str]
    rate: float | None
    tokens: int | None
    threshold: float | None
    question: str | None
    min_relevance: float | None
    keep: list[str]
    tokenizer: str
    method: str
    model: str | None
    style: str | None
    ellipsis: str
    form: str | None
    omissions: bool
    path: list[str]
    detectors: tuple[str, ...] | None
    order: str
    min_words: int
    dynamic: float | None
    clean: bool
    pool: str
    seed: int
    threads: int | None
    segment: int
    ranker: str | None
    tags: bool
    output: str | None
    out: str | None
    words: bool
    html: str | None
    show: bool
    max_mb: int
    messages: bool
    limit: int | None
    store: str | None
    on_risk: str | None


def settings(arguments: CompressArguments) -> dict[str, Any]:
    """Return the keyword arguments for `tamis.compress`.

    Raises:
        InvalidInput: a regular expression or a question that cannot be used, numbers that make no sense.
    """
    return {
        "rate": arguments.rate,
        "tokens": arguments.tokens,
        "threshold": arguments.threshold,
        "question": None if arguments.question is None else checked_question(arguments.question),
        "min_relevance": checked_minimum(arguments.min_relevance),
        "keep": [_pattern(expression) for expression in arguments.keep],
        "tokenizer": arguments.tokenizer,
        "method": arguments.method,
        "model": arguments.model,
        "style": arguments.style,
        "ellipsis": arguments.ellipsis,
        "options": _options(arguments),
    }


def source(texts: Sequence[str], arguments: CompressArguments) -> str | list[str] | Prompt:
    """Return what is to be compressed: one text, documents, or either with tags."""
    untagged = texts[0] if len(texts) == 1 else list(texts)
    if not arguments.tags:
        return untagged
    from tamis.prompt import Prompt

    return Prompt.tagged(untagged)


def open_all(arguments: CompressArguments) -> None:
    """Open the vocabulary and the model, so that the figures can tell loading and work apart.

    What else a method opens (for a question, say) counts as work.
    """
    from tamis.prompt import METHODS
    from tamis.text.counting import counter

    counter(arguments.tokenizer)("")
    method = METHODS.get(arguments.method)
    model = arguments.model or (method.model if method else None)
    if method is not None and method.load is not None and model:
        method.load(model, arguments.threads)


def _pattern(expression: str) -> re.Pattern[str]:
    if not expression:
        raise InvalidKeep("--keep '' pins nothing.", hint="Leave it out, or say what must stay.")
    try:
        return re.compile(expression)
    except (re.error, OverflowError, RecursionError) as error:
        raise InvalidKeep(
            f"--keep {expression!r} is not a regular expression: {error}.",
            hint="Put \\ before what is meant literally.",
        ) from None


def _options(arguments: CompressArguments) -> Options:
    from tamis.prompt import Options, Surprisal

    least_of = {
        "--min-words": (arguments.min_words, 0),
        "--seed": (arguments.seed, 0),
        "--threads": (arguments.threads, 1),
        "--segment": (arguments.segment, 1),
    }
    for name, (value, least) in least_of.items():
        if value is not None and value < least:
            raise InvalidInput(f"{name} must be at least {least}, got {value}.")
    chosen: dict[str, Any] = {} if arguments.detectors is None else {"detectors": arguments.detectors}
    return Options(
        **chosen,
        clean=arguments.clean,
        order=arguments.order,
        min_words=arguments.min_words,
        dynamic=arguments.dynamic,
        pool=arguments.pool,
        seed=arguments.seed,
        threads=arguments.threads,
        ranker=arguments.ranker,
        surprisal=Surprisal(segment=arguments.segment),
        form=arguments.form or Options().form,
        omissions=arguments.omissions,
        paths=dict(_path(rule) for rule in arguments.path),
    )


def _path(rule: str) -> tuple[str, float | str]:
    """A path and what is to be done, of one `--path`.

    Example: "$.items[*].body=30%" -> "$.items[*].body", 0.3
    """
    path, _, what = rule.rpartition("=")
    if not path.startswith("$"):
        raise InvalidInput(f"--path {rule!r} is no PATH=RULE.", hint="For example --path '$..id=keep'.")
    try:
        return path, share(what)
    except ValueError:
        return path, what


def share(text: str) -> float:
    """Return a share that is written as a number or in percent.

    Example: "33%" -> 0.33
    """
    number = text.strip().removesuffix("%")
    return float(number) / 100 if number != text.strip() else float(number)
