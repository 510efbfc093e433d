"""A `transformers` cache whose heads hold as many entries as they kept, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any, cast

from torch import Tensor
from transformers.cache_utils import Cache

from tamis.cache.layer import RaggedLayer
from tamis.cache.ledger import Ledger, storage_of
from tamis.cache.quantise import Quantiser
from tamis.errors import InvalidPlan

OWNER = "tamis_layer"
"""Attribute of the tensors that a ragged layer hands to the attention: the layer whose entries are meant."""

DECODING: ContextVar[int] = ContextVar("tamis_decoding", default=0)
"""How many models of this thread attend over ragged caches now."""


class RaggedCache(Cache):
    """Keys and values of a model, each head with its own number of entries.

    Empty, it works as transformers' `DynamicCache` does, bit for bit. `compressing` and `compress` put packed entries
    into it. Where all heads of all layers have the same number of them, and no item is padded, any model continues from
    it; otherwise inside `decoding(model)`.

    quantiser -- how entries are stored that have left the window; None = all at full precision
    masses -- share of the prompt's attention that fell on what a layer kept, where `compressing` was to certify it
    """

    def __init__(self, *, quantiser: Quantiser | None = None) -> None:
        super().__init__(layer_class_to_replicate=RaggedLayer)
        self.quantiser = quantiser
        self.masses: dict[int, float] = {}
        self.to_be_cut = False  # `compressing` cuts what a layer reads first: it must not be quantised before

    # --- reading ---------------------------------------------------------------------------------------------------

    @property
    def ragged(self) -> bool:
        """True where heads, layers or batch items differ in their number of entries: `decoding` is needed then."""
        kept = {layer.kept for layer in self._layers()}
        return None in kept or len(kept) > 1

    @property
    def seen(self) -> int:
        """Tokens that were read, those without entries and padding included."""
        return int(self.get_seq_length())

    @property
    def nbytes(self) -> int:
        """Bytes that the cache takes in memory."""
        return self.ledger().total

    def ledger(self) -> Ledger:
        """What the cache takes, as a sum over its layers."""
        return sum((layer.ledger() for layer in self._layers()), Ledger(0, 0, 0, 0))

    def lengths(self) -> list[Tensor]:
        """(b, kv) entries of each head, layer by layer."""
        return [lengths for layer in self._layers() if (lengths := layer.lengths) is not None]

    def tensors(self) -> Iterator[tuple[str, Tensor]]:
        """Everything that is in memory, by name."""
        for number, layer in enumerate(self._layers()):
            yield from ((f"{number}.{name}", tensor) for name, tensor in layer.tensors())

    def _layers(self) -> list[RaggedLayer]:
        return cast("list[RaggedLayer]", self.layers)

    # --- forks -----------------------------------------------------------------------------------------------------

    def fork(self) -> RaggedCache:
        """Another cache with the same entries, at no cost: tensors are shared, and neither sees the other's tokens."""
        other = RaggedCache(quantiser=self.quantiser)
        other.layers.extend(layer.fork() for layer in self._layers())
        return other

    def rollback(self, tokens: int) -> None:
        """Forget the last `tokens` tokens; entries that were dropped before do not come back.

        Raises:
            InvalidPlan: so many were never read.
        """
        if not 0 <= tokens <= self.seen:
            raise InvalidPlan(f"Cannot forget {tokens!r} of {self.seen} tokens.")
        for layer in self._layers():
            layer.forget(tokens)

    # --- what transformers asks of a cache -------------------------------------------------------------------------

    def update(
        self, key_states: Tensor, value_states: Tensor, layer_idx: int, *_: Any, **__: Any
    ) -> tuple[Tensor, Tensor]:
        """Append; then all keys and values, or, where heads differ, the new ones for `decoding` to complete."""
        while len(self.layers) <= layer_idx:
            self.layers.append(RaggedLayer())
        layer = self._layers()[layer_idx]
        ragged = self._must_be_decoded()
        layer.append(key_states, value_states)
        keys, values = (key_states, value_states) if ragged else layer.whole()
        if self.quantiser is not None and not ragged and (layer.first or not self.to_be_cut):
            self.quantiser.settle(layer)
        marked = keys.view_as(keys)  # of its own: the layer must not be held by what it holds
        setattr(marked, OWNER, (self, layer))
        return marked, values

    def get_mask_sizes(self, query_length: int, layer_idx: int) -> tuple[int, int]:
        """Keys that the mask spans, and the place of the first in the text."""
        if layer_idx >= len(self.layers):
            return query_length, 0
        layer = self._layers()[layer_idx]
        span = layer.since + (0 if self.ragged else layer.kept or 0)
        return span + query_length, layer.seen - span

    def crop(self, tokens_to_remove: int) -> None:
        """Forget the last tokens; their number is negative, as transformers has it."""
        self.rollback(abs(tokens_to_remove))

    def _must_be_decoded(self) -> bool:
        ragged = self.ragged
        if ragged and not DECODING.get():
            raise InvalidPlan(
                "The heads of this cache differ in length; the model's own attention cannot read it.",
                hint="Generate inside `with tamis.cache.decoding(model):`.",
            )
        return ragged


def owner_of(keys: Tensor) -> tuple[RaggedCache, RaggedLayer] | None:
    """The cache and layer that marked these keys to the attention; None where no ragged cache did."""
    owner: tuple[RaggedCache, RaggedLayer] | None = getattr(keys, OWNER, None)
    return owner


def shared_bytes(*caches: RaggedCache) -> int:
    """Bytes that caches take together, what forks share counted once."""
    return storage_of(tensor for cache in caches for _, tensor in cache.tensors())
