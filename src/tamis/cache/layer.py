"""One layer of a ragged cache: packed entries of what was compressed, a rectangle of what came after.

Entries that were compressed at prefill are packed (`first`): each head has its own number of them, padding has none.
Tokens that came after have an entry in every head, so they are a rectangle (`keys`, `values`: the tail), before which
a quantised cache keeps those that have left its window (`middle`). All tensors are replaced, never written to: a fork
shares them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import copy
from typing import Any, TypeAlias

import torch
from torch import Tensor
from transformers.cache_utils import CacheLayerMixin

from tamis.cache.ledger import Ledger, bytes_of
from tamis.cache.packed import Block, Packed, before, items, merged, pack, rectangle, uniform
from tamis.errors import InvalidPlan

Settle: TypeAlias = Callable[["RaggedLayer"], None]
"""Moves what has left a window from the tail to where it is quantised."""


class RaggedLayer(CacheLayerMixin):  # type: ignore[no-untyped-call]
    """The entries of one layer."""

    is_sliding = False
    is_croppable = True

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.first: tuple[Block, ...] = ()
        self.kept: int | None = 0  # packed entries of each head; None where heads differ
        self.middle: Block | None = None
        self.seen = 0
        self.keys: Tensor | None = None
        self.values: Tensor | None = None

    # --- reading ---------------------------------------------------------------------------------------------------

    @property
    def tail(self) -> int:
        """Tokens of the tail."""
        return 0 if self.keys is None else self.keys.shape[2]

    @property
    def since(self) -> int:
        """Tokens that came after the packed entries: each has an entry in every head."""
        return self.tail + (0 if self.middle is None else uniform(self.middle) or 0)

    @property
    def lengths(self) -> Tensor | None:
        """(b, kv) entries of each head, all together; None before there are any."""
        if self.keys is None:
            return None
        lengths = torch.full(self.keys.shape[:2], self.since, dtype=torch.int32, device=self.keys.device)
        for block in self.first:
            lengths = lengths + block.lengths.to(lengths.device)
        return lengths

    def packed(self) -> Packed | None:
        """The packed entries at full precision."""
        return merged(self.first) if self.first else None

    def recent(self) -> tuple[Tensor, Tensor]:
        """(b, kv, since, d) keys and values of the tokens that came after."""
        assert self.keys is not None
        assert self.values is not None
        if self.middle is None:
            return self.keys, self.values
        keys, values, _ = rectangle(self.middle.dense())
        return torch.cat([keys, self.keys], 2), torch.cat([values, self.values], 2)

    def whole(self) -> tuple[Tensor, Tensor]:
        """(b, kv, t, d) all keys and values; only where every head has the same number."""
        keys, values = self.recent()
        packed = self.packed()
        if packed is None:
            return keys, values
        old_keys, old_values, there = rectangle(packed)
        assert there is None
        return torch.cat([old_keys, keys], 2), torch.cat([old_values, values], 2)

    def tensors(self) -> Iterator[tuple[str, Tensor]]:
        """Everything that is in memory, by name."""
        blocks: dict[str, Block] = {f"first{n}": block for n, block in enumerate(self.first)}
        if self.middle is not None:
            blocks["middle"] = self.middle
        for name, block in blocks.items():
            yield from ((f"{name}.{part}", tensor) for part, tensor in block.tensors().items())
        if self.keys is not None and self.values is not None:
            yield from (("tail.keys", self.keys), ("tail.values", self.values))

    def ledger(self) -> Ledger:
        """What the layer takes."""
        lengths = self.lengths
        sums = {"full": 0, "quantised": 0, "index": 0}
        for name, tensor in self.tensors():
            sums[_kind(name)] += bytes_of(tensor)
        parked = sum(block.parked for block in (*self.first, self.middle) if block is not None)
        return Ledger(0 if lengths is None else int(lengths.sum()), **sums, parked=parked)

    # --- writing ---------------------------------------------------------------------------------------------------

    def append(self, keys: Tensor, values: Tensor) -> None:
        """Put tokens behind the others; (b, kv, q, d) each.

        Raises:
            InvalidPlan: they are of another batch or another model than those before.
        """
        self._must_fit(keys)
        tail = self.keys, self.values
        self.keys = _behind(tail[0], keys)
        self.values = _behind(tail[1], values)
        self.seen += keys.shape[2]
        self.is_initialized = True

    def replace(self, mask: Tensor, store: Callable[[Packed], tuple[Block, ...]]) -> None:
        """Keep what the mask (b, kv, t) shows of the tail, packed as `store` says; the tail is empty then."""
        assert self.keys is not None
        assert self.values is not None
        self.hold(store(pack(self.keys, self.values, mask, start=self.seen - self.tail)))
        self.keys, self.values = self.keys[:, :, :0].clone(), self.values[:, :, :0].clone()

    def hold(self, blocks: tuple[Block, ...]) -> None:
        """Have these packed entries in place of those before."""
        many = [uniform(block) for block in blocks]
        self.first, self.kept = blocks, None if None in many else sum(each for each in many if each is not None)

    def forget(self, tokens: int) -> None:
        """Forget the last `tokens` tokens, as if they had not been read; entries that were dropped do not come back."""
        count = min(tokens, self.seen)
        self.seen -= count
        if self.keys is None or self.values is None or not count:
            return
        if count > self.tail and self.middle is not None:
            self._thaw()
        if count > self.tail:
            self.hold(tuple(before(block, self.seen) for block in self.first))
        left = max(self.tail - count, 0)
        self.keys, self.values = self.keys[:, :, :left].clone(), self.values[:, :, :left].clone()

    def fork(self) -> RaggedLayer:
        """Another layer with the same entries; neither sees what is put into the other."""
        return copy(self)

    def take(self, chosen: Tensor) -> None:
        """Keep these batch items, in this order."""
        if self.keys is None or self.values is None:
            return
        self.hold(tuple(items(block, chosen) for block in self.first))
        self.middle = None if self.middle is None else items(self.middle, chosen)
        self.keys, self.values = self.keys[chosen.to(self.keys.device)], self.values[chosen.to(self.values.device)]

    def _thaw(self) -> None:
        """Bring what left the window back to full precision, with the error that it has."""
        self.keys, self.values = self.recent()
        self.middle = None

    def _must_fit(self, keys: Tensor) -> None:
        if self.keys is None:
            return
        here, there = self.keys.shape, keys.shape
        if (here[0], here[1], here[3]) != (there[0], there[1], there[3]) or self.keys.dtype != keys.dtype:
            raise InvalidPlan(
                f"Keys {tuple(there)} of {keys.dtype} do not continue a cache of {tuple(here)}, {self.keys.dtype}.",
                hint="Batch size, heads, head size and dtype stay the same for the life of a cache.",
            )

    # --- what transformers asks of a layer -------------------------------------------------------------------------

    def lazy_initialization(self, key_states: Tensor, value_states: Tensor) -> None:
        """Take batch, heads, head size and dtype from the first tensors."""
        self.keys, self.values = key_states[:, :, :0].clone(), value_states[:, :, :0].clone()
        self.is_initialized = True

    def update(self, key_states: Tensor, value_states: Tensor, *_: Any, **__: Any) -> tuple[Tensor, Tensor]:
        """Append, then all keys and values as one rectangle."""
        self.append(key_states, value_states)
        return self.whole()

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        """Keys that the mask spans, and the place of the first: all where heads have the same number, else `since`."""
        span = self.since + (self.kept or 0)
        return span + query_length, self.seen - span

    def get_seq_length(self) -> int:
        """Tokens that were read, those without entries and padding included: where positions go on."""
        return self.seen

    def get_max_length(self) -> int:
        """No limit."""
        return -1

    def reset(self) -> None:
        """Forget everything."""
        self.hold(())
        self.middle, self.keys, self.values = None, None, None
        self.seen, self.is_initialized = 0, False

    def crop(self, tokens_to_remove: int) -> None:
        """Forget the last tokens; their number is negative, as transformers has it."""
        self.forget(abs(tokens_to_remove))

    def reorder_cache(self, beam_idx: Tensor) -> None:
        """Follow the beams."""
        self.take(beam_idx)

    def batch_select_indices(self, indices: Tensor) -> None:
        """Keep some batch items."""
        self.take(indices)

    def batch_repeat_interleave(self, repeats: int) -> None:
        """Every batch item several times."""
        if self.keys is not None:
            self.take(torch.arange(self.keys.shape[0]).repeat_interleave(repeats))


def _behind(tail: Tensor | None, new: Tensor) -> Tensor:
    """The tail and new tokens in a tensor of their own: a slice of the model's would hold on to more."""
    return new.clone(memory_format=torch.contiguous_format) if tail is None else torch.cat([tail, new], 2)


_KINDS: Mapping[str, str] = {"lengths": "index", "places": "index", "keys": "full", "values": "full"}


def _kind(name: str) -> str:
    return _KINDS.get(name.rpartition(".")[2], "quantised")
