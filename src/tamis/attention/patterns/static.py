"""Patterns that look at no query and no key."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from torch import Tensor

from tamis.attention.geometry import BLOCK, listed
from tamis.attention.patterns.grid import BlockGrid
from tamis.attention.patterns.protocol import Pattern
from tamis.attention.plan import BlockPlan
from tamis.errors import InvalidInput, InvalidPlan
from tamis.models.transformers.attended import NOWHERE, Attended


@dataclass(frozen=True, slots=True)
class Dense(Pattern):
    """Every query sees every key up to itself."""

    block: int = BLOCK

    def choose(self, attended: Attended) -> BlockPlan:
        """See `Selector`."""
        grid = BlockGrid.of(attended, self.block)
        return BlockPlan.dense(grid.q_len, grid.kv_len, block=self.block).replace(valid=grid.valid)


@dataclass(frozen=True, slots=True)
class AShape(Pattern):
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

    def choose(self, attended: Attended) -> BlockPlan:
        """See `Selector`."""
        return _with_static(BlockGrid.of(attended, self.block), None, self.n_sink, self.n_local)

    @classmethod
    def of_share(cls, share: float, block: int) -> StaticShare:
        """That share of all pairs."""
        return StaticShare(share, block, cls)


@dataclass(frozen=True, slots=True)
class TriShape(Pattern):
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

    def choose(self, attended: Attended) -> BlockPlan:
        """See `Selector`."""
        grid = BlockGrid.of(attended, self.block)
        low = (grid.ends()[1] - self.n_last).clamp(min=0)[:, None, None, None] // self.block
        full = (grid.absolute() >= low) & bool(self.n_last) & grid.allowed()
        return _with_static(grid, full, self.n_sink, self.n_local)

    @classmethod
    def of_share(cls, share: float, block: int) -> StaticShare:
        """That share of all pairs, the last queries aside."""
        return StaticShare(share, block, lambda sinks, local, size: cls(sinks, local, min(64, size), size))


@dataclass(frozen=True, slots=True)
class TriMix(Pattern):
    """Dense in the first layers, tri-shape in the deeper ones (TriangleMix, arXiv 2507.21526)."""

    start: int = 16
    deep: TriShape = field(default_factory=lambda: TriShape(n_sink=8, n_local=512, n_last=128))

    def choose(self, attended: Attended) -> BlockPlan:
        """See `Selector`; the layer is needed."""
        if attended.layer == NOWHERE:
            raise InvalidInput(
                "tri_mix treats layers differently, but no layer was given.", hint="Pass layer=0, 1, ..."
            )
        return (Dense(self.deep.block) if attended.layer < self.start else self.deep).choose(attended)

    @classmethod
    def of_share(cls, share: float, block: int) -> StaticShare:
        """That share of all pairs behind the first layer, the last queries aside."""
        return StaticShare(share, block, lambda sinks, local, size: cls(1, TriShape(sinks, local, min(64, size), size)))


@dataclass(frozen=True, slots=True)
class Dilated(Pattern):
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

    def choose(self, attended: Attended) -> BlockPlan:
        """See `Selector`."""
        grid = BlockGrid.of(attended, self.block)
        away = grid.away()
        blocks = grid.allowed() & (away % self.step == 0) & (away * self.block < self.window)
        return _with_static(grid, blocks, self.n_sink, self.n_local)


@dataclass(frozen=True, slots=True)
class StaticShare(Pattern):
    """A static pattern whose window is such a share of the text that a share of all pairs is computed.

    An eighth of the window goes to the first keys.

    Attributes:
        share: of all pairs.
        make: (first keys, last keys, block) -> the pattern.
    """

    share: float
    block: int
    make: Callable[[int, int, int], Pattern]

    def choose(self, attended: Attended) -> BlockPlan:
        """See `Selector`."""
        window = max(round((1 - math.sqrt(1 - self.share)) * attended.length), 2)
        sinks = max(window // 8, 1)
        return self.make(sinks, window - sinks, self.block).choose(attended)


def _with_static(grid: BlockGrid, blocks: Tensor | None, n_sink: int, n_local: int) -> BlockPlan:
    """A-shape and some blocks, (b or 1, 1, r, c) bool. Behind padding the sinks are blocks, each item its own."""
    plan = BlockPlan.static(grid.q_len, grid.kv_len, n_sink=n_sink, n_local=n_local, block=grid.block)
    if grid.valid is not None and n_sink and bool((grid.ends()[0] > 0).any()):
        sinks = grid.sinks(n_sink)[:, None, None, :] & grid.allowed()
        blocks = sinks if blocks is None else blocks | sinks
    if blocks is None:
        return plan.replace(valid=grid.valid)
    numbers, first = listed(blocks)
    return plan.replace(blocks=numbers, first=first, batch=blocks.shape[0], valid=grid.valid)


def _sizes(n_sink: int, n_local: int) -> None:
    if n_sink < 0 or n_local < 1:
        raise InvalidPlan(f"{n_sink} sinks, {n_local} local keys.", hint="A query sees itself: n_local >= 1.")
