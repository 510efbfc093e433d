"""Every result of a tool by every method at every rate, one row each, kept as they come; a run that was killed goes on.

Peers shorten to what they like: beside each stands tamis with as many tokens as that peer left of the same result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import tamis
from tamis.bench.rows import Advance, collect
from tamis.bench.traces.methods import OURS, SHORTENERS, Shortener
from tamis.bench.traces.peers import PEERS, needed
from tamis.bench.traces.tasks import TraceTask
from tamis.bench.traces.validity import valid
from tamis.errors import BudgetTooSmall, InvalidInput, unknown
from tamis.io.journal import Row
from tamis.text.counting import counter

RATES = (0.3, 0.15)
TOKENIZER = "o200k_base"
WRITE, READ, TURNS = 1.25, 0.1, 10  # prices of a cached token beside an uncached one, and turns that read it again


@dataclass(frozen=True, slots=True)
class TracePlan:
    """What is to be measured; two runs of equal plans keep the same lines.

    Attributes:
        methods: names in `SHORTENERS`; the others are compared with the first.
        rates: shares of the tokens that may be kept.
        peers: names in `PEERS`.
        tokenizer: that counts tokens.
    """

    methods: tuple[str, ...] = tuple(SHORTENERS)
    rates: tuple[float, ...] = RATES
    peers: tuple[str, ...] = ()
    tokenizer: str = TOKENIZER

    def __post_init__(self) -> None:
        for name in self.methods:
            if name not in SHORTENERS:
                raise unknown("method", name, SHORTENERS)
        for name in self.peers:
            if name not in PEERS:
                raise unknown("peer", name, PEERS)
        if not self.methods or not self.rates or not all(0 < rate < 1 for rate in self.rates):
            raise InvalidInput("Nothing to measure.", hint="At least one method, and rates between 0 and 1.")

    def as_row(self) -> dict[str, Any]:
        """What rows depend on: not which methods, rates and peers, so that a run can be widened."""
        return {name: value for name, value in asdict(self).items() if name == "tokenizer"}


def measure_traces(
    plan: TracePlan, tasks: Sequence[TraceTask], folder: Path, *, advance: Advance | None = None
) -> list[Row]:
    """Shorten what is not in the folder's journal yet; return all rows of the plan.

    A row has `task`, `kind`, `method`, `rate` (None for a peer and what stands beside it), and `kept`, `valid`,
    `tokens`, `original`, `seconds`, `cost`; or `failed`, with the reason.

    Args:
        plan: what is to be measured.
        tasks: of `tasks.read_traces`.
        folder: of the journal; made if need be.
        advance: called before each row.

    Raises:
        MissingExtra: a peer that the plan names is not installed.
        InvalidInput: the journal is of a run with other settings.
        OutputError: a row cannot be written.
    """
    for name in plan.peers:
        needed(name)
    count = counter(plan.tokenizer)
    cells: dict[str, Callable[[], Row]] = {}
    for task in tasks:
        for method in plan.methods:
            for rate in plan.rates:
                shorten = _at(SHORTENERS[method], rate, plan.tokenizer)
                cells[_key(task, method, f"{rate:g}")] = partial(_row, task, method, rate, shorten, count)
        for name in plan.peers:
            cells |= dict(_beside(task, name, plan.tokenizer))
    return collect(folder, plan.as_row(), cells, advance)


def _at(shorten: Shortener, rate: float, tokenizer: str) -> Callable[[TraceTask], str]:
    """A method at one rate of the tokens of a tokenizer."""
    return lambda task: shorten(task, rate, tokenizer)


def _beside(task: TraceTask, name: str, tokenizer: str) -> Iterator[tuple[str, Callable[[], Row]]]:
    """A peer, and tamis with as many tokens as it left."""
    peer, count = PEERS[name].shorten, counter(tokenizer)

    def ours(task: TraceTask) -> str:
        tokens = max(count(peer(task)), 1)
        return tamis.compress(task.text, tokens=tokens, question=task.task, tokenizer=tokenizer, options=OURS).text

    yield _key(task, name, "own"), partial(_row, task, name, None, peer, count)
    yield _key(task, f"tamis as {name}", "own"), partial(_row, task, f"tamis as {name}", None, ours, count)


def _key(task: TraceTask, method: str, rate: str) -> str:
    return f"{task.name}|{method}|{rate}|{task.mark}"


def _row(
    task: TraceTask, method: str, rate: float | None, shorten: Callable[[TraceTask], str], count: Callable[[str], int]
) -> Row:
    head = {"task": task.name, "kind": task.kind, "group": task.group, "method": method, "rate": rate}
    started = perf_counter()
    try:
        text = shorten(task)
    except BudgetTooSmall as error:
        return {**head, "failed": str(error)}
    seconds = perf_counter() - started
    original, tokens, kept = count(task.text), count(text), task.kept(text)
    figures = {"kept": kept, "valid": valid(task, text), "tokens": tokens, "original": original, "seconds": seconds}
    return {**head, **figures, "cost": cost(tokens / max(original, 1), missing=kept < 1)}


def cost(share: float, *, missing: bool) -> float:
    """What a result costs over the turns that follow it, with a provider's cache, beside leaving it as it is: 1.

    It is written once and read on each turn after. Where something that is needed is missing, the agent asks again on
    its next turn and gets the whole result, which is written and read from there on.

    share -- of its tokens that is left
    """
    whole = WRITE + READ * TURNS
    return share + (missing * (whole - READ)) / whole
