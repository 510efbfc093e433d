"""Selectors that rank key blocks row by row: pooled means, antidiagonals, the truth, chance."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import pad

from tamis.attention.budget import SIXTEENTH, Budget, Mass
from tamis.attention.patterns.choose import Shape, choose
from tamis.attention.patterns.estimate import attention_of, by_block, grouped, pooled_mass
from tamis.attention.plan import BLOCK, BlockPlan
from tamis.errors import InvalidInput

NINE_TENTHS = Mass(0.9)


@dataclass(frozen=True, slots=True)
class BlockMean:
    """The blocks whose mean key suits the row's mean query best (MInference's block-sparse, arXiv 2407.02490).

    Attributes:
        budget: how many blocks.
        share: the query heads of a key/value head share one list.
    """

    budget: Budget = SIXTEENTH
    share: bool = True
    block: int = BLOCK

    def __call__(
        self, q: Tensor, k: Tensor, *, scale: float | None = None, valid: Tensor | None = None, layer: int | None = None
    ) -> BlockPlan:
        """See `Selector`."""
        shape = Shape.of(q, k, self.block, valid)
        mass = pooled_mass(q, k, shape, scale=scale, share=self.share)
        return BlockPlan.from_grid(choose(mass, self.budget, shape), *shape.lengths[:2], block=self.block, valid=valid)


@dataclass(frozen=True, slots=True)
class XAttention:
    """The blocks whose antidiagonals hold most attention (XAttention, arXiv 2503.16428).

    Each `stride` queries and keys are folded into one, the phases of one of them reversed, so that one product gives
    sums along antidiagonals; a softmax over these stands for the attention of their block.
    """

    budget: Budget = NINE_TENTHS
    stride: int = 16
    share: bool = True
    block: int = BLOCK

    def __post_init__(self) -> None:
        if self.stride < 1 or self.block % self.stride:
            raise InvalidInput(f"A stride of {self.stride}.", hint=f"It must divide the block of {self.block}.")

    def __call__(
        self, q: Tensor, k: Tensor, *, scale: float | None = None, valid: Tensor | None = None, layer: int | None = None
    ) -> BlockPlan:
        """See `Selector`."""
        shape = Shape.of(q, k, self.block, valid)
        scale = q.shape[-1] ** -0.5 if scale is None else scale
        lead = (shape.kv_len - shape.q_len) % self.block
        queries = self._folded(
            q if valid is None else _blank(q, valid[:, shape.kv_len - shape.q_len :]), lead, flip=True
        )
        keys = self._folded(k if valid is None else _blank(k, valid), 0, flip=False)
        group, per = q.shape[1] // k.shape[1], self.block // self.stride
        live = self._live(shape, 0)
        asked = self._live(shape, shape.kv_len - shape.q_len)
        mass = torch.zeros(*q.shape[:2], shape.rows, shape.key_blocks, device=q.device)
        for row in range(0, shape.rows, 8):
            rows = slice(row, min(row + 8, shape.rows))
            some = self._rows(queries, keys, live, rows, scale / self.stride, shape)
            folds = slice((shape.first_row + rows.start) * per, (shape.first_row + rows.stop) * per)
            some = torch.unflatten(some * asked[:, None, folds, None], 2, (-1, per))
            mass[:, :, rows, : some.shape[-1]] = some.sum(3)
        grid = choose(grouped(mass, group if self.share else 1), self.budget, shape)
        return BlockPlan.from_grid(grid, *shape.lengths[:2], block=self.block, valid=valid)

    def _rows(self, q: Tensor, k: Tensor, live: Tensor, rows: slice, scale: float, shape: Shape) -> Tensor:
        """(b, h, folds of some rows, c up to the last of them): attention on each block."""
        per, last = self.block // self.stride, shape.first_row + rows.stop
        some = q[:, :, rows.start * per : rows.stop * per]
        seen = k[:, :, : last * per].repeat_interleave(q.shape[1] // k.shape[1], 1)
        scores = some @ seen.transpose(-1, -2) * scale
        i = torch.arange(some.shape[2], device=q.device) + (shape.first_row + rows.start) * per
        j = torch.arange(seen.shape[2], device=q.device)
        scores = scores.masked_fill(j[None, :] > i[:, None], -math.inf).masked_fill(
            ~live[:, None, None, : j.numel()], -math.inf
        )
        return by_block(scores.softmax(-1).nan_to_num_(0.0), per)

    def _folded(self, x: Tensor, lead: int, *, flip: bool) -> Tensor:
        """(b, h, n / stride, stride * d) float32, whole blocks."""
        whole = pad(x.float(), (0, 0, lead, -(lead + x.shape[2]) % self.block))
        whole = torch.unflatten(whole, 2, (-1, self.stride))
        return (whole.flip(3) if flip else whole).flatten(3)

    def _live(self, shape: Shape, start: int) -> Tensor:
        """(b or 1, n / stride) bool: folds that hold, from `start` on, something other than padding."""
        all_ = torch.ones(1, shape.kv_len, dtype=torch.bool, device=shape.device)
        valid = (all_ if shape.valid is None else shape.valid).clone()
        valid[:, :start] = False
        return torch.unflatten(pad(valid, (0, -shape.kv_len % self.block)), 1, (-1, self.stride)).any(-1)


@dataclass(frozen=True, slots=True)
class OracleTopK:
    """The blocks that hold most of the true attention of the row: an upper bound, as dear as dense attention."""

    budget: Budget = SIXTEENTH
    share: bool = True
    block: int = BLOCK

    def __call__(
        self, q: Tensor, k: Tensor, *, scale: float | None = None, valid: Tensor | None = None, layer: int | None = None
    ) -> BlockPlan:
        """See `Selector`."""
        shape = Shape.of(q, k, self.block, valid)
        mass = true_mass(q, k, shape, scale=scale, share=self.share)
        return BlockPlan.from_grid(choose(mass, self.budget, shape), *shape.lengths[:2], block=self.block, valid=valid)


@dataclass(frozen=True, slots=True)
class RandomBlocks:
    """Blocks by chance: a lower bound. The generator, or else the seed, decides; a seed gives the same every call."""

    budget: Budget = SIXTEENTH
    seed: int = 0
    generator: torch.Generator | None = None
    share: bool = True
    block: int = BLOCK

    def __call__(
        self, q: Tensor, k: Tensor, *, scale: float | None = None, valid: Tensor | None = None, layer: int | None = None
    ) -> BlockPlan:
        """See `Selector`."""
        shape = Shape.of(q, k, self.block, valid)
        made = self.generator or torch.Generator().manual_seed(self.seed)
        size = q.shape[0], (k if self.share else q).shape[1], shape.rows, shape.key_blocks
        scores = torch.rand(size, generator=made, device=made.device).to(q.device)
        return BlockPlan.from_grid(
            choose(scores, self.budget, shape), *shape.lengths[:2], block=self.block, valid=valid
        )


def true_mass(q: Tensor, k: Tensor, shape: Shape, *, scale: float | None, share: bool) -> Tensor:
    """(b, l, r, c) float32: the mean attention of each row's queries on each block."""
    group, offset = q.shape[1] // k.shape[1], shape.kv_len - shape.q_len
    made = torch.zeros(q.shape[0], k.shape[1], group, shape.rows, shape.key_blocks, device=q.device)
    for row in range(shape.rows):
        start = max(0, (shape.first_row + row) * shape.block - offset)
        end = min(shape.q_len, (shape.first_row + row + 1) * shape.block - offset)
        for item, head, weights in attention_of(
            q, k, torch.arange(start, end, device=q.device)[None], scale=scale, valid=shape.valid
        ):
            made[item, head, :, row] = by_block(weights, shape.block).mean(1)
    return made.sum(2) if share else made.flatten(1, 2)


def _blank(x: Tensor, valid: Tensor) -> Tensor:
    return x.masked_fill(~valid[:, None, :, None], 0.0)
