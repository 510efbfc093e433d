"""What a pattern is: what is known of a layer's queries and keys in, a plan out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Protocol

from torch import Tensor

from tamis.attention.budget import Budget, Mass, density_of, mass_of
from tamis.attention.plan import BlockPlan
from tamis.errors import InvalidPlan
from tamis.models.transformers.attended import NOWHERE, Attended


class Selector(Protocol):
    """Chooses the keys that each block of queries sees. Deterministic; ties go to the lower index.

    Any function of that kind is a pattern; it scores and counts only keys that `attended.valid` does not call padding.
    """

    def __call__(self, attended: Attended, /) -> BlockPlan:
        """The plan for the queries of a layer, which are the last of its keys' positions."""
        ...


class Pattern(ABC):
    """A pattern of tamis: `choose` is all that one says; queries and keys may come alone, as tensors."""

    __slots__ = ()

    @abstractmethod
    def choose(self, attended: Attended) -> BlockPlan:
        """The plan; see `Selector`."""

    def __call__(
        self, q: Attended | Tensor, k: Tensor | None = None, *, scale: float | None = None,
        valid: Tensor | None = None, layer: int | None = None,
    ) -> BlockPlan:  # fmt: skip
        """The plan for what is known of a layer, or for these tensors.

        Args:
            q: what is known of a layer, and nothing else; or (b, h, tq, d), the last tq of tk positions.
            k: (b, kv, tk, d); h is a multiple of kv.
            scale: of the scores; 1 / sqrt(d) if not given.
            valid: (b, tk) bool: keys that are not padding, left or right; these alone are scored and counted.
            layer: number of the layer, from 0, for patterns that treat layers differently.

        Raises:
            InvalidPlan: tensors that do not fit together.
        """
        if isinstance(q, Attended):
            return self.choose(q)
        if k is None:
            raise InvalidPlan("Queries without keys.", hint="pattern(q, k), or pattern(attended).")
        return self.choose(Attended.pair(q, k, scale=scale, valid=valid, layer=NOWHERE if layer is None else layer))

    def likely_density(self, q_len: int, kv_len: int, head_size: int) -> float | None:
        """The density of blocks that the budget allows, before any is chosen; None where it cannot be told."""
        del q_len, kv_len, head_size
        return None


class Budgeted(Pattern):
    """A pattern that spends its budget row by row, so that its density is known beforehand."""

    __slots__ = ()

    budget: Budget
    block: int

    def likely_density(self, q_len: int, kv_len: int, head_size: int) -> float | None:
        """See `Pattern`."""
        if mass_of(self.budget) is not None or isinstance(self.budget, Mass):
            return None
        return density_of(self.budget, (q_len, kv_len, head_size), self.block)
