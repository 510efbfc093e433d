"""What judges words and windows: a small layer over frozen states of the encoder, and a table of hashed runs of words.

    inner  = relu(states @ layer + mean(states) @ context + shift)   (n, INNER)
    scores = inner @ outer + sum(table[buckets]) + bias              (n, COLUMNS)

Columns 0 and 1 are of words: is it part of an attack, does it say what is wanted (the keep-head). Columns 2 and 3 are
evidence for the text as a user's turn and as data from elsewhere. The logit of a window is the mean of the evidence of
its words, plus the mean of the `TOP` largest, plus peaks @ max(inner). A text is as suspect as its most suspect window.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from tamis.core import Floats, Ints
from tamis.guard.words import BUCKETS, WordTable, window_words
from tamis.models.hidden import WIDTH

Array = NDArray[np.float32]
INNER, COLUMNS, HEADS, TOP = 96, 4, 2, 6
ATTACK, INTENT, EVIDENCE = 0, 1, 2


@dataclass
class GuardNetwork:
    """The weights.

    Attributes:
        layer, context: (WIDTH, INNER), shift: (INNER,), outer: (INNER, COLUMNS), table: (BUCKETS, COLUMNS),
        bias: (COLUMNS,), peaks: (INNER, HEADS).
    """

    layer: Array
    context: Array
    shift: Array
    outer: Array
    table: Array
    bias: Array
    peaks: Array

    @staticmethod
    def new(seed: int) -> GuardNetwork:
        """Random weights; the table begins with zeros."""
        rng = np.random.default_rng(seed)
        layer = rng.normal(0, WIDTH**-0.5, (WIDTH, INNER)).astype(np.float32)
        outer = rng.normal(0, INNER**-0.5, (INNER, COLUMNS)).astype(np.float32)
        peaks = rng.normal(0, 0.3 * INNER**-0.5, (INNER, HEADS)).astype(np.float32)
        table, bias = np.zeros((BUCKETS, COLUMNS), np.float32), np.zeros(COLUMNS, np.float32)
        return GuardNetwork(layer, np.zeros_like(layer), np.zeros(INNER, np.float32), outer, table, bias, peaks)

    def tensors(self) -> dict[str, NDArray[np.float16]]:
        """The weights by name, in half precision."""
        return {field.name: getattr(self, field.name).astype(np.float16) for field in fields(self)}

    @staticmethod
    def of(tensors: Mapping[str, NDArray[np.floating]]) -> GuardNetwork:
        """The weights that were written; `KeyError` or `ValueError` where they are of something else."""
        network = GuardNetwork(**{field.name: tensors[field.name].astype(np.float32) for field in fields(GuardNetwork)})
        shapes = {name: array.shape for name, array in GuardNetwork.new(0).tensors().items()}
        for name, shape in shapes.items():
            if getattr(network, name).shape != shape:
                raise ValueError(f"{name} of shape {getattr(network, name).shape}, not {shape}")
        return network

    def scores(self, table: WordTable) -> tuple[Floats, Floats, Ints]:
        """Of a text with words: word scores (n, COLUMNS), window logits (w, HEADS), first words of windows (w,)."""
        states = table.states.astype(np.float32)
        inner = np.maximum(states @ self.layer + states.mean(0) @ self.context + self.shift, 0)
        words = inner @ self.outer + self.table[table.buckets].sum(1) + self.bias
        rows, live, _ = window_words([len(table)])
        logits, _ = pooled(words, inner, rows, live, self.peaks)
        return words.astype(np.float64), logits.astype(np.float64), rows[:, 0]


@dataclass(frozen=True, eq=False)
class PoolPlaces:
    """Where the values of a pool come from: share of each word (w, WINDOW, HEADS), and places of maxima (w, INNER)."""

    shares: Array
    maxima: Ints


def pooled(words: Array, inner: Array, rows: Ints, live: NDArray[np.bool_], peaks: Array) -> tuple[Array, PoolPlaces]:
    """Window logits (w, HEADS), and how they depend on words.

    words -- (n, COLUMNS)
    inner -- (n, INNER)
    rows, live -- (w, WINDOW): places of the words of each window, and which of them there are
    """
    evidence = np.where(live[..., None], words[rows, EVIDENCE:], -np.inf)
    counts = live.sum(1)[:, None, None]
    order = np.argsort(np.argsort(-evidence, axis=1, kind="stable"), axis=1, kind="stable")
    top = (order < TOP) & live[..., None]
    shares = (live[..., None] / counts + top / np.minimum(counts, TOP)).astype(np.float32)
    values = np.where(live[..., None], inner[rows], -1.0)
    maxima = values.argmax(1)
    peak = np.take_along_axis(values, maxima[:, None], 1)[:, 0]
    logits = (np.where(live[..., None], words[rows, EVIDENCE:], 0) * shares).sum(1) + peak @ peaks
    return np.asarray(logits, np.float32), PoolPlaces(shares, np.take_along_axis(rows, maxima, 1))
