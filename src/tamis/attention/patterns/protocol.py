"""What a selector is: queries and keys in, a plan out."""

from __future__ import annotations

from typing import Protocol

from torch import Tensor

from tamis.attention.plan import BlockPlan


class Selector(Protocol):
    """Chooses the keys that each block of queries sees. Deterministic; ties go to the lower index."""

    def __call__(
        self, q: Tensor, k: Tensor, *, scale: float | None = None, valid: Tensor | None = None, layer: int | None = None
    ) -> BlockPlan:
        """The plan for these tensors.

        Args:
            q: (b, h, tq, d), the last tq of tk positions.
            k: (b, kv, tk, d); h is a multiple of kv.
            scale: of the scores; 1 / sqrt(d) if not given.
            valid: (b, tk) bool: keys that are not padding, left or right; these alone are scored and counted.
            layer: number of the layer, from 0, for selectors that treat layers differently.
        """
        ...
