"""Patterns that look at no query and no key."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from tamis.attention.plan import BLOCK, BlockPlan
from tamis.errors import InvalidPlan


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
        if self.n_sink < 0 or self.n_local < 1:
            raise InvalidPlan(
                f"{self.n_sink} sinks, {self.n_local} local keys.", hint="A query sees itself: local >= 1."
            )

    def __call__(
        self, q: Tensor, k: Tensor, *, scale: float | None = None, valid: Tensor | None = None, layer: int | None = None
    ) -> BlockPlan:
        """See `Selector`."""
        sizes = {"n_sink": self.n_sink, "n_local": self.n_local}
        return BlockPlan.static(q.shape[2], k.shape[2], block=self.block, **sizes).replace(valid=valid)
