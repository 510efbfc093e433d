"""The CPU back-end: one tile for each row, the query heads of a key/value head stacked, two matrix products a tile.

Scores and softmax are in float32 whatever the dtype; for bfloat16 the second product is in bfloat16, as in flash
attention. Only the row's own block and the far edge of a window are masked. Rows with many keys are read in several
tiles, joined by their log-sum-exps. A result depends neither on the number of threads nor on the other heads.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from tamis.attention.backends.pool import spread
from tamis.attention.backends.rows import Range, RowKeys, Rows, pieces
from tamis.attention.plan import BlockPlan
from tamis.errors import InvalidPlan

KEYS = 2048  # of a tile: its scores, some MB, stay in the cache
CHUNK = 4  # rows of a job
SCORE = {torch.float64: torch.float64}  # dtype of the first product; float32 for all others
WEIGHT = {torch.float64: torch.float64, torch.bfloat16: torch.bfloat16}  # of the second; float16 is slow on CPUs


def tiles(q: Tensor, k: Tensor, v: Tensor, plan: BlockPlan, *, scale: float, lse: bool) -> tuple[Tensor, Tensor | None]:
    """Output (b, h, tq, d) and, if asked for, the log-sum-exp (b, h, tq) in float32. Forward only.

    Raises:
        InvalidPlan: tensors that need a gradient, or on another device.
    """
    if torch.is_grad_enabled() and any(x.requires_grad for x in (q, k, v)):
        raise InvalidPlan("These tensors need a gradient.", hint="Use torch.no_grad(), or backend='reference'.")
    if any(x.device.type != "cpu" for x in (q, k, v)):
        raise InvalidPlan(f"The queries are on {q.device}.", hint="backend='torch' runs on the CPU.")
    work = _Work(q, k, v, plan, scale=scale, lse=lse)
    spread(work.run, work.jobs())
    return work.out, work.lse


@dataclass(frozen=True, slots=True)
class _Job:
    """Some rows of the query heads that read one list."""

    item: int
    heads: slice
    kv: int
    rows: Rows
    numbers: range


class _Work:
    def __init__(self, q: Tensor, k: Tensor, v: Tensor, plan: BlockPlan, *, scale: float, lse: bool) -> None:
        self.q, self.plan, self.scale = q, plan, scale
        self.k = k.detach().to(SCORE.get(q.dtype, torch.float32)).contiguous()
        self.v = v.detach().to(WEIGHT.get(q.dtype, torch.float32)).contiguous()
        self.out = torch.empty(q.shape, dtype=q.dtype)
        self.lse = torch.empty(q.shape[:3], dtype=torch.float32) if lse else None

    def jobs(self) -> list[_Job]:
        """Heads that share a list and a key/value head go together; the longest rows first."""
        plan, (b, heads, _, _), kv = self.plan, self.q.shape, self.k.shape[1]
        size = heads // max(plan.lists, kv)
        lists = {(i, w): Rows(plan, i, w) for i in range(b) for w in range(plan.lists)}
        starts = range(((plan.rows - 1) // CHUNK) * CHUNK, -1, -CHUNK) if plan.rows else ()
        return [
            _Job(
                i,
                slice(h, h + size),
                h * kv // heads,
                lists[i, h * plan.lists // heads],
                range(r, min(r + CHUNK, plan.rows)),
            )
            for r in starts
            for i in range(b)
            for h in range(0, heads, size)
        ]

    def run(self, job: _Job) -> None:
        k, v = self.k[job.item, job.kv], self.v[job.item, job.kv]
        for number in job.numbers:
            row = job.rows[number]
            here = slice(row.start - self.plan.offset, row.end - self.plan.offset)
            q = self.q[job.item, job.heads, here].to(k.dtype) * self.scale
            out, lse = _Tile(job.rows, row, lse=self.lse is not None).attend(q, k, v)
            self.out[job.item, job.heads, here] = out.view(q.shape)
            if self.lse is not None:
                self.lse[job.item, job.heads, here] = lse.view(q.shape[:2])


class _Tile:
    """One row of queries of some heads: q (g, m, d) over k, v (tk, d)."""

    def __init__(self, rows: Rows, row: RowKeys, *, lse: bool) -> None:
        self.rows, self.row = rows, row
        self.parts: list[tuple[tuple[Range, ...], tuple[int, ...]]] = [(part, ()) for part in pieces(row.ranges, KEYS)]
        singles = [row.columns[a : a + KEYS] for a in range(0, len(row.columns), KEYS)]
        if singles and self.parts and len(singles) == 1 and _size(self.parts[-1][0]) + len(singles[0]) <= KEYS:
            self.parts[-1] = self.parts[-1][0], singles[0]
        else:
            self.parts += [((), some) for some in singles]
        # Only padding, or a part of the keys, can leave a query without any.
        self.careful = len(self.parts) > 1 or rows.plan.valid is not None
        self.lse = lse or len(self.parts) > 1

    def attend(self, q: Tensor, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """(g * m, d) and (g * m,); zeros and -inf where a query sees no key."""
        out, lse = q.new_zeros(q.shape).flatten(0, 1), q.new_full((q.shape[0] * q.shape[1],), -math.inf)
        for number, (ranges, singles) in enumerate(self.parts):
            part = self._part(q, k, v, ranges, singles)
            out, lse = part if not number else _joined(out, lse, *part)
        return out, lse

    def _part(
        self, q: Tensor, k: Tensor, v: Tensor, ranges: tuple[Range, ...], singles: tuple[int, ...]
    ) -> tuple[Tensor, Tensor]:
        scores = q.flatten(0, 1) @ _gathered(k, ranges, singles).T
        self._mask(scores.view(*q.shape[:2], -1), ranges, singles)
        top = scores.amax(-1) if self.careful or self.lse else scores[:, 0]
        weights = scores.softmax(-1)
        if self.careful:
            weights.masked_fill_((top == -math.inf)[:, None], 0.0)
        lse = top - weights.amax(-1).log() if self.lse else top  # the largest weight is exp(top - lse)
        if self.careful:
            lse = lse.masked_fill(top == -math.inf, -math.inf)
        return (weights.to(v.dtype) @ _gathered(v, ranges, singles)).to(q.dtype), lse

    def _mask(self, scores: Tensor, ranges: tuple[Range, ...], singles: tuple[int, ...]) -> None:
        """Put -inf where a query does not see a key."""
        for part in self.row.partial:
            for begin, low, high in _overlaps(ranges, part):
                hidden = self._hidden(low, high)
                if hidden is not None:
                    scores[..., begin : begin + high - low].masked_fill_(hidden, -math.inf)
        behind = _size(ranges)
        if singles and singles[-1] > self.row.start and self.rows.plan.causal:
            scores[..., behind:].masked_fill_(~self.rows.seen(self.row, torch.tensor(singles)), -math.inf)
        if self.rows.holes is not None:
            padded = ~_gathered(self.rows.holes, ranges, singles)
            if bool(padded.any()):
                scores.masked_fill_(padded, -math.inf)

    def _hidden(self, low: int, high: int) -> Tensor | None:
        """(m, n) bool for keys `low` to `high`; None where all of them are seen."""
        row, plan = self.row, self.rows.plan
        m = row.end - row.start
        if low >= row.start and (low // plan.block in row.whole or plan.n_local >= m):
            return _later(m, low - row.start, high - row.start)
        if low < row.start and all(c in row.whole for c in range(low // plan.block, (high - 1) // plan.block + 1)):
            return None
        return ~self.rows.seen(row, torch.arange(low, high))


def _later(m: int, low: int, high: int) -> Tensor:
    return torch.ones(m, high, dtype=torch.bool).triu_(1)[:, low:]


def _size(ranges: tuple[Range, ...]) -> int:
    return sum(b - a for a, b in ranges)


def _overlaps(ranges: tuple[Range, ...], part: Range) -> list[tuple[int, int, int]]:
    """(where it begins among the tile's keys, low, high) of each stretch of the part that the ranges hold."""
    overlaps, begin = [], 0
    for a, b in ranges:
        low, high = max(a, part[0]), min(b, part[1])
        if low < high:
            overlaps.append((begin + low - a, low, high))
        begin += b - a
    return overlaps


def _gathered(x: Tensor, ranges: tuple[Range, ...], singles: tuple[int, ...]) -> Tensor:
    """The entries of the ranges, then the single ones; a view where they are one range."""
    parts = [x[a:b] for a, b in ranges]
    if singles:
        parts.append(x[torch.tensor(singles)])
    return parts[0] if len(parts) == 1 else torch.cat(parts)


def _joined(out: Tensor, lse: Tensor, more: Tensor, other: Tensor) -> tuple[Tensor, Tensor]:
    """Attention over two sets of keys from that over each: weights exp(lse - joint lse), none of them over 1."""
    joint = torch.logaddexp(lse, other)
    safe = joint.masked_fill(joint == -math.inf, 0.0)[:, None]
    return out * (lse[:, None] - safe).exp() + more * (other[:, None] - safe).exp(), joint
