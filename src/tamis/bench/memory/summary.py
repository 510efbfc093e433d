"""The rows of a run as a table: the share of the evidence that each system recalls, by budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tamis.bench.paired import Difference, difference, interval
from tamis.bench.report import text_table
from tamis.core import Floats
from tamis.io.journal import Row


@dataclass(frozen=True, slots=True)
class RecallLine:
    """What a system recalled.

    Attributes:
        shares: mean over the questions, by budget.
        intervals: 95 %, from drawing questions anew.
        gains: of the system that is compared with the others, minus this one, paired, by budget; empty for itself.
    """

    name: str
    shares: tuple[float, ...]
    intervals: tuple[tuple[float, float], ...]
    gains: tuple[Difference, ...] = ()


def recall_line(name: str, shares: Floats, seed: int = 0, *, ours: Floats | None = None) -> RecallLine:
    """The line of (questions, budgets) shares; `ours` are those of the system that it is compared with."""
    columns = [np.ascontiguousarray(column) for column in shares.T]
    gains = () if ours is None else tuple(difference(a, b, seed=seed) for a, b in zip(ours.T, shares.T, strict=True))
    intervals = tuple(interval(column, seed=seed) for column in columns)
    return RecallLine(name, tuple(shares.mean(0).tolist()), intervals, gains)


def summarise(rows: Sequence[Row], first: str) -> list[RecallLine]:
    """A line for each system over all questions of all conversations, in the order of the rows.

    first -- the system whose gain over each other is told
    """
    shares = {
        name: np.array([share for row in rows if row["system"] == name for share in row["shares"]], np.float64)
        for name in dict.fromkeys(row["system"] for row in rows)
    }
    ours = shares.get(first)
    return [recall_line(name, table, ours=None if name == first else ours) for name, table in shares.items()]


def cells(line: RecallLine) -> tuple[str, ...]:
    """A line as text: the shares with their intervals, then the gains."""
    shares = (f"{s:.3f} ({low:.3f} to {high:.3f})" for s, (low, high) in zip(line.shares, line.intervals, strict=True))
    gains = (f"{gain.mean:+.3f} ({gain.low:+.3f} to {gain.high:+.3f})" for gain in line.gains)
    return (line.name, *shares, *(gains if line.gains else ["-"] * len(line.shares)))


def head(budgets: Sequence[int], first: str) -> tuple[str, ...]:
    """What stands over `cells`."""
    return ("system", *(f"{tokens:,} tokens" for tokens in budgets), *(f"{first} minus it, {b:,}" for b in budgets))


def table(lines: Sequence[RecallLine], budgets: Sequence[int], first: str) -> str:
    """The lines as text."""
    return text_table(head(budgets, first), [cells(line) for line in lines])
