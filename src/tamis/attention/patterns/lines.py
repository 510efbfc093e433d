"""Vertical lines (keys that all look at) and slashes (fixed distances): MInference, arXiv 2407.02490, section 3.2."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from tamis.attention.budget import SIXTEENTH, Budget
from tamis.attention.patterns.choose import Shape, choose_lines, diagonals
from tamis.attention.patterns.estimate import attention_of, by_block, grouped, sample_rows
from tamis.attention.plan import BLOCK, BlockPlan, listed
from tamis.errors import InvalidInput

SINKS, NEAR = 30, 100  # first keys and last distances that MInference's code always takes


@dataclass(frozen=True, slots=True)
class VerticalSlash:
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

    budget: Budget = SIXTEENTH
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

    def __call__(
        self, q: Tensor, k: Tensor, *, scale: float | None = None, valid: Tensor | None = None, layer: int | None = None
    ) -> BlockPlan:
        """See `Selector`."""
        shape = Shape.of(q, k, self.block, valid)
        rows = sample_rows(shape, self.last_q, self.spaced)
        if self.counts is not None:
            return self._counted(q, k, rows, shape, scale)
        mass, slashes = block_lines(q, k, rows, shape, scale=scale, share=self.share)
        at = (rows.clamp(min=0) + shape.kv_len - shape.q_len) // self.block
        grid = choose_lines(mass, diagonals(slashes, self.block), self.budget, shape, at)
        return BlockPlan.from_grid(grid, *shape.lengths[:2], block=self.block, valid=valid)

    def _counted(self, q: Tensor, k: Tensor, rows: Tensor, shape: Shape, scale: float | None) -> BlockPlan:
        assert self.counts is not None
        verticals, slashes = line_mass(q, k, rows, scale=scale, valid=shape.valid)
        group = q.shape[1] // k.shape[1] if self.share else 1
        verticals, slashes = grouped(verticals, group), grouped(slashes, group)
        lists, starts = verticals.shape[:2], shape.ends()[0].tolist()
        made = [
            line_index(
                best(v, self.counts[0], SINKS, starts[number // lists[1] % len(starts)]),
                best(s, self.counts[1], NEAR),
                shape,
                exact=self.exact,
            )
            for number, (v, s) in enumerate(zip(verticals.flatten(0, 1), slashes.flatten(0, 1), strict=True))
        ]
        grid, columns = (torch.unflatten(torch.stack(part), 0, lists) for part in zip(*made, strict=True))
        grid = (grid | shape.forced()) & shape.allowed()
        plan = BlockPlan.from_grid(grid, *shape.lengths[:2], block=self.block, valid=shape.valid)
        return with_columns(plan, columns) if self.exact else plan


def line_mass(
    q: Tensor, k: Tensor, rows: Tensor, *, scale: float | None, valid: Tensor | None
) -> tuple[Tensor, Tensor]:
    """Attention of the queries at `rows` (b or 1, s) by key and by distance, each (b, h, tk) float32."""
    shape = q.shape[0], k.shape[1], q.shape[1] // k.shape[1], k.shape[2]
    verticals, slashes = torch.zeros(shape, device=q.device), torch.zeros(shape, device=q.device)
    offset = k.shape[2] - q.shape[2]
    for item, head, weights in attention_of(q, k, rows, scale=scale, valid=valid):
        verticals[item, head] = weights.sum(1)
        _add_slashes(slashes[item, head], weights, rows[item % rows.shape[0]] + offset)
    return verticals.flatten(1, 2), slashes.flatten(1, 2)


def block_lines(
    q: Tensor, k: Tensor, rows: Tensor, shape: Shape, *, scale: float | None, share: bool
) -> tuple[Tensor, Tensor]:
    """Attention of the queries at `rows` by block, (b, l, s, c), and by distance, (b, l, tk); float32."""
    b, kv, group = q.shape[0], k.shape[1], q.shape[1] // k.shape[1]
    lists = 1 if share else group
    mass = torch.zeros(b, kv, lists, rows.shape[1], shape.key_blocks, device=q.device)
    slashes = torch.zeros(b, kv, lists, shape.kv_len, device=q.device)
    for item, head, weights in attention_of(q, k, rows, scale=scale, valid=shape.valid):
        some = weights.sum(0, keepdim=True) if share else weights
        mass[item, head] = by_block(some, shape.block)
        _add_slashes(slashes[item, head], some, rows[item % rows.shape[0]] + shape.kv_len - shape.q_len)
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


def line_index(verticals: Tensor, slashes: Tensor, shape: Shape, *, exact: bool) -> tuple[Tensor, Tensor]:
    """Blocks (r, c) and single columns (r, tk), both bool, that show these keys and these distances.

    A distance o covers for queries a..b the keys a - o..b - o: at most two blocks of the grid. A vertical key within a
    listed block is not listed again. Without `exact`, the block of every vertical key is listed.
    """
    start = shape.absolute() * shape.block
    grid = torch.zeros(shape.rows, shape.key_blocks, dtype=torch.bool, device=slashes.device)
    first, last = shape.kv_len - shape.q_len, shape.kv_len - 1
    for edge in (start.clamp(min=first), (start + shape.block - 1).clamp(max=last)):
        at = edge - slashes[None, :]
        row = torch.arange(shape.rows, device=at.device)[:, None].expand_as(at)
        grid[row[at >= 0], at[at >= 0] // shape.block] = True
    grid |= torch.arange(shape.key_blocks, device=grid.device)[None, :] == shape.absolute()
    columns = torch.zeros(shape.kv_len, dtype=torch.bool, device=slashes.device)
    columns[verticals] = True
    if not exact:
        grid[:, verticals // shape.block] = True
        return grid, torch.zeros(shape.rows, shape.kv_len, dtype=torch.bool, device=grid.device)
    inside = grid.repeat_interleave(shape.block, 1)[:, : shape.kv_len]
    ahead = torch.arange(shape.kv_len, device=grid.device)[None, :] >= start + shape.block
    return grid, columns[None, :] & ~inside & ~ahead


def with_columns(plan: BlockPlan, columns: Tensor) -> BlockPlan:
    """The plan with single columns, (b, l, r, tk) bool, those of padding left out."""
    if plan.valid is not None:
        columns = columns & plan.valid[:, None, None, :]
    # Blocks of nothing but padding were dropped from the lists; their columns are padding, too.
    columns = columns & ~plan.grid.repeat_interleave(plan.block, -1)[..., : plan.kv_len]
    single, first = listed(columns)
    return plan.replace(columns=single, column_first=first)
