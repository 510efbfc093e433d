"""Entries of one layer, each head with its own number of them, without a hole between: one flat tensor a layer.

Rows are in the order of (batch item, head, place in the text). Nothing here is changed in place, so that forks may
share it. Does not choose what is kept (`select.py`), does not attend (`decode.py`).

Shapes: b batch items, kv key/value heads, n entries of all heads together, t places of a rectangle, d head size.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

LENGTH, PLACE = torch.int32, torch.int32


@dataclass(frozen=True, eq=False)
class Packed:
    """Entries at full precision.

    Attributes:
        lengths: (b, kv) int32 entries of each head.
        places: (n,) int32 place of each entry in the text as it was read, padding counted; ascending within a head.
        keys: (n, dk) after rotation.
        values: (n, dv)
    """

    lengths: Tensor
    places: Tensor
    keys: Tensor
    values: Tensor

    def dense(self) -> Packed:
        """The entries at full precision: these."""
        return self

    def held(self) -> Packed:
        """The entries in memory, as they are stored: these."""
        return self

    @property
    def parked(self) -> int:
        """Bytes that are elsewhere: none."""
        return 0

    def picked(self, rows: Tensor, lengths: Tensor) -> Packed:
        """The entries of these rows (n',), which come to `lengths` (b, kv)."""
        return Packed(lengths.to(LENGTH), self.places[rows], self.keys[rows], self.values[rows])

    def tensors(self) -> Mapping[str, Tensor]:
        """What is stored, by name."""
        return {"lengths": self.lengths, "places": self.places, "keys": self.keys, "values": self.values}


class Block(Protocol):
    """Stored entries, at full precision or quantised."""

    @property
    def lengths(self) -> Tensor:
        """(b, kv) int32 entries of each head."""

    @property
    def places(self) -> Tensor:
        """(n,) int32 place of each entry in the text."""

    def dense(self) -> Packed:
        """The entries at full precision."""

    def held(self) -> Block:
        """The entries in memory, as they are stored."""

    @property
    def parked(self) -> int:
        """Bytes that are not in memory until they are asked for (`offload.py`)."""

    def picked(self, rows: Tensor, lengths: Tensor) -> Block:
        """The entries of these rows, which come to `lengths`; of a head the first ones or all."""

    def tensors(self) -> Mapping[str, Tensor]:
        """What is in memory, by name."""


def pack(keys: Tensor, values: Tensor, mask: Tensor, *, start: int = 0) -> Packed:
    """The entries where the mask is True.

    keys, values -- (b, kv, t, d)
    mask -- (b, kv, t)
    start -- place of the first one in the text
    """
    places = torch.arange(start, start + mask.shape[2], dtype=PLACE, device=mask.device).expand(mask.shape)
    return Packed(mask.sum(2, dtype=LENGTH), places[mask], keys[mask], values[mask])


def uniform(block: Block) -> int | None:
    """How many entries every head has, where all have the same number."""
    first = int(block.lengths.flatten()[0]) if block.lengths.numel() else 0
    return first if bool((block.lengths == first).all()) else None


def starts(lengths: Tensor) -> Tensor:
    """(b * kv + 1,) int64 the row where each head begins, and the end."""
    ends = lengths.flatten().long().cumsum(0)
    return torch.cat([ends.new_zeros(1), ends])


def occupied(lengths: Tensor) -> Tensor:
    """(b, kv, t) True where a rectangle of the longest head holds an entry: the last places, as with left padding."""
    longest = int(lengths.max()) if lengths.numel() else 0
    place = torch.arange(longest, device=lengths.device)
    return place >= (longest - lengths)[..., None]


def rectangle(block: Packed) -> tuple[Tensor, Tensor, Tensor | None]:
    """Keys and values (b, kv, t, d), and the mask (b, kv, t) of what is there; None, and no copy, where all is.

    Places without an entry hold zeros.
    """
    many = uniform(block)
    if many is not None:
        shape = (*block.lengths.shape, many)
        return block.keys.view(*shape, block.keys.shape[1]), block.values.view(*shape, block.values.shape[1]), None
    there = occupied(block.lengths)
    return _spread(block.keys, there), _spread(block.values, there), there


def _spread(rows: Tensor, there: Tensor) -> Tensor:
    """(b, kv, t, d) the rows (n, d) at the places that are True, zeros elsewhere."""
    out = rows.new_zeros(*there.shape, rows.shape[1])
    out[there] = rows
    return out


def before(block: Block, place: int) -> Block:
    """The entries that stand before a place of the text."""
    mask = block.places < place
    if bool(mask.all()):
        return block
    return block.picked(mask.nonzero().flatten(), _counted(mask, block.lengths))


def _counted(mask: Tensor, lengths: Tensor) -> Tensor:
    """(b, kv) how many of the rows of each head are True."""
    total = torch.cat([mask.new_zeros(1, dtype=torch.int64), mask.long().cumsum(0)])
    ends = starts(lengths).to(mask.device)
    return (total[ends[1:]] - total[ends[:-1]]).view_as(lengths)


def items(block: Block, chosen: Tensor) -> Block:
    """The entries of these batch items, in this order, repeated where named twice; (b',) indices."""
    lengths, (b, kv) = block.lengths, block.lengths.shape
    ends = starts(lengths).view(-1)[::kv].tolist() if kv else [0] * (b + 1)
    rows = [torch.arange(ends[item], ends[item + 1], device=block.places.device) for item in chosen.tolist()]
    return block.picked(torch.cat(rows), lengths[chosen.to(lengths.device)])


def merged(blocks: tuple[Block, ...]) -> Packed:
    """The entries of blocks at full precision as one, those of a head in the order of the blocks."""
    parts = [block.dense() for block in blocks]
    if len(parts) == 1:
        return parts[0]
    lengths = torch.stack([part.lengths for part in parts]).sum(0, dtype=LENGTH)
    sizes = [part.lengths.flatten().tolist() for part in parts]
    places, keys, values = (_by_head(each, sizes) for each in zip(*map(_rows, parts), strict=True))
    return Packed(lengths, places, keys, values)


def _by_head(parts: Sequence[Tensor], sizes: Sequence[Sequence[int]]) -> Tensor:
    """Rows of the parts, head by head; sizes -- of each part, how many rows of it each head has."""
    slices = [torch.split(part, list(many)) for part, many in zip(parts, sizes, strict=True)]
    return torch.cat([piece for head in zip(*slices, strict=True) for piece in head])


def _rows(block: Packed) -> tuple[Tensor, Tensor, Tensor]:
    return block.places, block.keys, block.values
