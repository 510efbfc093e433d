"""Vertical lines (keys that all look at) and slashes (fixed distances): MInference, arXiv 2407.02490, section 3.2."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from tamis.attention.budget import FAIR_SIXTEENTH, Budget, level
from tamis.attention.geometry import BLOCK, listed
from tamis.attention.patterns.choose import choose_lines, diagonals
from tamis.attention.patterns.estimate import attention_of, by_block, grouped, sample_rows
from tamis.attention.patterns.grid import BlockGrid
from tamis.attention.patterns.protocol import Budgeted
from tamis.attention.plan import BlockPlan
from tamis.errors import InvalidInput
from tamis.models.transformers.attended import Attended

SINKS, NEAR = 30, 100  # first keys and last distances that MInference's code always takes


@dataclass(frozen=True, slots=True)
class VerticalSlash(Budgeted):
    """The columns and diagonals with most attention of a few queries.

    With a budget: whole columns and diagonals of blocks, ranked together, which is what a CPU reads fast. With counts:
    single keys and distances, as MInference's configurations have them.

    Attributes:
        budget: for the plan as a whole; `Keys(n)` allows n keys a query on average.
        counts: (vertical keys, distances) instead of the budget.
        exact: with counts, keep the vertical keys as single columns; else their whole blocks are listed.
        last_q: last queries to look at.
        spaced: evenly spaced queries to look at beside them, for a choice that does not hang on the prompt's end.
        share: the query heads of a key/value head share one list.
    """

    budget: Budget = FAIR_SIXTEENTH
    counts: tuple[int, int] | None = None
    exact: bool = False
    last_q: int = 64
    spaced: int = 0
    share: bool = True
    block: int = BLOCK

    def __post_init__(self) -> None:
        if self.counts is not None and (len(self.counts) != 2 or min(self.counts) < 0):
            raise InvalidInput(f"counts {self.counts!r}.", hint="Two numbers: vertical keys, distances.")
        if self.exact and self.counts is None:
            raise InvalidInput("exact=True without counts.", hint="A budget is spent on whole blocks.")

    def choose(self, attended: Attended) -> BlockPlan:
        """See `Selector`."""
        grid = BlockGrid.of(attended, self.block)
        rows = sample_rows(grid, self.last_q, self.spaced)
        if self.counts is not None:
            return self._counted(attended, rows, grid, self.counts)
        mass, slashes = block_lines(attended, rows, grid, share=self.share)
        row = (rows.clamp(min=0) + grid.offset) // self.block
        return grid.plan(choose_lines(mass, diagonals(slashes, self.block), self.budget, grid, row))

    def likely_density(self, q_len: int, kv_len: int, head_size: int) -> float | None:
        """See `Pattern`."""
        return None if self.counts is not None else Budgeted.likely_density(self, q_len, kv_len, head_size)

    def _counted(self, attended: Attended, rows: Tensor, grid: BlockGrid, counts: tuple[int, int]) -> BlockPlan:
        group = attended.required_queries().shape[1] // attended.heads if self.share else 1
        verticals, slashes = (grouped(mass, group) for mass in line_mass(attended, rows))
        lists, starts = verticals.shape[:2], grid.ends()[0].tolist()
        indices = [
            line_index(
                best(v, counts[0], SINKS, starts[number // lists[1] % len(starts)]),
                best(s, counts[1], NEAR),
                grid,
                exact=self.exact,
            )
            for number, (v, s) in enumerate(zip(verticals.flatten(0, 1), slashes.flatten(0, 1), strict=True))
        ]
        blocks, columns = (torch.unflatten(torch.stack(part), 0, lists) for part in zip(*indices, strict=True))
        plan = grid.plan((blocks | grid.forced()) & grid.allowed())
        return with_columns(plan, columns) if self.exact else plan

    @classmethod
    def of_share(cls, share: float, block: int) -> VerticalSlash:
        """That share of all pairs, chosen by the last queries."""
        return cls(level(share), last_q=min(64, block), block=block)

    @classmethod
    def of_share_spaced(cls, share: float, block: int) -> VerticalSlash:
        """The same, chosen by half as many last queries, and as many spaced ones."""
        some = min(64, block) // 2
        return cls(level(share), last_q=some, spaced=some, block=block)


def line_mass(attended: Attended, rows: Tensor) -> tuple[Tensor, Tensor]:
    """Attention of the queries at `rows` (b or 1, s) by key and by distance, each (b, h, tk) float32."""
    q, k = attended.required_queries(), attended.keys
    shape = q.shape[0], k.shape[1], q.shape[1] // k.shape[1], k.shape[2]
    verticals, slashes = torch.zeros(shape, device=q.device), torch.zeros(shape, device=q.device)
    offset = k.shape[2] - q.shape[2]
    for item, head, weights in attention_of(attended, rows):
        verticals[item, head] = weights.sum(1)
        _add_slashes(slashes[item, head], weights, rows[item % rows.shape[0]] + offset)
    return verticals.flatten(1, 2), slashes.flatten(1, 2)


def block_lines(attended: Attended, rows: Tensor, grid: BlockGrid, *, share: bool) -> tuple[Tensor, Tensor]:
    """Attention of the queries at `rows` by block, (b, l, s, c), and by distance, (b, l, tk); float32."""
    queries = attended.required_queries()
    b, kv, lists = queries.shape[0], attended.heads, 1 if share else queries.shape[1] // attended.heads
    mass = torch.zeros(b, kv, lists, rows.shape[1], grid.key_blocks, device=grid.device)
    slashes = torch.zeros(b, kv, lists, grid.kv_len, device=grid.device)
    for item, head, weights in attention_of(attended, rows):
        some = weights.sum(0, keepdim=True) if share else weights
        mass[item, head] = by_block(some, grid.block)
        _add_slashes(slashes[item, head], some, rows[item % rows.shape[0]] + grid.offset)
    return mass.flatten(1, 2), slashes.flatten(1, 2)


def _add_slashes(slashes: Tensor, weights: Tensor, positions: Tensor) -> None:
    """Add weights (g, s, tk) of the queries at `positions` to sums by distance (g, tk)."""
    for number, position in enumerate(positions.tolist()):
        # A row numbered -1 weighs 0; its place may even lie before the first key.
        slashes[:, : max(position, 0) + 1] += weights[:, number, : max(position, 0) + 1].flip(-1)


def best(scores: Tensor, count: int, always: int, start: int = 0) -> Tensor:
    """(n,) int64, ascending: `always` entries from `start` on, then the highest; at least as many as `always`."""
    count = min(max(count, always), scores.numel())
    ranked = scores.clone()
    ranked[start : start + always] = torch.inf
    return ranked.argsort(stable=True, descending=True)[:count].sort().values


def line_index(verticals: Tensor, slashes: Tensor, grid: BlockGrid, *, exact: bool) -> tuple[Tensor, Tensor]:
    """Blocks (r, c) and single columns (r, tk), both bool, that show these keys and these distances.

    A distance o covers for queries a..b the keys a - o..b - o: at most two blocks of the grid. A vertical key within a
    listed block is not listed again. Without `exact`, the block of every vertical key is listed.
    """
    start, device = grid.absolute() * grid.block, slashes.device
    blocks = torch.zeros(grid.rows, grid.key_blocks, dtype=torch.bool, device=device)
    first, last = grid.offset, grid.kv_len - 1
    for edge in (start.clamp(min=first), (start + grid.block - 1).clamp(max=last)):
        key = edge - slashes[None, :]
        row = torch.arange(grid.rows, device=device)[:, None].expand_as(key)
        blocks[row[key >= 0], key[key >= 0] // grid.block] = True
    blocks |= grid.away() == 0
    columns = torch.zeros(grid.kv_len, dtype=torch.bool, device=device)
    columns[verticals] = True
    if not exact:
        blocks[:, verticals // grid.block] = True
        return blocks, torch.zeros(grid.rows, grid.kv_len, dtype=torch.bool, device=device)
    inside = blocks.repeat_interleave(grid.block, 1)[:, : grid.kv_len]
    ahead = torch.arange(grid.kv_len, device=device)[None, :] >= start + grid.block
    return blocks, columns[None, :] & ~inside & ~ahead


def with_columns(plan: BlockPlan, columns: Tensor) -> BlockPlan:
    """The plan with single columns, (b, l, r, tk) bool, those of padding left out."""
    if plan.valid is not None:
        columns = columns & plan.valid[:, None, None, :]
    # Blocks of nothing but padding were dropped from the lists; their columns are padding, too.
    columns = columns & ~plan.grid.repeat_interleave(plan.block, -1)[..., : plan.kv_len]
    single, first = listed(columns)
    return plan.replace(columns=single, column_first=first)
