"""Micro-batches: length-bucketed, in an order that depends only on the seed, so that a run can resume anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tamis.distill.batches import Order, pad
from training.encoder.kinds import Item, size
from training.encoder.labels import Window
from training.encoder.model import Tokens
from training.encoder.questions import Group


@dataclass(frozen=True)
class WindowBatch:
    """Windows: `tiers` (b, t, 4) and `salience` (b, t), NaN where unknown or padding."""

    tokens: Tokens
    tiers: Tensor
    salience: Tensor


@dataclass(frozen=True)
class GroupBatch:
    """Question groups, flattened: `group` (b,) says which; `unit` (b, t) numbers sentences over the batch, -1 none."""

    tokens: Tokens
    evidence: Tensor
    answer: Tensor
    unit: Tensor
    group: Tensor


class Stream:
    """The order of micro-batches over some examples; `indices(n)` is always the same for the same seed."""

    def __init__(self, items: Sequence[Item], tokens: int, seed: Sequence[int]) -> None:
        if not items:
            raise ValueError("a kind of training example is empty: check the data folder")
        self.items = items
        rows = [1 if isinstance(item, Window) else len(item) for item in items]
        self._order = Order([_longest(item) for item in items], rows, tokens, seed)

    def indices(self, ordinal: int) -> NDArray[np.int64]:
        """Examples of micro-batch `ordinal`, over as many epochs as it takes."""
        return self._order.indices(ordinal)


def _longest(item: Item) -> int:
    return len(item.ids) if isinstance(item, Window) else max(len(pair.ids) for pair in item)


def schedule(pattern: Sequence[str], number: int) -> tuple[str, int]:
    """Kind of the micro-batch `number` of a run and which of its kind it is.

    Example: pattern ("a", "b", "a"), number 5 -> ("a", 3)
    """
    cycle, place = divmod(number, len(pattern))
    kind = pattern[place]
    return kind, cycle * pattern.count(kind) + pattern[:place].count(kind)


def collate(items: Sequence[Item]) -> WindowBatch | GroupBatch:
    """Pad examples of one kind into a batch."""
    if isinstance(items[0], Window):
        return _windows([item for item in items if isinstance(item, Window)])
    return _groups([item for item in items if not isinstance(item, Window)])


def tokens(rows: Sequence[NDArray[np.uint16]], splits: Sequence[int]) -> Tokens:
    """Padded ids with types 1 from each row's split on."""
    ids = pad(rows, -1, torch.int64)
    mask = ids >= 0
    types = (torch.arange(ids.shape[1])[None] >= torch.tensor(splits)[:, None]) & mask
    return Tokens(ids.clamp(min=0), mask, types.long())


def _windows(items: Sequence[Window]) -> WindowBatch:
    rows = [item.ids for item in items]
    return WindowBatch(
        tokens(rows, [1 << 30] * len(rows)),
        pad([item.tiers for item in items], float("nan"), torch.float32),
        pad([item.salience for item in items], float("nan"), torch.float32),
    )


def _groups(items: Sequence[Group]) -> GroupBatch:
    pairs = list(chain.from_iterable(items))
    unit = pad([pair.unit for pair in pairs], -1, torch.int64)
    first = torch.tensor([0, *np.cumsum([int(pair.unit.max()) + 1 for pair in pairs])[:-1]])
    return GroupBatch(
        tokens([pair.ids for pair in pairs], [pair.split for pair in pairs]),
        pad([pair.evidence for pair in pairs], float("nan"), torch.float32),
        pad([pair.answer for pair in pairs], float("nan"), torch.float32),
        torch.where(unit >= 0, unit + first[:, None], unit),
        torch.tensor([index for index, group in enumerate(items) for _ in group]),
    )


__all__ = ["GroupBatch", "Order", "Stream", "WindowBatch", "collate", "pad", "schedule", "size", "tokens"]
