"""Each head its own pattern, from a file: MInference's published configurations, and ours.

A configuration is a list of layers, each a map of head number to [pattern, number, number, score]:
`vertical_and_slash` with vertical keys and distances, `stream_llm` with first and last keys, `block_sparse` with
blocks a row. The score plays no part. What `tamis.attention.search` writes says its schema, and is taken, too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import torch
from torch import Tensor

from tamis.attention.algebra import column_grid, wide
from tamis.attention.budget import Keys
from tamis.attention.patterns.blocks import BlockMean
from tamis.attention.patterns.lines import VerticalSlash, with_columns
from tamis.attention.patterns.protocol import Selector
from tamis.attention.patterns.static import AShape
from tamis.attention.plan import BLOCK, BlockPlan
from tamis.errors import InvalidInput, InvalidPlan, UnreadableInput

Config: TypeAlias = "str | Path | Sequence[Mapping[str, Sequence[Any]]] | Mapping[str, Any]"

HINT = 'A list of layers, each {"0": ["vertical_and_slash", 1000, 6096, 0.9], ...}.'


@dataclass(frozen=True, slots=True)
class PerHead:
    """The pattern of each head of each layer.

    Attributes:
        layers: a selector for each query head of each layer.
        share: the query heads of a key/value head see what any of them chose; faster on a CPU, and never less.
        kv_heads: key/value heads of the model that it is for; None = any number.
    """

    layers: tuple[tuple[Selector, ...], ...]
    share: bool = False
    block: int = BLOCK
    kv_heads: int | None = None

    def __call__(
        self, q: Tensor, k: Tensor, *, scale: float | None = None, valid: Tensor | None = None, layer: int | None = None
    ) -> BlockPlan:
        """See `Selector`; `layer` is needed.

        Raises:
            InvalidPlan: no such layer, or another number of heads.
        """
        heads = self._heads(layer, q.shape[1], k.shape[1])
        group = q.shape[1] // k.shape[1]
        parts: list[tuple[list[int], BlockPlan]] = []
        for one in dict.fromkeys(heads):
            mine = [number for number, other in enumerate(heads) if other == one]
            keys = k[:, [number // group for number in mine]]
            parts.append((mine, one(q[:, mine], keys, scale=scale, valid=valid, layer=layer)))
        return joined(parts, valid, q.shape[0], group if self.share else 1)

    def _heads(self, layer: int | None, count: int, kv_heads: int | None) -> tuple[Selector, ...]:
        if layer is None:
            raise InvalidInput("Each layer has patterns of its own, but no layer was given.", hint="Pass layer=0, ...")
        if not 0 <= layer < len(self.layers):
            raise InvalidPlan(f"Layer {layer} of a configuration of {len(self.layers)}.", hint="Of another model?")
        if len(self.layers[layer]) != count:
            found = f"{len(self.layers[layer])} heads in layer {layer} of the configuration"
            raise InvalidPlan(f"{found}, {count} in the model.", hint="Of another model?")
        if None not in (kv_heads, self.kv_heads) and kv_heads != self.kv_heads:
            found = f"A configuration for {self.kv_heads} key/value heads"
            raise InvalidPlan(f"{found}, {kv_heads} in the model.", hint="Of another model?")
        return self.layers[layer]

    def check(self, layers: int, heads: int, kv_heads: int | None = None) -> None:
        """Raise InvalidPlan unless the configuration has so many layers and heads, and key/value heads if given."""
        if len(self.layers) != layers:
            raise InvalidPlan(f"{len(self.layers)} layers in the configuration, {layers} in the model.", hint=HINT)
        for number in range(layers):
            self._heads(number, heads, kv_heads)


def joined(parts: list[tuple[list[int], BlockPlan]], valid: Tensor | None, batch: int, group: int) -> BlockPlan:
    """One plan of all heads from plans of some each; the heads of a group see what any of them does."""
    plans = [(heads, plan.snapped()) for heads, plan in parts]
    one = plans[0][1]
    count, device = sum(len(heads) for heads, _ in plans), one.blocks.device
    grid = torch.zeros(batch, count, one.rows, one.key_blocks, dtype=torch.bool, device=device)
    columns = torch.zeros(batch, count, one.rows, one.kv_len, dtype=torch.bool, device=device)
    for heads, plan in plans:
        grid[:, heads] = plan.grid
        single = column_grid(plan)
        if single is not None:
            columns[:, heads] = single
    grid, columns = (torch.unflatten(x, 1, (-1, group)).any(2) for x in (grid, columns))
    plan = BlockPlan.from_grid(grid, one.q_len, one.kv_len, block=one.block, valid=valid)
    columns &= ~wide(plan, plan.grid)
    return with_columns(plan, columns) if bool(columns.any()) else plan


def minference(
    config: Config | None = None, *, share: bool = False, exact: bool = False, block: int = BLOCK
) -> Selector:
    """MInference (arXiv 2407.02490): patterns by head from a configuration.

    Without one every head is read by verticals and slashes of a sixteenth of the length: absolute numbers such as
    (1000, 6096) would be nearly dense attention up to 100,000 tokens.

    Args:
        config: a file of MInference's or of `tamis.attention.search`, or what such a file holds.
        share: see `PerHead`.
        exact: vertical keys as single columns; else their whole blocks, which a CPU reads faster. A file that was
            searched for has whole blocks.
        block: queries of a row and keys of a block; a file that was searched for says its own.

    Raises:
        UnreadableInput: no such file.
        InvalidPlan: no such configuration.
    """
    if config is None:
        return VerticalSlash(block=block)
    layers = _read(config) if isinstance(config, (str, Path)) else config
    if isinstance(layers, Mapping):
        from tamis.attention.patterns.configuration import Configuration

        return Configuration.of(layers).selector(share=share)
    if not isinstance(layers, Sequence) or not layers:
        raise InvalidPlan(f"{type(layers).__name__} of {len(layers)} as a configuration.", hint=HINT)
    return PerHead(tuple(_layer(n, heads, exact, block) for n, heads in enumerate(layers)), share, block)


def _read(path: str | Path) -> Any:
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise InvalidPlan(f"{path} is not JSON: {error}.", hint=HINT) from error
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableInput(f"{path} cannot be read: {error}.", hint=HINT) from error


def _layer(number: int, heads: Mapping[str, Sequence[Any]], exact: bool, block: int) -> tuple[Selector, ...]:  # noqa: FBT001
    where = f"Layer {number}"
    if not isinstance(heads, Mapping) or sorted(map(str, heads)) != sorted(map(str, range(len(heads)))) or not heads:
        raise InvalidPlan(f"{where} of the configuration is {str(heads)[:60]}.", hint=HINT)
    told = {str(head): entry for head, entry in heads.items()}
    return tuple(_pattern(f"{where}, head {n}", told[str(n)], exact, block) for n in range(len(told)))


def _pattern(where: str, entry: Sequence[Any], exact: bool, block: int) -> Selector:  # noqa: FBT001
    try:
        kind, one, two = str(entry[0]), int(entry[1]), int(entry[2])
        if kind == "vertical_and_slash":
            return VerticalSlash(counts=(one, two), exact=exact, share=False, block=block)
        if kind == "stream_llm":
            return AShape(one, two, block)
        if kind == "block_sparse":
            return BlockMean(Keys(one * block), share=False, block=block)
    except (TypeError, ValueError, IndexError, KeyError) as error:
        raise InvalidPlan(f"{where} of the configuration is {entry!r}.", hint=HINT) from error
    raise InvalidPlan(f"{where} of the configuration is of kind {kind!r}.", hint=HINT)
