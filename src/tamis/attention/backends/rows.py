"""A plan as ranges of keys, row by row: what a back-end reads, and the few places where it must mask.

A row reads ranges of consecutive keys, and single columns. Every query of the row sees a key of these, but for two
stretches: the row's own positions, where a later key is not yet seen, and the far edge of the window.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from tamis.attention.plan import BlockPlan

Range = tuple[int, int]
"""Half-open positions of keys."""


@dataclass(frozen=True, slots=True)
class RowKeys:
    """The keys of one row of queries.

    Attributes:
        start, end: half-open positions of the queries.
        ranges: disjoint, ascending.
        columns: single keys, in none of the ranges.
        partial: stretches of keys that only some queries see.
        whole: blocks that every query sees as far as causality lets it.
        singles: all columns of the row, those within a range too.
    """

    start: int
    end: int
    ranges: tuple[Range, ...]
    columns: tuple[int, ...]
    partial: tuple[Range, ...]
    whole: frozenset[int]
    singles: tuple[int, ...]


class Rows:
    """The rows of one list of one batch item."""

    def __init__(self, plan: BlockPlan, item: int, which: int) -> None:
        self.plan, self.spans = plan, plan.spans
        row = ((item % plan.batch) * plan.lists + which) * plan.rows
        self._blocks, self._first = _slice(plan.blocks, plan.first, row, plan.rows)
        none = plan.columns is None or plan.column_first is None
        self._columns, self._column_first = (
            ([], [0] * (plan.rows + 1)) if none else _slice(plan.columns, plan.column_first, row, plan.rows)  # type: ignore[arg-type]
        )
        valid = None if plan.valid is None else plan.valid[item % plan.valid.shape[0]]
        self.bounds = _bounds(valid, plan.kv_len)
        self.holes = None if valid is None or bool(valid[slice(*self.bounds)].all()) else valid

    def __getitem__(self, number: int) -> RowKeys:
        plan, (start, end) = self.plan, self.spans[number]
        blocks = self._blocks[self._first[number] : self._first[number + 1]]
        singles = self._columns[self._column_first[number] : self._column_first[number + 1]]
        last = end if plan.causal else plan.kv_len
        spans = [(c * plan.block, min((c + 1) * plan.block, last)) for c in blocks]
        if plan.n_sink:
            spans.append((0, min(plan.n_sink, last)))
        if plan.n_local:
            spans.append((max(0, start - plan.n_local + 1), last))
        ranges = clipped(merged(spans), self.bounds)
        low, high = self.bounds
        loose = [j for j in singles if low <= j < high and not any(a <= j < b for a, b in ranges)]
        return RowKeys(start, end, ranges, tuple(loose), self._partial(start, end), frozenset(blocks), tuple(singles))

    def _partial(self, start: int, end: int) -> tuple[Range, ...]:
        if not self.plan.causal:
            return ()
        edge = max(0, start - self.plan.n_local + 1), min(start, end - self.plan.n_local)
        return ((start, end), edge) if self.plan.n_local and edge[0] < edge[1] else ((start, end),)

    def seen(self, row: RowKeys, keys: Tensor) -> Tensor:
        """(m, n) bool: which queries of the row see which of these keys."""
        i = torch.arange(row.start, row.end)[:, None]
        free = (keys < self.plan.n_sink) | torch.isin(keys // self.plan.block, torch.tensor(sorted(row.whole)))
        if row.singles:
            free = free | torch.isin(keys, torch.tensor(row.singles))
        return (keys <= i) & (free | (i - keys < self.plan.n_local))


def merged(spans: list[Range]) -> tuple[Range, ...]:
    """Disjoint ascending ranges that cover the same keys; those that touch become one.

    Example: (4, 6), (0, 2), (2, 3), (5, 7) -> (0, 3), (4, 7)
    """
    ranges: list[Range] = []
    for low, high in sorted(spans):
        if ranges and low <= ranges[-1][1]:
            ranges[-1] = (ranges[-1][0], max(ranges[-1][1], high))
        elif low < high:
            ranges.append((low, high))
    return tuple(ranges)


def clipped(ranges: tuple[Range, ...], bounds: Range) -> tuple[Range, ...]:
    """The parts of the ranges within the bounds."""
    low, high = bounds
    return tuple((max(a, low), min(b, high)) for a, b in ranges if max(a, low) < min(b, high))


def pieces(ranges: tuple[Range, ...], most: int) -> list[tuple[Range, ...]]:
    """The ranges in tiles of at most so many keys."""
    tiles: list[list[Range]] = [[]]
    room = most
    for start, high in ranges:
        low = start
        while low < high:
            if not room:
                tiles.append([])
                room = most
            cut = min(high, low + room)
            tiles[-1].append((low, cut))
            room -= cut - low
            low = cut
    return [tuple(tile) for tile in tiles if tile]


def _slice(entries: Tensor, first: Tensor, row: int, rows: int) -> tuple[list[int], list[int]]:
    bounds = first[row : row + rows + 1].tolist()
    return entries[bounds[0] : bounds[-1]].tolist(), [b - bounds[0] for b in bounds]


def _bounds(valid: Tensor | None, kv_len: int) -> Range:
    """From the first key that is not padding to behind the last one."""
    if valid is None:
        return 0, kv_len
    some = valid.nonzero()
    return (int(some[0]), int(some[-1]) + 1) if some.numel() else (0, 0)
