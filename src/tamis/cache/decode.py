"""Attention over ragged caches: the model's own, over a padded copy of one layer, or head by head without a copy.

Where little would be padding, keys and values are laid out as a rectangle, aligned at the end, and the model's own
implementation attends with a mask: with nothing dropped that is bit for bit what it does over a padded batch. Where
much would be, each head attends over its own rows.

Shapes: b batch items, h query heads, kv key/value heads, q new tokens, s tokens since the packed entries, d head size.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tamis.cache.layer import RaggedLayer
from tamis.cache.packed import Packed, occupied, rectangle, starts
from tamis.cache.ragged import DECODING, owner_of
from tamis.errors import UnsupportedModel
from tamis.models.transformers.fit import specials
from tamis.models.transformers.hooks import PREFIX, Call, attending
from tamis.models.transformers.masks import seen

MASKED = (f"{PREFIX}sdpa", f"{PREFIX}eager")
"""Implementations that take a mask of each head."""

WASTE = 2.0
"""A rectangle may hold so many places for each entry; beyond, heads attend one by one."""


@contextmanager
def decoding(model: nn.Module) -> Iterator[None]:
    """Let a model read ragged caches, in this thread, until the block ends; other caches work as before.

    Raises:
        UnsupportedModel: no attention of the model goes through transformers' registry.
    """
    token = DECODING.set(DECODING.get() + 1)
    try:
        with attending(model, compute=attend):
            yield
    finally:
        DECODING.reset(token)


def attend(call: Call) -> Tensor | None:
    """(b, q, h, d) attention over the entries of a ragged layer; None where the keys are no ragged cache's."""
    owner = owner_of(call.key)
    if owner is None or not owner[0].ragged:
        return None
    cache, layer = owner
    packed = layer.packed()
    if packed is None or layer.seen == call.query.shape[2]:  # read for the first time: the new keys are all keys
        return None
    out = _rectangular(call, packed, layer) if _fits(call, packed) else _head_by_head(call, packed, layer)
    if cache.quantiser is not None:
        cache.quantiser.settle(layer)
    return out


def _fits(call: Call, packed: Packed) -> bool:
    """True where the model's own implementation attends over a rectangle."""
    config: Any = call.module.config
    if config._attn_implementation not in MASKED:
        return False
    longest, each = int(packed.lengths.max()), packed.lengths.numel()
    return bool(specials(call)) or longest * each <= WASTE * max(int(packed.lengths.sum()), 1)


def _rectangular(call: Call, packed: Packed, layer: RaggedLayer) -> Tensor:
    keys, values, _ = rectangle(packed)
    new_keys, new_values = layer.recent()
    implementation = _implementation(call)
    out: Tensor = implementation(
        call.module,
        call.query,
        torch.cat([keys, new_keys], 2),
        torch.cat([values, new_values], 2),
        _mask(call, packed.lengths, layer.since),
        scaling=call.scale,
        **call.extra,
    )[0]
    return out


def _implementation(call: Call) -> Any:
    """The registered function of the model, which comes back here, finds keys of no cache, and calls the model's."""
    from transformers import AttentionInterface

    config: Any = call.module.config
    registry: Any = AttentionInterface
    return registry()[config._attn_implementation]


def _mask(call: Call, lengths: Tensor, since: int) -> Tensor:
    """(b, 1 or h, q, t + s) what each query sees of the rectangle: bool for sdpa, to be added for eager."""
    there = occupied(lengths)
    if bool((lengths == lengths[:, :1]).all()):
        there = there[:, :1]
    else:
        there = there.repeat_interleave(call.query.shape[1] // lengths.shape[1], 1)
    recent = _recent(call, since)
    heads, q = there.shape[1], recent.shape[2]
    visible = torch.cat([there[:, :, None].expand(-1, -1, q, -1), recent.expand(-1, heads, -1, -1)], 3)
    if call.module.config._attn_implementation == MASKED[0]:  # type: ignore[union-attr]
        return visible
    lowest = torch.finfo(call.query.dtype).min
    return torch.zeros((), dtype=call.query.dtype).masked_fill(~visible, lowest)


def _recent(call: Call, since: int) -> Tensor:
    """(b, 1, q, s) True for what each query sees of the tokens since the packed entries, itself included."""
    b, q = call.query.shape[0], call.query.shape[2]
    if call.mask is not None and call.mask.dim() == 4:
        return seen(call.mask[..., -since:])
    causal = torch.ones(q, since, dtype=torch.bool, device=call.query.device).tril(since - q)
    visible = causal.expand(b, 1, q, since)
    return visible if call.mask is None else visible & seen(call.mask)[:, None, None, -since:]


def _head_by_head(call: Call, packed: Packed, layer: RaggedLayer) -> Tensor:
    if specials(call):
        raise UnsupportedModel(
            f"Layer {call.layer} attends with {', '.join(specials(call))}, which needs sdpa or eager attention here.",
            hint="Load the model with attn_implementation='eager'.",
        )
    (b, kv), q = packed.lengths.shape, call.query.shape[2]
    new_keys, new_values = layer.recent()
    queries = call.query.view(b, kv, -1, q, call.query.shape[3])
    recent = _recent(call, layer.since)
    all_seen = bool(recent.all())
    ends, out = starts(packed.lengths).tolist(), torch.empty_like(queries[..., : new_values.shape[3]])
    for n in range(b * kv):
        item, head, rows = n // kv, n % kv, slice(ends[n], ends[n + 1])
        mask = None if all_seen else F.pad(recent[item, 0], (rows.stop - rows.start, 0), value=True)
        keys = torch.cat([packed.keys[rows], new_keys[item, head]])
        values = torch.cat([packed.values[rows], new_values[item, head]])
        out[item, head] = _attention(queries[item, head], keys, values, mask, call.scale)
    return out.flatten(1, 2).view(b, -1, q, out.shape[-1]).transpose(1, 2).contiguous()


def _attention(queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor | None, scale: float) -> Tensor:
    """(g, q, d) attention of the g query heads that share the keys and values (n, d)."""
    many = queries.shape[0]
    shared = keys.expand(1, many, *keys.shape), values.expand(1, many, *values.shape)
    return F.scaled_dot_product_attention(queries[None], *shared, attn_mask=mask, scale=scale)[0]
