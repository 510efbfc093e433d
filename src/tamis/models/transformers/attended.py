"""What a cache policy and an attention pattern look at: keys and values of one layer, and the queries of them.

Shapes: b batch items, h query heads, kv key/value heads (h a multiple of kv), t entries, tq queries, d head size.
Does not choose what is kept or seen (`tamis.cache`, `tamis.attention`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import torch
from torch import Tensor

from tamis.errors import InvalidPlan
from tamis.models.transformers.rotary import Rotary

NOWHERE = -1
"""The layer of tensors that are of no model."""


@dataclass(frozen=True, eq=False)
class Attended:
    """One layer's keys and values and what is known of their use.

    Attributes:
        layer: number of the layer, from 0; NOWHERE for tensors of no model.
        keys: (b, kv, t, d) as they are cached, that is after rotation.
        values: (b, kv, t, d); without channels where they were not seen.
        queries: (b, h, tq, d) of the last tq of the t tokens, after rotation; None where they were not seen.
        weights: (b, h, tq, t) attention weights that were observed; None where they were not.
        positions: (b, t) position of each entry in its text; counted from 0 by default.
        valid: (b, t) False for padding; all True by default.
        rotary: positions (n,) -> cosines and sines, (n, d) each, as the model rotates; None for a model that does not.
        scale: of the scores; None = 1 / sqrt(d).
    """

    layer: int
    keys: Tensor
    values: Tensor
    queries: Tensor | None = None
    weights: Tensor | None = None
    positions: Tensor | None = None
    valid: Tensor | None = None
    rotary: Rotary | None = None
    scale: float | None = None

    def __post_init__(self) -> None:
        if self.keys.dim() != 4 or self.keys.shape[:3] != self.values.shape[:3]:
            raise InvalidPlan(
                f"Keys {tuple(self.keys.shape)} and values {tuple(self.values.shape)} are not of one cache.",
                hint="Both are (batch, key/value heads, entries, head size).",
            )
        if self.queries is not None and (self.queries.shape[1] % self.heads or self.queries.shape[2] > self.length):
            raise InvalidPlan(
                f"Queries {tuple(self.queries.shape)} do not belong to keys {tuple(self.keys.shape)}.",
                hint="The query heads are a multiple of the key/value heads, and there is a key for every query.",
            )

    @classmethod
    def pair(
        cls,
        queries: Tensor,
        keys: Tensor,
        *,
        scale: float | None = None,
        valid: Tensor | None = None,
        layer: int = NOWHERE,
    ) -> Attended:
        """Queries (b, h, tq, d) and keys (b, kv, t, d) alone: what a pattern needs."""
        return cls(layer, keys, keys[..., :0], queries, valid=valid, scale=scale)

    def of_heads(self, heads: Sequence[int]) -> Attended:
        """The same for some query heads, each with the key/value head that it reads for its own."""
        queries = self.required_queries()
        group = queries.shape[1] // self.heads
        read = [number // group for number in heads]
        return replace(
            self, keys=self.keys[:, read], values=self.values[:, read], queries=queries[:, list(heads)], weights=None
        )

    @property
    def heads(self) -> int:
        """Number of key/value heads."""
        return self.keys.shape[1]

    @property
    def length(self) -> int:
        """Number of entries."""
        return self.keys.shape[2]

    @property
    def mask(self) -> Tensor:
        """(b, t) True for entries that are no padding."""
        return torch.ones(self.keys.shape[0], self.length, dtype=torch.bool) if self.valid is None else self.valid

    @property
    def places(self) -> Tensor:
        """(b, t) position of each entry in its text."""
        if self.positions is not None:
            return self.positions
        return torch.arange(self.length).expand(self.keys.shape[0], -1)

    @property
    def score_scale(self) -> float:
        """What scores are multiplied by."""
        return self.keys.shape[-1] ** -0.5 if self.scale is None else self.scale

    def required_queries(self) -> Tensor:
        """(b, h, tq, d) the queries.

        Raises:
            InvalidPlan: none were seen.
        """
        if self.queries is None:
            raise InvalidPlan(
                f"The policy needs the queries of layer {self.layer}; none were seen.",
                hint="Take a policy that looks at keys and values only: streaming, knorm, key_diff.",
            )
        return self.queries

    def window(self, size: int) -> Tensor:
        """(b, h, w, t) float32 attention weights of the last w = min(size, tq) queries: causal, no padding."""
        queries = self.required_queries()[:, :, -size:].float()
        group = queries.shape[1] // self.heads
        keys = self.keys.float().repeat_interleave(group, dim=1)
        scores = queries @ keys.transpose(2, 3) * self.score_scale
        w = queries.shape[2]
        later = torch.ones(w, self.length, dtype=torch.bool, device=scores.device).triu(self.length - w + 1)
        hidden = later | ~self.mask.to(scores.device)[:, None, None, :]
        lowest = torch.finfo(scores.dtype).min  # not -inf: a query that is padding itself sees nothing
        return scores.masked_fill(hidden, lowest).softmax(-1)

    def grouped(self, per_query_head: Tensor) -> Tensor:
        """(b, kv, t) mean over the query heads that share a key/value head; from (b, h, t)."""
        b, h, t = per_query_head.shape
        return per_query_head.reshape(b, self.heads, h // self.heads, t).mean(2)


KVPolicy: TypeAlias = Callable[[Attended], Tensor]
"""Attended -> (b, kv, t) scores; higher = keep."""
