"""From arguments to the settings of `tamis.compress`, and from its results to words and bytes."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tamis.edge.cli.parser import Arguments
from tamis.errors import InvalidInput, InvalidKeep

if TYPE_CHECKING:
    from tamis.prompt import Compression, Options, Prompt


def settings(arguments: Arguments) -> dict[str, Any]:
    """Return the keyword arguments for `tamis.compress`.

    Raises:
        InvalidInput: a regular expression or a question that cannot be used, numbers that make no sense.
    """
    return {
        "rate": arguments.rate,
        "tokens": arguments.tokens,
        "threshold": arguments.threshold,
        "question": _question(arguments.question),
        "keep": [_pattern(expression) for expression in arguments.keep],
        "tokenizer": arguments.tokenizer,
        "method": arguments.method,
        "model": arguments.model,
        "options": _options(arguments),
    }


def source(texts: Sequence[str], arguments: Arguments) -> str | list[str] | Prompt:
    """Return what is to be compressed: one text, documents, or either with tags."""
    given = texts[0] if len(texts) == 1 else list(texts)
    if not arguments.tags:
        return given
    from tamis.prompt import Prompt

    return Prompt.tagged(given)


def _question(question: str | None) -> str | None:
    if question is not None and any("\ud800" <= char <= "\udfff" for char in question):
        raise InvalidInput(f"The question {question!r} is not valid UTF-8.", hint="Check the terminal's encoding.")
    return question


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


def _options(arguments: Arguments) -> Options:
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
    )


@dataclass(frozen=True, slots=True)
class Sum:
    """The figures of one result, without its texts: a batch may be larger than the memory."""

    tokens: int
    original_tokens: int
    tokenizer: str
    method: str
    gone: tuple[str, ...]

    @classmethod
    def of(cls, result: Compression) -> Sum:
        """Return the figures of a result; `gone` names the rule of each find that had to go."""
        gone = tuple(found.rule for found in result.sacrificed)
        return cls(result.tokens, result.original_tokens, result.tokenizer, result.method, gone)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a run comes to, in one line.

    Attributes:
        seconds: spent on compressing, from text to result.
        loading: spent before that on loading the model and the vocabulary.
    """

    sums: Sequence[Sum]
    seconds: float
    loading: float

    def __str__(self) -> str:
        tokens = sum(one.tokens for one in self.sums)
        original = sum(one.original_tokens for one in self.sums)
        rate = 100 * tokens / original if original else 100.0
        speed = f", {_round(original / self.seconds):,} tokens/s" if original and self.seconds > 0 else ""
        gone = Counter(rule for one in self.sums for rule in one.gone)
        return (
            f"{original:,} -> {tokens:,} tokens ({rate:.1f} %, {self.sums[0].tokenizer}), {self.sums[0].method}, "
            f"{self.seconds:.2f} s{speed} (loading: {self.loading:.2f} s){'; had to go: ' if gone else ''}{_list(gone)}"
        )


def _round(speed: float) -> int:
    """Keep three digits: the others are noise."""
    digits = max(len(str(int(speed))) - 3, 0)
    return int(round(speed, -digits))


def _list(counts: Counter[str]) -> str:
    return ", ".join(f"{count:,} {rule}" for rule, count in counts.most_common())


def as_bytes(result: Compression, *, as_json: bool) -> bytes:
    """Return what is written for a result: its text, or JSON in one line."""
    if not as_json:
        return result.text.encode("utf-8")
    # A path or model name with bytes that are not UTF-8 comes out as \udcff, which is what JSON calls such a thing.
    return json.dumps(result.to_dict(), ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"


def page_of(result: Compression, paths: Iterable[str]) -> bytes:
    """Return the HTML page of a result."""
    title = ", ".join(path for path in paths if path != "-") or None
    return result.to_html(title=title).encode("utf-8", "replace")
