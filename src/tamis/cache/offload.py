"""Caches whose entries are out of memory: on disk, or in the host's memory for a model on a GPU.

Parked entries come back a layer at a time, when its attention asks, and are let go with the tensors that it was given:
at no time is more than a layer or two in memory. From disk they are mapped, so that only what is read is loaded. What
the model reads afterwards stays in memory, until it is parked as well. Lengths and places of entries, a few bytes each,
are never parked.
"""

from __future__ import annotations

import secrets
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import torch
from torch import Tensor

from tamis.cache.files import block_of, layers_of, mapped, write_tensors
from tamis.cache.layer import RaggedLayer
from tamis.cache.ledger import bytes_of
from tamis.cache.packed import LENGTH, PLACE, Block, Packed
from tamis.cache.quantise import Quantiser
from tamis.cache.ragged import RaggedCache
from tamis.errors import OutputError

INDEX = ("lengths", "places")

Fetch: TypeAlias = Callable[[], Mapping[str, Tensor]]
"""The tensors of a block, by name, on the device where it was."""

Shelf: TypeAlias = Callable[[str, Mapping[str, Tensor]], Fetch]
"""Puts tensors away under a name."""


def park(cache: RaggedCache, folder: str | Path | None = None) -> None:
    """Move a cache's entries out of memory; it is read as before, with the same results to the bit.

    Where the cache is ragged, or quantised, the tokens that came after its packed entries stay in memory: they are a
    window that changes. A fork that was made before holds on to what it has; one that is made later shares the parked
    entries. To forget tokens of parked entries (`rollback`) brings them back.

    Args:
        cache: is changed.
        folder: for the files, which go when no cache needs them any more; None = the memory of the host.

    Raises:
        OutputError: they cannot be written; the cache is as it was.
    """
    shelf = _in_memory if folder is None else _on_disk(Path(folder))
    layers, whole = layers_of(cache), not cache.ragged
    blocks = [_blocks(layer, whole=whole, tail=whole and cache.quantiser is None) for layer in layers]
    parked = [
        tuple(_parked(block, shelf, f"{number}.{n}", cache.quantiser) for n, block in enumerate(each))
        for number, each in enumerate(blocks)
    ]
    for layer, each in zip(layers, parked, strict=True):  # all at once: heads of layers must not differ meanwhile
        _hold(layer, each, whole=whole, tail=whole and cache.quantiser is None)


def unpark(cache: RaggedCache) -> None:
    """Bring all entries back into memory.

    Raises:
        UnreadableInput: a file is gone, or damaged; the cache is as it was.
    """
    layers = layers_of(cache)
    firsts = [tuple(_copied(block, cache.quantiser) for block in layer.first) for layer in layers]
    middles = [None if layer.middle is None else _copied(layer.middle, cache.quantiser) for layer in layers]
    for layer, blocks, middle in zip(layers, firsts, middles, strict=True):
        layer.hold(blocks)
        layer.middle = middle


@dataclass(frozen=True, eq=False)
class Parked:
    """A block of entries that is elsewhere.

    Attributes:
        lengths: (b, kv) int32 entries of each head, in memory.
        places: (n,) int32 place of each entry in the text, in memory.
        parked: bytes that are elsewhere.
        fetch: brings them.
        quantiser: what made them, if anything did.
    """

    lengths: Tensor
    places: Tensor
    parked: int
    fetch: Fetch
    quantiser: Quantiser | None

    def held(self) -> Block:
        """The entries as they were stored in memory; they are let go with the result."""
        return block_of({"lengths": self.lengths, "places": self.places, **self.fetch()}, self.quantiser)

    def dense(self) -> Packed:
        """The entries at full precision; they are let go with the result."""
        return self.held().dense()

    def picked(self, rows: Tensor, lengths: Tensor) -> Block:
        """The entries of these rows, which come to `lengths`; in memory again."""
        return self.held().picked(rows, lengths)

    def tensors(self) -> Mapping[str, Tensor]:
        """What is in memory, by name."""
        return {"lengths": self.lengths, "places": self.places}


def _blocks(layer: RaggedLayer, *, whole: bool, tail: bool) -> tuple[Block, ...]:
    """What of a layer is to be parked."""
    blocks = layer.first
    if whole and layer.middle is not None:
        blocks = (*blocks, layer.middle)
    if tail and layer.keys is not None and layer.values is not None and layer.tail:
        blocks = (*blocks, _rows(layer.keys, layer.values, layer.seen - layer.tail))
    return blocks


def _rows(keys: Tensor, values: Tensor, start: int) -> Packed:
    """All of keys and values (b, kv, t, d), packed without a copy."""
    b, kv, t, _ = keys.shape
    lengths = torch.full((b, kv), t, dtype=LENGTH, device=keys.device)
    places = torch.arange(start, start + t, dtype=PLACE, device=keys.device).repeat(b * kv)
    return Packed(lengths, places, keys.flatten(0, 2), values.flatten(0, 2))


def _hold(layer: RaggedLayer, parked: tuple[Block, ...], *, whole: bool, tail: bool) -> None:
    layer.hold(parked)
    if whole:
        layer.middle = None
    if tail and layer.keys is not None and layer.values is not None:
        layer.keys, layer.values = layer.keys[:, :, :0].clone(), layer.values[:, :, :0].clone()


def _parked(block: Block, shelf: Shelf, name: str, quantiser: Quantiser | None) -> Block:
    if isinstance(block, Parked):
        return block
    entries = {part: tensor for part, tensor in block.tensors().items() if part not in INDEX}
    many = sum(map(bytes_of, entries.values()))
    return Parked(block.lengths, block.places, many, shelf(name, entries), quantiser)


def _copied(block: Block, quantiser: Quantiser | None) -> Block:
    """The block in memory of its own: what is mapped would change with its file."""
    if not isinstance(block, Parked):
        return block
    return block_of({name: tensor.clone() for name, tensor in block.held().tensors().items()}, quantiser)


# --- where entries go --------------------------------------------------------------------------------------------


def _in_memory(_: str, tensors: Mapping[str, Tensor]) -> Fetch:
    devices = {part: tensor.device for part, tensor in tensors.items()}
    away = {part: tensor.to("cpu") for part, tensor in tensors.items()}
    return lambda: {part: tensor.to(devices[part]) for part, tensor in away.items()}


def _on_disk(folder: Path) -> Shelf:
    mark = secrets.token_hex(6)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"Cannot make the folder {str(folder)!r}: {error}.") from error

    def put(name: str, tensors: Mapping[str, Tensor]) -> Fetch:
        devices = {part: tensor.device for part, tensor in tensors.items()}
        path = (folder / f"cache-{mark}.{name}.safetensors").resolve()
        write_tensors(
            path, {part: tensor.to("cpu").contiguous() for part, tensor in tensors.items()}, {}, lasting=False
        )
        return _File(path, devices)

    return put


class _File:
    """A file that lives as long as a block refers to it."""

    def __init__(self, path: Path, devices: Mapping[str, torch.device]) -> None:
        self.path, self.devices = path, devices
        weakref.finalize(self, path.unlink, missing_ok=True)

    def __call__(self) -> Mapping[str, Tensor]:
        tensors, _ = mapped(self.path)
        return {part: tensors[part].to(device) for part, device in self.devices.items()}
