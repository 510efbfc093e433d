"""Micro-batches: length-bucketed, in an order that depends only on the seed, so that a run can resume anywhere."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

_BUCKET = 24  # micro-batches sorted by length together: enough to pad little, few enough to stay random


class Order:
    """An endless order of micro-batches over examples known by their size; always the same for the same seed.

    Attributes:
        count: how many examples there are.
    """

    def __init__(self, lengths: Sequence[int], rows: Sequence[int], tokens: int, seed: Sequence[int]) -> None:
        self.count = len(lengths)
        self._lengths, self._rows = np.array(lengths), np.array(rows)
        self._tokens, self._seed = tokens, list(seed)
        self._epochs: list[list[NDArray[np.int64]]] = []

    def epoch(self, number: int) -> list[NDArray[np.int64]]:
        """The micro-batches of an epoch: every example once."""
        while number >= len(self._epochs):
            self._epochs.append(self._epoch(len(self._epochs)))
        return self._epochs[number]

    def indices(self, ordinal: int) -> NDArray[np.int64]:
        """Examples of micro-batch `ordinal`, over as many epochs as it takes."""
        for epoch in range(ordinal + 1):
            if ordinal < len(self.epoch(epoch)):
                return self.epoch(epoch)[ordinal]
            ordinal -= len(self.epoch(epoch))
        raise AssertionError("every epoch holds at least one micro-batch")

    def _epoch(self, epoch: int) -> list[NDArray[np.int64]]:
        rng = np.random.default_rng([*self._seed, epoch])
        order = rng.permutation(self.count)
        weight = self._lengths[order] * self._rows[order]
        bucket = np.cumsum(weight) // (_BUCKET * self._tokens)
        order = order[np.lexsort((self._lengths[order], bucket))]
        batches = self._cut(order)
        return [batches[int(i)] for i in rng.permutation(len(batches))]

    def _cut(self, order: NDArray[np.int64]) -> list[NDArray[np.int64]]:
        batches: list[NDArray[np.int64]] = []
        start, rows, longest = 0, 0, 0
        for at, index in enumerate(order):
            widest = max(longest, int(self._lengths[index]))
            if rows and (rows + self._rows[index]) * widest > self._tokens:
                batches.append(order[start:at])
                start, rows, widest = at, 0, int(self._lengths[index])
            rows, longest = rows + int(self._rows[index]), widest
        return [*batches, order[start:]]


def pad(rows: Sequence[NDArray[np.generic]], value: float, dtype: torch.dtype) -> Tensor:
    """Stack ragged rows (n, ...) into (b, t, ...)."""
    longest = max(len(row) for row in rows)
    full = torch.full((len(rows), longest, *rows[0].shape[1:]), value, dtype=dtype)
    for index, row in enumerate(rows):
        full[index, : len(row)] = torch.from_numpy(row.astype(np.float32 if dtype.is_floating_point else np.int64))
    return full
