"""Every task by every method at every rate, one row each, kept as they come; a run that was killed goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import tamis
from tamis.bench.prompt.answers import contains
from tamis.bench.prompt.tasks import PromptTask
from tamis.bench.rows import Advance, collect
from tamis.errors import BudgetTooSmall, InvalidInput, unknown
from tamis.io.journal import Row
from tamis.prompt.methods.table import method_of

DEFAULT = ("auto", "bm25-sentences", "stopwords", "truncate", "random")
RATES = (0.5, 0.33, 0.2)


@dataclass(frozen=True, slots=True)
class PromptPlan:
    """What is to be measured; two runs of equal plans keep the same words.

    Attributes:
        methods: names in `tamis.METHODS`; the others are compared with the first.
        rates: shares of the tokens that may be kept.
        tokenizer: that counts them; None = the default.
        model: of the methods that take one; None = each its own.
    """

    methods: tuple[str, ...] = DEFAULT
    rates: tuple[float, ...] = RATES
    tokenizer: str | None = None
    model: str | None = None

    def __post_init__(self) -> None:
        for name in self.methods:
            if name not in tamis.METHODS:
                raise unknown("method", name, tamis.METHODS)
        for rate in self.rates:
            if not 0 < rate <= 1:
                raise InvalidInput(f"A rate of {rate}.", hint="A number above 0 and at most 1.")
        if not self.methods or not self.rates:
            raise InvalidInput("Nothing to measure.", hint="At least one method and one rate.")

    def as_row(self) -> dict[str, Any]:
        """What rows depend on: not which methods and rates, so that a run can be widened."""
        return {name: value for name, value in asdict(self).items() if name not in ("methods", "rates")}


def measure_prompts(
    plan: PromptPlan, tasks: Sequence[PromptTask], folder: Path, *, advance: Advance | None = None
) -> list[Row]:
    """Compress what is not in the folder's journal yet; return all rows of the plan.

    A row has `task`, `method`, `rate`, `question` (whether there was one), `original` and `tokens`, `seconds`, and
    `kept`: whether an answer survived, None where the task has none. Where the budget is too small for what must stay,
    `failed` is the reason and there are no figures.

    A method that needs a question has no row of a task without one.

    Raises:
        InvalidInput: two tasks of one name, no task that any method fits, or a journal of another run.
        OutputError: a row cannot be written.
    """
    if len({task.name for task in tasks}) < len(tasks):
        raise InvalidInput("A file is named twice.", hint="Name each once.")
    cells: Mapping[str, Callable[[], Row]] = {
        f"{task.name}|{method}|{rate:g}|{task.mark}": partial(_row, plan, task, method, rate)
        for task in tasks
        for method in plan.methods
        if task.question is not None or not method_of(method).needs_question
        for rate in plan.rates
    }
    if not cells:
        raise InvalidInput("These methods need a question, and no text has one.", hint="Name others, or use JSONL.")
    return collect(folder, plan.as_row(), cells, advance)


def _row(plan: PromptPlan, task: PromptTask, method: str, rate: float) -> Row:
    row: dict[str, Any] = {"task": task.name, "method": method, "rate": rate, "question": task.question is not None}
    start = perf_counter()
    try:
        result = _compress(plan, task, method, rate)
    except BudgetTooSmall as error:
        return {**row, "failed": str(error)}
    seconds = perf_counter() - start
    kept = contains(result.text, task.answers) if task.answers else None
    return {
        **row, "original": result.original_tokens, "tokens": result.tokens, "seconds": seconds, "kept": kept
    }  # fmt: skip


def _compress(plan: PromptPlan, task: PromptTask, method: str, rate: float) -> tamis.Compression:
    options: dict[str, Any] = {"tokenizer": plan.tokenizer} if plan.tokenizer else {}
    if plan.model is not None:
        options["model"] = plan.model
    text = task.text if isinstance(task.text, str) else list(task.text)
    return tamis.compress(text, rate=rate, method=method, question=task.question, **options)
