"""Bytes: what a cache takes, to the byte, and budgets in bytes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from torch import Tensor

from tamis.errors import InvalidBudget


@dataclass(frozen=True, slots=True)
class Bytes:
    """At most this many bytes for a whole cache, all layers and batch items together, lengths and places included."""

    limit: int

    def __post_init__(self) -> None:
        if isinstance(self.limit, bool) or not isinstance(self.limit, int) or self.limit < 0:
            raise InvalidBudget(f"A budget in bytes is a whole number of at least 0, got {self.limit!r}.")


@dataclass(frozen=True, slots=True)
class Ledger:
    """What a cache takes in memory, and what it has elsewhere.

    Attributes:
        entries: key/value pairs, over all layers, batch items and heads.
        full: bytes of entries at full precision.
        quantised: bytes of quantised entries, with their scales and zero points.
        index: bytes of lengths and places.
        parked: bytes of entries that are not in memory: on disk, or with the host (`offload.py`).
    """

    entries: int
    full: int
    quantised: int
    index: int
    parked: int = 0

    @property
    def total(self) -> int:
        """All bytes in memory."""
        return self.full + self.quantised + self.index

    def __add__(self, other: Ledger) -> Ledger:
        return Ledger(
            self.entries + other.entries,
            self.full + other.full,
            self.quantised + other.quantised,
            self.index + other.index,
            self.parked + other.parked,
        )


def storage_of(tensors: Iterable[Tensor]) -> int:
    """Bytes that tensors hold in memory or map from a file, what they share counted once."""
    storages = {tensor.untyped_storage().data_ptr(): tensor.untyped_storage().nbytes() for tensor in tensors}
    return sum(storages.values())


def bytes_of(tensor: Tensor) -> int:
    """Bytes of a tensor's elements."""
    return tensor.numel() * tensor.element_size()
