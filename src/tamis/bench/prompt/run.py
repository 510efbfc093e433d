"""Every task by every method at every rate, one row each, kept as they come; a run that was killed goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import groupby
from math import log
from pathlib import Path
from time import perf_counter
from typing import Any

import tamis
from tamis.bench.prompt.answers import contains, every_word
from tamis.bench.prompt.coverage import coverage
from tamis.bench.prompt.detected import detected
from tamis.bench.prompt.meaning import LAWS, Gold, meaning
from tamis.bench.prompt.reader import Reader
from tamis.bench.prompt.styles import style_settings
from tamis.bench.prompt.tasks import PromptTask, digest, text_of
from tamis.bench.rows import Advance, collect
from tamis.errors import BudgetTooSmall, InvalidInput, unknown
from tamis.io.journal import Row
from tamis.prompt.methods.table import method_of
from tamis.text.counting import counter

DEFAULT = ("auto", "bm25-sentences", "stopwords", "truncate", "random")
RATES = (0.5, 0.33, 0.2)
FULL = "full text"  # the method that deletes nothing
TOKENIZER = "o200k_base"
EXAMPLES = 3  # tasks whose compressed texts are kept, to be looked at


@dataclass(frozen=True, slots=True)
class PromptPlan:
    """What is to be measured; two runs of equal plans keep the same words.

    Attributes:
        methods: names in `tamis.METHODS`; the others are compared with the first.
        rates: shares of the tokens that may be kept.
        styles: of `compress`, each with each method; () = its default alone.
        tokenizer: that counts them; None = the default.
        model: of the methods that take one; None = each its own.
        blind: whether texts are compressed without their questions, which are asked afterwards.
        reader: the name of what reads the texts; None = nothing does.
    """

    methods: tuple[str, ...] = DEFAULT
    rates: tuple[float, ...] = RATES
    styles: tuple[str, ...] = ()
    tokenizer: str | None = None
    model: str | None = None
    blind: bool = False
    reader: str | None = None

    def __post_init__(self) -> None:
        for name in self.methods:
            if name not in tamis.METHODS:
                raise unknown("method", name, tamis.METHODS)
        for rate in self.rates:
            if not 0 < rate <= 1:
                raise InvalidInput(f"A rate of {rate}.", hint="A number above 0 and at most 1.")
        for style in self.styles:
            style_settings(style)
        if not self.methods or not self.rates:
            raise InvalidInput("Nothing to measure.", hint="At least one method and one rate.")

    def as_row(self) -> dict[str, Any]:
        """What rows depend on: not which methods, styles and rates, so that a run can be widened."""
        settings = {name: value for name, value in asdict(self).items() if name not in ("methods", "styles", "rates")}
        return {**settings, "version": tamis.__version__}

    def ways(self) -> Iterator[Way]:
        """Every method in every style at every rate."""
        for method in self.methods:
            for style in self.styles or (None,):
                yield from (Way(method, style, rate) for rate in self.rates)


@dataclass(frozen=True, slots=True)
class Way:
    """A method, in a style, at a rate; the style is None for the default of `compress`."""

    method: str
    style: str | None
    rate: float


def measure_prompts(
    plan: PromptPlan,
    tasks: Sequence[PromptTask],
    folder: Path,
    *,
    reader: Reader | None = None,
    advance: Advance | None = None,
) -> list[Row]:
    """Compress what is not in the folder's journal yet; return all rows of the plan.

    A row has `task`, `source` (tasks of one source share their text), `method`, `style`, `rate`, `question` (whether
    the method knew one), `original` and `tokens`, `seconds`; where the task has answers, `kept` and `bag` (whether one
    of them survived, in its place or word by word); `laws`, the counts of `Meaning`; where it has a reference,
    `content` and `pairs`; with a reader the figures of `Reading.as_row`; and for the first tasks `after`, the
    compressed text. Where the budget is too small for what must stay, `failed` is the reason and there are no figures.
    The method `FULL` is the source itself; what a task brings compressed has a row at the rate that is nearest.

    A method that needs a question has no row of a task without one.

    Raises:
        InvalidInput: two tasks of one name, no task that any method fits, or a journal of another run.
        OutputError: a row cannot be written.
    """
    if len({task.name for task in tasks}) < len(tasks):
        raise InvalidInput("A file is named twice.", hint="Name each once.")
    work, cells = _Work(plan, reader, frozenset(task.name for task in tasks[:EXAMPLES])), dict[str, Callable[[], Row]]()
    for _, group in groupby(tasks, key=lambda task: (task.source, None if plan.blind else task.question)):
        same = list(group)  # one after the other, as they share the compressed text
        for way in (Way(FULL, None, 1.0), *plan.ways()):
            cells |= {_key(task, way): partial(work.row, task, way) for task in same if _fits(plan, task, way)}
        for task in same:
            others = ((_foreign(plan, task, name), digest(text)) for name, text in task.others.items())
            cells |= {f"{_key(task, way)}|{mark}": partial(work.foreign, task, way) for way, mark in others}
    if all(f"|{FULL}|" in key for key in cells):
        raise InvalidInput("These methods need a question, and no text has one.", hint="Name others, or use JSONL.")
    return collect(folder, plan.as_row(), cells, advance)


def _key(task: PromptTask, way: Way) -> str:
    style = f"|{way.style}" if way.style else ""
    return f"{task.name}|{way.method}{style}|{way.rate:g}|{task.mark}"


def _fits(plan: PromptPlan, task: PromptTask, way: Way) -> bool:
    asked = task.question is not None and not plan.blind
    return asked or way.method == FULL or not method_of(way.method).needs_question


def _foreign(plan: PromptPlan, task: PromptTask, name: str) -> Way:
    """A text that was compressed elsewhere, as the way of the rate that it comes nearest to."""
    count = counter(plan.tokenizer or TOKENIZER)
    share = max(1, count(task.others[name])) / max(1, count(text_of(task)))
    return Way(name, None, min(plan.rates, key=lambda rate: abs(log(rate / share))))


@dataclass(eq=False)
class _Work:
    """Measures one row after the other; compressions of the text at hand are kept for its next question."""

    plan: PromptPlan
    reader: Reader | None
    examples: frozenset[str]
    _at: object = None
    _results: dict[Way, tuple[tamis.Compression, float]] = field(default_factory=dict)
    _golds: dict[str, Gold] = field(default_factory=dict)

    def row(self, task: PromptTask, way: Way) -> Row:
        """The figures of one task by one method."""
        if way.method == FULL:
            return self._uncompressed(task, way, text_of(task))
        asked = task.question is not None and not self.plan.blind
        head = {"task": task.name, "source": task.source, **asdict(way), "question": asked}
        try:
            result, seconds = self._compressed(task, way)
        except BudgetTooSmall as error:
            return {**head, "failed": str(error)}
        return {
            **head,
            "original": result.original_tokens,
            "tokens": result.tokens,
            "seconds": seconds,
            "laws": self._laws(task, result),
            **self._figures(task, result.text, text_of(task)),
            **({"after": result.text} if task.name in self.examples else {}),
        }

    def foreign(self, task: PromptTask, way: Way) -> Row:
        """The figures of a text that was compressed elsewhere."""
        return self._uncompressed(task, way, task.others[way.method])

    def _uncompressed(self, task: PromptTask, way: Way, text: str) -> dict[str, Any]:
        """A row without a compression: nothing is known of time, and of which words stayed."""
        count, source = counter(self.plan.tokenizer or TOKENIZER), text_of(task)
        asked = task.question is not None and not self.plan.blind
        return {
            "task": task.name,
            "source": task.source,
            **asdict(way),
            "question": asked,
            "original": count(source),
            "tokens": count(text),
            "seconds": 0.0,
            **self._figures(task, text, source),
            **({"after": text} if task.name in self.examples and way.method != FULL else {}),
        }

    def _figures(self, task: PromptTask, text: str, source: str) -> dict[str, Any]:
        """What is left of the answers and the reference, and what the reader makes of it."""
        figures: dict[str, Any] = {"kept": None}
        if task.answers:
            figures |= {"kept": contains(text, task.answers), "bag": every_word(text, task.answers)}
        if task.reference:
            figures["content"], figures["pairs"] = coverage(text, source, task.reference)
        if self.reader and task.question and task.answers:
            figures |= self.reader.read(text, task.question, task.answers[0]).as_row(task.answers)
        return figures

    def _compressed(self, task: PromptTask, way: Way) -> tuple[tamis.Compression, float]:
        """The compression and its seconds."""
        question = None if self.plan.blind else task.question
        if self._at != (task.text, question):
            self._at = task.text, question
            self._results.clear()
            self._golds.clear()
        if way not in self._results:
            start = perf_counter()
            result = _compress(self.plan, task, way, question)
            self._results[way] = result, perf_counter() - start
        return self._results[way]

    def _laws(self, task: PromptTask, result: tamis.Compression) -> dict[str, int]:
        """The counts of one compression, on the task's own annotation or on what tamis detects."""
        source = result.source  # (a method may have put documents in another order)
        if source not in self._golds:
            self._golds[source] = task.gold if task.gold and source == task.text else detected(source)
        counts = meaning(source, self._golds[source], result.selection.starts, result.selection.ends)
        totals = {"denials": counts.denials, "meetings": counts.meetings, "words": counts.words}
        return {**{law: counts.count(law) for law in LAWS}, **totals}


def _compress(plan: PromptPlan, task: PromptTask, way: Way, question: str | None) -> tamis.Compression:
    options: dict[str, Any] = {"tokenizer": plan.tokenizer} if plan.tokenizer else {}
    options |= {"model": plan.model} if plan.model is not None else {}
    text = task.text if isinstance(task.text, str) else list(task.text)
    return tamis.compress(
        text, rate=way.rate, method=way.method, question=question, **style_settings(way.style), **options
    )
