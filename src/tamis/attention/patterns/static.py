"""Patterns that look at no query and no key."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor

from tamis.attention.patterns.choose import Shape
from tamis.attention.plan import BLOCK, BlockPlan, listed
from tamis.errors import InvalidInput, InvalidPlan


@dataclass(frozen=True, slots=True)
class Dense:
    """Every query sees every key up to itself."""

    block: int = BLOCK

    def __call__(
        self, q: Tensor, k: Tensor, *, scale: float | None = None, valid: Tensor | None = None, layer: int | None = None
    ) -> BlockPlan:
        """See `Selector`."""
        return BlockPlan.dense(q.shape[2], k.shape[2], block=self.block).replace(valid=valid)


@dataclass(frozen=True, slots=True)
class AShape:
    """The first keys and the last ones, exact to the token (StreamingLLM, arXiv 2309.17453; MInference's A-shape).

    Attributes:
        n_sink: first keys; 128 and 3,968 together are MInference's default of 4,096.
        n_local: last keys, the query's own included.
    """

    n_sink: int = 128
    n_local: int = 3968
    block: int = BLOCK

    def __post_init__(self) -> None:
        _sizes(self.n_sink, self.n_local)

    def __call__(
        self, q: Tensor, k: Tensor, *, scale: float | None = None, valid: Tensor | None = None, layer: int | None = None
    ) -> BlockPlan:
        """See `Selector`."""
        return _shaped(Shape.of(q, k, self.block, valid), None, self.n_sink, self.n_local)


@dataclass(frozen=True, slots=True)
class TriShape:
    """A-shape, but the last queries see everything (SCBench, arXiv 2412.10319).

    Attributes:
        n_last: last queries of each call that see all keys, widened to whole rows; those of padding are not counted.
    """

    n_sink: int = 128
    n_local: int = 3968
    n_last: int = 100
    block: int = BLOCK

    def __post_init__(self) -> None:
        _sizes(self.n_sink, self.n_local)
        if self.n_last < 0:
            raise InvalidPlan(f"{self.n_last} last queries.", hint="n_last >= 0.")

    def __call__(
        self, q: Tensor, k: Tensor, *, scale: float | None = None, valid: Tensor | None = None, layer: int | None = None
    ) -> BlockPlan:
        """See `Selector`."""
        shape = Shape.of(q, k, self.block, valid)
        low = (shape.ends()[1] - self.n_last).clamp(min=0)[:, None, None, None] // self.block
        full = (shape.absolute() >= low) & bool(self.n_last) & shape.allowed()
        return _shaped(shape, full, self.n_sink, self.n_local)


@dataclass(frozen=True, slots=True)
class TriMix:
    """Dense in the first layers, tri-shape in the deeper ones (TriangleMix, arXiv 2507.21526)."""

    start: int = 16
    deep: TriShape = field(default_factory=lambda: TriShape(n_sink=8, n_local=512, n_last=128))

    def __call__(
        self, q: Tensor, k: Tensor, *, scale: float | None = None, valid: Tensor | None = None, layer: int | None = None
    ) -> BlockPlan:
        """See `Selector`; `layer` is needed."""
        if layer is None:
            raise InvalidInput(
                "tri_mix treats layers differently, but no layer was given.", hint="Pass layer=0, 1, ..."
            )
        return (Dense(self.deep.block) if layer < self.start else self.deep)(q, k, valid=valid, layer=layer)


@dataclass(frozen=True, slots=True)
class Dilated:
    """The first keys, a dense window, and every `step`-th block of a wider one.

    In whole blocks: a stride of single tokens costs as much as reading everything, on any hardware that works in tiles.
    """

    n_sink: int = 1024
    n_local: int = 2048
    window: int = 8192
    step: int = 2
    block: int = BLOCK

    def __post_init__(self) -> None:
        _sizes(self.n_sink, self.n_local)
        if self.window < 0 or self.step < 1:
            raise InvalidPlan(f"A window of {self.window}, step {self.step}.", hint="window >= 0, step >= 1.")

    def __call__(
        self, q: Tensor, k: Tensor, *, scale: float | None = None, valid: Tensor | None = None, layer: int | None = None
    ) -> BlockPlan:
        """See `Selector`."""
        shape = Shape.of(q, k, self.block, valid)
        away = shape.absolute() - torch.arange(shape.key_blocks, device=q.device)[None, :]
        grid = shape.allowed() & (away % self.step == 0) & (away * self.block < self.window)
        return _shaped(shape, grid, self.n_sink, self.n_local)


def _shaped(shape: Shape, grid: Tensor | None, n_sink: int, n_local: int) -> BlockPlan:
    """A-shape and the blocks of a grid (b or 1, 1, r, c). Behind padding the sinks are blocks, each item its own."""
    plan = BlockPlan.static(*shape.lengths[:2], n_sink=n_sink, n_local=n_local, block=shape.block)
    if shape.valid is not None and n_sink and bool((shape.ends()[0] > 0).any()):
        sinks = shape.sinks(n_sink)[:, None, None, :] & shape.allowed()
        grid = sinks if grid is None else grid | sinks
    if grid is None:
        return plan.replace(valid=shape.valid)
    blocks, first = listed(grid)
    return plan.replace(blocks=blocks, first=first, batch=grid.shape[0], valid=shape.valid)


def _sizes(n_sink: int, n_local: int) -> None:
    if n_sink < 0 or n_local < 1:
        raise InvalidPlan(f"{n_sink} sinks, {n_local} local keys.", hint="A query sees itself: n_local >= 1.")
