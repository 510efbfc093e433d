"""The rows of a run as a table: what each method keeps at each rate, beside the first method on the same tasks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from tamis.bench.paired import Difference, difference
from tamis.bench.report import text_table
from tamis.io.journal import Row

DASH = "-"


@dataclass(frozen=True, slots=True)
class PromptLine:
    """One method at one rate, over all tasks.

    Attributes:
        tasks: that were compressed; `failed` more had a budget too small for what must stay.
        answers: tasks that have any.
        kept: share of these whose answer survived, with its 95 percent interval; None where no task has answers.
        gain: kept minus that of the first method, on the tasks of both; None for that method.
        reached: tokens that are left, of all tokens.
        seconds: of one task, median.
        speed: tokens a second, median.
    """

    method: str
    rate: float
    tasks: int
    failed: int
    answers: int
    kept: Difference | None
    gain: Difference | None
    reached: float
    seconds: float
    speed: float


def summarise(rows: Sequence[Row], first: str) -> list[PromptLine]:
    """A line for each rate and method, in the order of the rows; nothing but failures makes no line.

    first -- the method that all others are compared with
    """
    groups: dict[tuple[float, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row["rate"], row["method"]), []).append(row)
    rates = dict.fromkeys(rate for rate, _ in groups)
    ordered = ((rate, group) for rate in rates for (other, _), group in groups.items() if other == rate)
    lines = (_line(group, groups.get((rate, first), [])) for rate, group in ordered)
    return [line for line in lines if line is not None]


def _line(rows: Sequence[Row], first: Sequence[Row]) -> PromptLine | None:
    whole = [row for row in rows if "failed" not in row]
    if not whole:
        return None
    hits, others = _hits(rows), _hits(first)
    both = [task for task in hits if task in others]
    paired = rows is not first and bool(both)
    original = sum(row["original"] for row in whole)
    return PromptLine(
        method=rows[0]["method"],
        rate=rows[0]["rate"],
        tasks=len(whole),
        failed=len(rows) - len(whole),
        answers=len(hits),
        kept=difference(list(hits.values()), [0.0] * len(hits)) if hits else None,
        gain=difference([hits[task] for task in both], [others[task] for task in both]) if paired else None,
        reached=sum(row["tokens"] for row in whole) / original if original else 1.0,
        seconds=median(row["seconds"] for row in whole),
        speed=median(row["original"] / row["seconds"] for row in whole),  # the first of a method may load its model
    )


def _hits(rows: Sequence[Row]) -> dict[str, float]:
    """1 or 0 by task, of those that have answers."""
    return {row["task"]: float(row["kept"]) for row in rows if row.get("kept") is not None}


HEAD = ("method", "rate", "tasks", "answers kept, %", "against the first, points", "reached", "s a text", "tokens/s")


def cells(line: PromptLine) -> tuple[str, ...]:
    """A line as text, under `HEAD`."""
    tasks = f"{line.tasks} ({line.failed} failed)" if line.failed else f"{line.tasks}"
    return (
        line.method, f"{line.rate:g}", tasks, _points(line.kept), _points(line.gain, signed=True),
        f"{line.reached:.3f}", f"{line.seconds:.3f}", f"{line.speed:,.0f}",
    )  # fmt: skip


def _points(figure: Difference | None, *, signed: bool = False) -> str:
    if figure is None:
        return DASH
    mean, low, high = (f"{100 * value:+.1f}" if signed else f"{100 * value:.1f}" for value in (
        figure.mean, figure.low, figure.high))  # fmt: skip
    return f"{mean} ({low} to {high})"


def table(lines: Sequence[PromptLine]) -> str:
    """The lines as text."""
    if not lines:
        return "No text could be compressed within its budget."
    return text_table(HEAD, [cells(line) for line in lines])
