"""What `tamis compress` prints and writes: the text or JSON, a page, the figures, and what is worth a remark."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tamis.edge.cli.settings import CompressArguments
from tamis.errors import OutputError
from tamis.io.files import STDIN, reason, write
from tamis.text.sentences import sentences

if TYPE_CHECKING:
    from tamis.prompt import Compression

WHOLE = {  # what of a style was too large, and what to do
    "clauses": ("clause", "Ask for more, or for --style words."),
    "sentences": ("sentence", "Ask for more, or for --style clauses."),
    "words": ("word", "Ask for more."),
}
WORDING = ("negations", "questions")  # rules that find no facts
WORDS = ("kept", "dropped")  # what is said of each word: most of the JSON


@dataclass(frozen=True, slots=True)
class Sum:
    """The figures of one result, without its texts: a batch may be larger than the memory."""

    tokens: int
    original_tokens: int
    tokenizer: str
    method: str
    missing: tuple[str, ...]

    @classmethod
    def of(cls, result: Compression) -> Sum:
        """Return the figures of a result; `missing` names the rule of each find that its sentence has lost."""
        rules = tuple(_missing(result))
        return cls(result.tokens, result.original_tokens, result.tokenizer, result.method, rules)


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
        tokens = sum(result.tokens for result in self.sums)
        original = sum(result.original_tokens for result in self.sums)
        rate = 100 * tokens / original if original else 100.0
        speed = f", {_round(original / self.seconds):,} tokens/s" if original and self.seconds > 0 else ""
        rules = Counter(rule for result in self.sums for rule in result.missing)
        return (
            f"{original:,} -> {tokens:,} tokens ({rate:.1f} %, {self.sums[0].tokenizer}), {self.sums[0].method}, "
            f"{self.seconds:.2f} s{speed} (loading: {self.loading:.2f} s){_list(rules)}"
        )


def _round(speed: float) -> int:
    """Keep three digits: the others are noise."""
    digits = max(len(str(int(speed))) - 3, 0)
    return int(round(speed, -digits))


def _list(counts: Counter[str]) -> str:
    rules = ", ".join(f"{count:,} {rule if count > 1 else rule[:-1]}" for rule, count in counts.most_common())
    return f"; left out of sentences that stay: {rules}" if rules else ""


def _missing(result: Compression) -> Iterator[str]:
    """The rule of each find that is gone from a sentence that stays in part.

    No news is what went with its whole sentence, a value of data or a line of a log: that is what shortening does. Nor
    is a denial, which goes with what it denies.
    """
    source, units = result.source, result.selection.units
    edges = np.array([sentence.start for sentence in sentences(source)], np.int64)
    said = units.starts[result.selection.mask & ~units.punct]
    stays = set(np.searchsorted(edges, said, side="right").tolist())
    facts = (find for find in result.sacrificed if find.rule not in WORDING)
    finds = [find for find in facts if _kind_at(result, find.span.start) == "prose"]
    numbers = np.searchsorted(edges, [find.span.start for find in finds], side="right").tolist()
    return (find.rule for find, number in zip(finds, numbers, strict=True) if number in stays)


def _kind_at(result: Compression, place: int) -> str:
    """The kind of the part of the source that holds a character."""
    return next((part.name for part in result.kinds if part.span.start <= place < part.span.end), "prose")


def as_bytes(result: Compression, arguments: CompressArguments) -> bytes:
    """Return what is written for a result: its text, or JSON in one line."""
    if not arguments.json:
        return result.text.encode("utf-8")
    values = result.to_dict()
    if not arguments.words:
        values = {name: value for name, value in values.items() if name not in WORDS}
    # A path or model name with bytes that are not UTF-8 comes out as \udcff, which is what JSON calls such a thing.
    return json.dumps(values, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"


class Remarks:
    """What the arguments ask for in vain, of one result or of many."""

    def __init__(self, arguments: CompressArguments) -> None:
        self._unmatched = dict.fromkeys(arguments.keep)
        self._ranker = arguments.ranker
        self._idle = self._ranker is not None
        self._empty = 0
        self._budget, self._style = "", "words"
        self._warnings: Counter[str] = Counter()
        self._results = 0
        self._kinds = ""

    def read(self, text: str) -> None:
        """Look at a text that is to be compressed."""
        for expression in [e for e in self._unmatched if _matches(e, text)]:
            del self._unmatched[expression]

    def add(self, result: Compression) -> None:
        """Look at a result."""
        self._idle &= result.question is None and result.ranker is None
        self._results += 1
        self._kinds = _kinds(result)
        self._warnings.update(result.warnings)
        if not result.text.strip() and result.original_tokens and not irrelevant(result):
            self._empty += 1
            self._budget, self._style = result.budget, result.style

    def __iter__(self) -> Iterator[str]:
        """Yield them as sentences."""
        for expression in self._unmatched:
            yield f"--keep {expression!r} matches nothing in the input."
        if self._idle:
            yield f"--ranker {self._ranker!r} ranks nothing without a question: add -q TEXT."
        if self._empty:
            files = f" of {self._empty:,} files" if self._empty > 1 else ""
            what, hint = WHOLE.get(self._style, WHOLE["words"])
            yield f"nothing is kept{files}: no {what} fits a budget of {self._budget}. {hint}"
        if self._results == 1 and self._kinds:
            yield self._kinds
        yield from self._warned()

    def _warned(self) -> Iterator[str]:
        """The warnings of one result as they are; of many, how many were warned of."""
        count = self._warnings.total()
        if self._results == 1:
            yield from self._warnings
        elif count:
            yield f"{count:,} of {self._results:,} files hardly hold an answer to the question."


def _kinds(result: Compression) -> str:
    """What kind of text it was, part by part, where that is not simply prose."""
    from tamis.prompt.kinds.kind import ASKED_FOR

    names = [f"{part.name} ({part.reason})" for part in result.kinds if part.name != "prose"]
    if not names or len(result.kinds) == 1 == sum(part.reason == ASKED_FOR for part in result.kinds):
        return ""
    prose = "prose, " if len(names) < len(result.kinds) else ""
    more = f" and {len(names) - 3} parts more" if len(names) > 3 else ""
    return f"taken as {prose}{', '.join(names[:3])}{more}."


def irrelevant(result: Compression) -> bool:
    """Whether nothing in it is as relevant as it had to be."""
    minimum = result.min_relevance
    return minimum is not None and result.relevance is not None and result.relevance < minimum


def _matches(expression: str, text: str) -> bool:
    return any(match.end() > match.start() for match in re.finditer(expression, text))


def page_of(result: Compression, paths: Iterable[str]) -> bytes:
    """Return the HTML page of a result."""
    title = ", ".join(path for path in paths if path != STDIN) or None
    return result.to_html(title=title).encode("utf-8", "replace")


def deliver(result: Compression, paths: list[str], arguments: CompressArguments) -> None:
    """Write to the file, the page and stdout, in this order: a closed pipe costs nothing that was asked for."""
    data = as_bytes(result, arguments)
    if arguments.output:
        write(Path(arguments.output), data)
    if arguments.html:
        write(Path(arguments.html), page_of(result, paths))
    if arguments.show:
        _show(result)
    elif not arguments.output:
        _print(data)


def _print(data: bytes) -> None:
    """Write to stdout exactly the text; on a terminal also the line end that the prompt behind it needs."""
    if sys.stdout is None:
        raise OutputError("Standard output is closed.", hint="Give a file: -o FILE.")
    if sys.stdout.isatty() and not data.endswith(b"\n"):
        data += b"\n"
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"Cannot write to standard output: {reason(error)}.") from error


def _show(result: Compression) -> None:
    """Paint the result on stdout: by way of `_print`, because rich has its own idea of what a closed pipe means."""
    from rich.console import Console

    console = Console(highlight=False)
    with console.capture() as painted:
        console.print(result, soft_wrap=not console.is_terminal)
    _print(painted.get().encode(console.encoding, "replace"))
