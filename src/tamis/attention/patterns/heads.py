"""Each head its own pattern: plans of some heads each, joined into one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from tamis.attention.algebra import wide
from tamis.attention.geometry import BLOCK
from tamis.attention.patterns.lines import with_columns
from tamis.attention.patterns.protocol import Pattern
from tamis.attention.plan import BlockPlan
from tamis.errors import InvalidInput, InvalidPlan
from tamis.models.transformers.attended import NOWHERE, Attended

HINT = 'A list of layers, each {"0": ["vertical_and_slash", 1000, 6096, 0.9], ...}.'


@dataclass(frozen=True, slots=True)
class PerHead(Pattern):
    """The pattern of each head of each layer.

    Attributes:
        layers: a pattern for each query head of each layer.
        share: the query heads of a key/value head see what any of them chose; faster on a CPU, and never less.
        kv_heads: key/value heads of the model that it is for; None = any number.
    """

    layers: tuple[tuple[Pattern, ...], ...]
    share: bool = False
    block: int = BLOCK
    kv_heads: int | None = None

    def choose(self, attended: Attended) -> BlockPlan:
        """See `Selector`; the layer is needed.

        Raises:
            InvalidPlan: no such layer, or another number of heads.
        """
        queries = attended.required_queries()
        heads = self._heads(attended.layer, queries.shape[1], attended.heads)
        group = queries.shape[1] // attended.heads
        parts: list[tuple[list[int], BlockPlan]] = []
        for pattern in dict.fromkeys(heads):
            numbers = [number for number, other in enumerate(heads) if other == pattern]
            parts.append((numbers, pattern.choose(attended.of_heads(numbers))))
        return joined(parts, attended.valid, queries.shape[0], group if self.share else 1)

    def _heads(self, layer: int, count: int, kv_heads: int | None) -> tuple[Pattern, ...]:
        if layer == NOWHERE:
            raise InvalidInput("Each layer has patterns of its own, but no layer was given.", hint="Pass layer=0, ...")
        if not 0 <= layer < len(self.layers):
            raise InvalidPlan(f"Layer {layer} of a configuration of {len(self.layers)}.", hint="Of another model?")
        if len(self.layers[layer]) != count:
            where = f"{len(self.layers[layer])} heads in layer {layer} of the configuration"
            raise InvalidPlan(f"{where}, {count} in the model.", hint="Of another model?")
        if None not in (kv_heads, self.kv_heads) and kv_heads != self.kv_heads:
            where = f"A configuration for {self.kv_heads} key/value heads"
            raise InvalidPlan(f"{where}, {kv_heads} in the model.", hint="Of another model?")
        return self.layers[layer]

    def check(self, layers: int, heads: int, kv_heads: int | None = None) -> None:
        """Raise InvalidPlan unless the configuration has so many layers and heads, and key/value heads if given."""
        if len(self.layers) != layers:
            raise InvalidPlan(f"{len(self.layers)} layers in the configuration, {layers} in the model.", hint=HINT)
        for number in range(layers):
            self._heads(number, heads, kv_heads)


def joined(parts: Sequence[tuple[list[int], BlockPlan]], valid: Tensor | None, batch: int, group: int) -> BlockPlan:
    """One plan of all heads from plans of some each; the heads of a group see what any of them does."""
    plans = [(heads, plan.snapped()) for heads, plan in parts]
    one = plans[0][1]
    count, device = sum(len(heads) for heads, _ in plans), one.blocks.device
    grid = torch.zeros(batch, count, one.rows, one.key_blocks, dtype=torch.bool, device=device)
    columns = torch.zeros(batch, count, one.rows, one.kv_len, dtype=torch.bool, device=device)
    for heads, plan in plans:
        grid[:, heads] = plan.grid
        single = plan.column_grid
        if single is not None:
            columns[:, heads] = single
    grid, columns = (torch.unflatten(x, 1, (-1, group)).any(2) for x in (grid, columns))
    plan = BlockPlan.from_grid(grid, one.q_len, one.kv_len, block=one.block, valid=valid)
    columns &= ~wide(plan, plan.grid)
    return with_columns(plan, columns) if bool(columns.any()) else plan
