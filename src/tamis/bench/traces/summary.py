"""The rows of a run as a table: what each method keeps of each kind, beside the first one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median

import numpy as np

from tamis.bench.paired import Difference, interval
from tamis.bench.report import text_table
from tamis.io.journal import Row

ALL = "all"  # the mean of the kinds: there may be more results of one
OURS_AS = "tamis as "
HEAD = (
    "kind",
    "method",
    "rate",
    "results",
    "facts kept, %",
    "minus the first",
    "valid, %",
    "tokens left",
    "ms",
    "cost",
)


@dataclass(frozen=True, slots=True)
class TraceLine:
    """One method at one rate, on the results of one kind.

    Attributes:
        kind: of the results; "all" for the mean of the kinds.
        method: its name.
        rate: the share of the tokens that was allowed; None for what a peer left.
        results: that were shortened; `failed` more had a budget too small for what must stay.
        kept: mean share of what was needed, with its 95 % interval; results of one source are drawn together.
        gain: minus that of the first method on the same results, of a peer minus that of tamis with as many tokens;
            None for those themselves.
        valid: the share of the results that are still of their kind, of those that were before; None where none was.
        tokens: the share of the tokens that is left.
        seconds: of one result, median.
        cost: over the turns that follow, with a cache, where what is missing is asked for again; 1 for leaving it.
    """

    kind: str
    method: str
    rate: float | None
    results: int
    failed: int
    kept: Difference
    gain: Difference | None
    valid: float | None
    tokens: float
    seconds: float
    cost: float


def summarise(rows: Sequence[Row], first: str) -> list[TraceLine]:
    """Lines by kind, rate and method, in the order of the rows; those over all kinds come last.

    first -- the method that all others are compared with
    """
    kinds = list(dict.fromkeys(row["kind"] for row in rows))
    lines = [line for kind in kinds for line in _lines([row for row in rows if row["kind"] == kind], kind, first)]
    return lines if len(kinds) < 2 else [*lines, *_lines(rows, ALL, first)]


def _lines(rows: Sequence[Row], kind: str, first: str) -> list[TraceLine]:
    groups: dict[tuple[float | None, str], list[Row]] = {}
    for row in rows:
        if "failed" not in row:
            groups.setdefault((row["rate"], row["method"]), []).append(row)
    failed = [(row["rate"], row["method"]) for row in rows if "failed" in row]
    order = [*dict.fromkeys(rate for rate, _ in groups)]
    names = sorted(groups, key=lambda name: order.index(name[0]))  # (stable: methods as they come)
    beside = {name: groups.get((name[0], first if name[0] is not None else f"{OURS_AS}{name[1]}")) for name in names}
    return [
        _line(kind, name, groups[name], beside[name], failed.count(name))
        for name in names
    ]  # fmt: skip


def _line(
    kind: str, name: tuple[float | None, str], rows: Sequence[Row], first: Sequence[Row] | None, failed: int
) -> TraceLine:
    valid = [row["valid"] for row in rows if row["valid"] is not None]
    return TraceLine(
        kind,
        name[1],
        name[0],
        len(rows),
        failed,
        _difference(rows, None),
        None if first is None or first is rows else _difference(rows, first),
        fmean(valid) if valid else None,
        sum(row["tokens"] for row in rows) / max(sum(row["original"] for row in rows), 1),
        median(row["seconds"] for row in rows),
        _mean_of_kinds(rows, [row["cost"] for row in rows]),
    )


def _difference(rows: Sequence[Row], first: Sequence[Row] | None) -> Difference:
    """The mean of the kinds, minus that of the first method; kinds weigh alike."""
    theirs = None if first is None else {row["task"]: row["kept"] for row in first}
    both = [row for row in rows if theirs is None or row["task"] in theirs]
    gaps = np.array([row["kept"] - (0.0 if theirs is None else theirs[row["task"]]) for row in both])
    low, high = interval(gaps, groups=[row["group"] for row in both], strata=[row["kind"] for row in both])
    return Difference(_mean_of_kinds(both, gaps.tolist()), low, high)


def _mean_of_kinds(rows: Sequence[Row], values: Sequence[float]) -> float:
    kinds = dict.fromkeys(row["kind"] for row in rows)
    return fmean(fmean(v for row, v in zip(rows, values, strict=True) if row["kind"] == kind) for kind in kinds)


def cells(line: TraceLine) -> tuple[str, ...]:
    """A line as text."""
    return (
        line.kind,
        line.method,
        "own" if line.rate is None else f"{line.rate:.3g}",
        f"{line.results} ({line.failed} failed)" if line.failed else f"{line.results}",
        _shown(line.kept, ""),
        "-" if line.gain is None else _shown(line.gain, "+"),
        "-" if line.valid is None else f"{100 * line.valid:.1f}",
        f"{line.tokens:.3f}",
        f"{1000 * line.seconds:.1f}",
        f"{line.cost:.2f}",
    )


def _shown(figure: Difference, sign: str) -> str:
    mean, low, high = (format(100 * value, f"{sign}.1f") for value in (figure.mean, figure.low, figure.high))
    return f"{mean} ({low} to {high})"


def table(lines: Sequence[TraceLine]) -> str:
    """The lines as text."""
    return text_table(HEAD, [cells(line) for line in lines])
