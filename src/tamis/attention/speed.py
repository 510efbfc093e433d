"""When a plan is faster than dense attention: a rule of two numbers, which can be measured."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from tamis.attention.backends import attend
from tamis.attention.budget import level
from tamis.attention.patterns import XAttention
from tamis.errors import InvalidInput

MARGIN = 0.95
OVERHEAD = 0.06


@dataclass(frozen=True, slots=True)
class Speed:
    """Sparse attention takes density / efficiency + overhead of the time of dense attention.

    Attributes:
        shortest: below so many keys dense attention is always taken.
        efficiency: pairs a second, sparse over dense.
        overhead: of choosing the plan, as a share of dense attention.
    """

    shortest: int = 6144
    efficiency: float = 0.45
    overhead: float = OVERHEAD

    def __post_init__(self) -> None:
        if self.shortest < 0 or not self.efficiency > 0 or self.overhead < 0:
            raise InvalidInput(f"{self!r}.", hint="shortest and overhead at least 0, efficiency above 0.")

    def cost(self, density: float) -> float:
        """The time of sparse attention at a density of blocks, that of dense attention being 1."""
        return density / self.efficiency + self.overhead

    def pays(self, density: float, kv_len: int) -> bool:
        """Whether a plan of that density of blocks is faster than dense attention."""
        return kv_len >= self.shortest and self.cost(density) <= MARGIN

    @classmethod
    def measured(
        cls, *, heads: int, kv_heads: int, head_size: int, dtype: torch.dtype = torch.bfloat16,
        lengths: tuple[int, ...] = (2048, 4096, 8192), repeats: int = 3,
    ) -> Speed:  # fmt: skip
        """The rule of this machine for heads of these shapes. Takes seconds.

        `shortest` is the first length from which on a plan of a quarter of the blocks wins; twice the longest where
        none of them does. Efficiency and overhead are those of the longest.
        """
        races = [_raced(n, heads, kv_heads, head_size, dtype, repeats) for n in sorted(lengths)]
        wins = [0.25 / efficiency + overhead <= MARGIN for efficiency, overhead in races]
        first = next((n for n in range(len(wins)) if all(wins[n:])), len(wins))
        return cls([*sorted(lengths), 2 * max(lengths)][first], *races[-1])


def _raced(n: int, heads: int, kv: int, size: int, dtype: torch.dtype, repeats: int) -> tuple[float, float]:
    """(efficiency, overhead) at one length: medians of runs that take turns with dense ones."""
    generator = torch.Generator().manual_seed(0)
    q, k, v = (torch.randn(1, h, n, size, generator=generator).to(dtype) for h in (heads, kv, kv))
    choose = XAttention(level(0.25))
    plan = choose(q, k)
    turns = [
        (
            timed(lambda: dense_attention(q, k, v)),
            timed(lambda: attend(q, k, v, plan, backend="torch")),
            timed(lambda: choose(q, k)),
        )
        for _ in range(repeats)
    ]
    efficiency = plan.block_density * median(dense / sparse for dense, sparse, _ in turns)
    return efficiency, median(chosen / dense for dense, _, chosen in turns)


def dense_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """What sparse attention has to beat: torch's own, causal, with grouped heads."""
    return scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)


def timed(work: Callable[[], object]) -> float:
    """Seconds of one run, without gradients."""
    start = time.perf_counter()
    with torch.inference_mode():
        work()
    return time.perf_counter() - start
