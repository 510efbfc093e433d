"""Caches of texts that were read apart, put together as if read as one (CacheBlend, Yao et al. 2024, arXiv 2405.16444).

Keys are turned to their new places, and the entries stand one behind the other. What is missing is that later texts
attend to earlier ones. A share of the tokens is therefore read again, with attention to everything before them: those
whose values are furthest, at an early layer that all of them read again, from the values that they had alone (sec. 4.3;
the paper narrows the choice layer by layer, here it is made once).

Shapes: b batch items, kv key/value heads, t tokens in all, m tokens read again, d head size.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from transformers.cache_utils import Cache, DynamicLayer

from tamis.cache.layer import RaggedLayer
from tamis.cache.ragged import RaggedCache
from tamis.errors import InvalidPlan, UnsupportedModel
from tamis.models.transformers.decoder import decoder_of
from tamis.models.transformers.hooks import PREFIX, Call, attending, attention_modules
from tamis.models.transformers.rotary import Rotary, rotary_of, rotated
from tamis.models.transformers.shape import AttentionShape, must_see_all

FIXED = ("default", "linear", "llama3", "yarn")
"""Rotations whose angles do not depend on how long the text is."""

MASKED = ("sdpa", "eager")


@dataclass(frozen=True, eq=False)
class CachedChunk:
    """A text that was read by itself, from place 0 on.

    Attributes:
        ids: (b, t) its tokens; none is padding.
        cache: what the model made of it: a `DynamicCache` or a `RaggedCache`, with nothing dropped.
    """

    ids: Tensor
    cache: Cache


def blend(model: nn.Module, chunks: Sequence[CachedChunk], *, share: float = 0.15, layer: int = 1) -> RaggedCache:
    """One cache for several texts, of which a share of the tokens is read again.

    It is continued as any other: `generate` over all tokens and those of a question. The first text is as it would be
    anyway; the share is of the tokens behind it.

    Args:
        model: whose layers all see the whole text, and which turns keys by pairs of halves (Llama, Qwen, Mistral).
        chunks: the texts in order.
        share: of the tokens to read again, 0 to 1: 0 only puts the caches together; 1 is a full reading.
        layer: at which tokens are compared; up to it, all are read again and exact.

    Raises:
        InvalidPlan: no chunks, a share that is none, or a cache that does not hold its tokens.
        UnsupportedModel: another rotation, layers that do not see everything, or attention that takes no mask.
    """
    if not chunks or not 0 <= share <= 1 or not 1 <= layer < AttentionShape.of(model.config).layers:
        raise InvalidPlan(
            f"{len(chunks)} chunks, share={share!r}, layer={layer!r}.",
            hint="Some chunks, a share of 0 to 1, and a layer between the first and the last.",
        )
    _must_blend(model)
    keys, values = _together(model, chunks)
    ids = torch.cat([chunk.ids for chunk in chunks], 1)
    first = chunks[0].ids.shape[1]
    many = round(share * (ids.shape[1] - first))
    if many:
        layers = [_Row(*pair) for pair in zip(keys, values, strict=True)]
        rows = _behind(ids, first)
        if many < rows.shape[1]:
            rows = _furthest(model, ids, rows, layers, layer).topk(many).indices.sort(-1).values + first
        _read(model, ids, rows, layers)
        keys, values = [layer.keys for layer in layers], [layer.values for layer in layers]
    cache = RaggedCache()
    for number, pair in enumerate(zip(keys, values, strict=True)):
        cache.update(*pair, number)
    return cache


# --- side by side ------------------------------------------------------------------------------------------------


def _must_blend(model: nn.Module) -> None:
    must_see_all(model)
    config: Any = attention_modules(model)[0].config
    kind = (getattr(config, "rope_parameters", None) or {}).get("rope_type")
    if kind not in FIXED:
        raise UnsupportedModel(
            f"{type(model).__name__} has positions of type {kind!r}: its keys cannot be turned to other places.",
            hint=f"Models with rotary positions of type {', '.join(FIXED)}.",
        )
    implementation = config._attn_implementation.removeprefix(PREFIX)
    if implementation not in MASKED:
        raise UnsupportedModel(
            f"Attention by {implementation!r} takes no mask of each token.",
            hint="Load the model with attn_implementation='sdpa'.",
        )


def _together(model: nn.Module, chunks: Sequence[CachedChunk]) -> tuple[list[Tensor], list[Tensor]]:
    """Keys, turned, and values of all chunks, (b, kv, t, d) a layer."""
    rotary = rotary_of(model, attention_modules(model)[0])
    assert rotary is not None
    keys: list[list[Tensor]] = [[] for _ in range(AttentionShape.of(model.config).layers)]
    values: list[list[Tensor]] = [[] for _ in keys]
    start = 0
    for chunk in chunks:
        for number, (key, value) in enumerate(_entries(chunk, len(keys), chunks[0].ids.shape[0])):
            keys[number].append(moved(key, start, rotary))
            values[number].append(value)
        start += chunk.ids.shape[1]
    return [torch.cat(each, 2) for each in keys], [torch.cat(each, 2) for each in values]


def moved(keys: Tensor, by: int, rotary: Rotary) -> Tensor:
    """Keys (b, kv, t, d) as they would be `by` places later."""
    if not by:
        return keys
    cos, sin = (part.to(keys.device) for part in rotary(torch.tensor([by])))
    return rotated(keys.float(), cos, sin).to(keys.dtype)


def _entries(chunk: CachedChunk, layers: int, batch: int) -> list[tuple[Tensor, Tensor]]:
    """Keys and values of a chunk, a layer each, or InvalidPlan where they are not those of its tokens."""
    layer_entries = (
        [] if isinstance(chunk.cache, RaggedCache) and chunk.cache.ragged else list(map(_whole, chunk.cache.layers))
    )
    fits = [(len(key), key.shape[2]) == tuple(chunk.ids.shape) for key, _ in layer_entries]
    if len(layer_entries) != layers or not all(fits) or len(chunk.ids) != batch or not chunk.ids.shape[1]:
        raise InvalidPlan(
            f"A cache that does not hold {tuple(chunk.ids.shape)} tokens in {layers} layers cannot be blended.",
            hint="Every chunk has the same batch size, and a cache from which nothing was dropped.",
        )
    return layer_entries


def _whole(layer: Any) -> tuple[Tensor, Tensor]:
    keys, values = layer.whole() if isinstance(layer, RaggedLayer) else (layer.keys, layer.values)
    return keys, values


# --- reading again -----------------------------------------------------------------------------------------------


class _Row(DynamicLayer):
    """Entries of a layer, of which those of `rows` (b, m) are replaced by what the model reads."""

    keys: Tensor
    values: Tensor

    def __init__(self, keys: Tensor, values: Tensor) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.keys, self.values = keys, values
        self.rows = torch.zeros(0)
        self.is_initialized = True

    def update(self, key_states: Tensor, value_states: Tensor, *_: Any, **__: Any) -> tuple[Tensor, Tensor]:
        """Put tokens where they belong; then all keys and values."""
        index = self.rows[:, None, :, None].expand_as(key_states)
        self.keys, self.values = self.keys.scatter(2, index, key_states), self.values.scatter(2, index, value_states)
        return self.keys, self.values


class _Enough(Exception):
    """The layer that was asked for has been read."""


def _behind(ids: Tensor, first: int) -> Tensor:
    return torch.arange(first, ids.shape[1], device=ids.device).expand(len(ids), -1)


def _furthest(model: nn.Module, ids: Tensor, rows: Tensor, layers: list[_Row], layer: int) -> Tensor:
    """(b, m) how far the values of the rows are, once read with all before them, from those read apart."""
    alone = layers[layer].values

    def stop(call: Call) -> None:
        if call.layer == layer:
            raise _Enough

    with suppress(_Enough), attending(model, observe=stop):
        _read(model, ids, rows, layers)
    return (layers[layer].values.float() - alone.float()).square().sum((1, 3))[:, -rows.shape[1] :]


def _read(model: Any, ids: Tensor, rows: Tensor, layers: list[_Row]) -> None:
    """Read the tokens of the rows (b, m), each with attention to everything before it, into the layers."""
    for layer in layers:
        layer.rows = rows
    hidden = torch.arange(ids.shape[1], device=ids.device) > rows[..., None]
    mask = torch.zeros(hidden.shape, dtype=layers[0].keys.dtype, device=ids.device)
    mask = mask.masked_fill(hidden, torch.finfo(mask.dtype).min)[:, None]
    with torch.no_grad():
        decoder_of(model)(
            input_ids=ids.gather(1, rows), position_ids=rows, attention_mask=mask,
            past_key_values=Cache(layers=list(layers)), use_cache=True,
        )  # fmt: skip
