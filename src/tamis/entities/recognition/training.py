"""Training of a recogniser: Adam for the layer, AdaGrad for the table of features; NumPy, reproducible by its seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tamis.entities.recognition.crf import NEVER, Chain
from tamis.entities.recognition.network import INNER, INPUT, Network, Sentence
from tamis.entities.recognition.tags import Example, TagSet

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class FitSettings:
    """How a recogniser is trained.

    Attributes:
        epochs: how often each text is read; few texts are read more often, up to `steps` batches.
        batch: texts at a time.
        rate: learning rate of the layer; it falls to zero in a line.
        table_rate: learning rate of the table.
        dropout: share of the states that are hidden in training.
        feature_dropout: share of the hashed features that are hidden.
        decay: weight decay of the layer.
        least: the least number of steps, for few texts.
        worst: weight of the least probable word of each text beside the likelihood of the whole.
        seed: of everything random.
    """

    epochs: int = 6
    batch: int = 16
    rate: float = 2e-3
    table_rate: float = 0.08
    dropout: float = 0.2
    feature_dropout: float = 0.5
    decay: float = 0.01
    least: int = 300
    worst: float = 0.0
    seed: int = 20261130


class Adam:
    """Adam with decoupled weight decay (Loshchilov and Hutter 2019) for one array."""

    def __init__(self, value: NDArray[np.floating]) -> None:
        self.value = value
        self.mean, self.square = np.zeros_like(value), np.zeros_like(value)
        self.step = 0

    def update(self, gradient: NDArray[np.floating], rate: float, decay: float = 0.0) -> None:
        """One step, in place."""
        self.step += 1
        self.mean += 0.1 * (gradient - self.mean)
        self.square += 0.001 * (gradient**2 - self.square)
        scale = rate * (1 - 0.999**self.step) ** 0.5 / (1 - 0.9**self.step)
        self.value -= scale * self.mean / (np.sqrt(self.square) + 1e-8) + rate * decay * self.value


@dataclass(frozen=True, eq=False)
class _Batch:
    states: Array
    features: NDArray[np.uint32]
    gold: NDArray[np.int64]
    barred: NDArray[np.float64]
    lengths: NDArray[np.int64]
    free: NDArray[np.bool_]


def train(
    examples: Sequence[Example],
    inputs: Sequence[Sentence],
    tags: TagSet,
    settings: FitSettings,
    start: tuple[Network, Chain] | None = None,
) -> tuple[Network, Chain]:
    """A network and a chain for these examples; from a copy of `start`, or from random weights."""
    rng = np.random.default_rng(settings.seed)
    network, chain = deepcopy(start) if start else (Network.new(tags.size, settings.seed), Chain.of(tags))
    rows = [n for n, one in enumerate(inputs) if one.places]
    gold = [tags.encode(one.places, example.spans) for one, example in zip(inputs, examples, strict=True)]
    free = [_free(example, one) for one, example in zip(inputs, examples, strict=True)]
    trainer = _Trainer(network, chain, settings)
    epochs = max(settings.epochs, -(-settings.least * settings.batch // max(1, len(rows))))
    total = epochs * (-(-len(rows) // settings.batch))
    done = 0
    for _ in range(epochs):
        for batch in _batches(rows, inputs, (gold, free, _barred(examples, tags)), settings.batch, rng):
            trainer.step(batch, 1 - done / total, rng)
            done += 1
    return network, chain


def _free(example: Example, sentence: Sentence) -> list[bool]:
    """Of each word, whether nobody knows what it is."""
    return [any(low < end and high > start for start, end in example.unsure) for low, high in sentence.places]


def _barred(examples: Sequence[Example], tags: TagSet) -> list[NDArray[np.float64]]:
    """For each text, what is added to the scores of types that nobody looked for in it."""
    known: dict[frozenset[str], NDArray[np.float64]] = {}
    for example in examples:
        if example.without not in known:
            row = np.zeros(tags.size)
            for number, kind in enumerate(tags.types):
                row[1 + 4 * number : 5 + 4 * number] = NEVER * (kind in example.without)
            known[example.without] = row
    return [known[example.without] for example in examples]


def _batches(
    rows: Sequence[int],
    inputs: Sequence[Sentence],
    labels: tuple[Sequence[Sequence[int]], Sequence[Sequence[bool]], Sequence[NDArray[np.float64]]],
    size: int,
    rng: np.random.Generator,
) -> Iterator[_Batch]:
    """Batches of texts of like length, in random order."""
    gold, free, barred = labels
    order = sorted(rows, key=lambda n: len(inputs[n].places) + 6 * rng.random())
    groups = [order[low : low + size] for low in range(0, len(order), size)]
    for group in (groups[int(n)] for n in rng.permutation(len(groups))):
        longest = max(len(inputs[n].places) for n in group)
        states = np.zeros((len(group), longest, INPUT), np.float32)
        table = np.zeros((len(group), longest, inputs[group[0]].features.shape[1]), np.uint32)
        tags, unsure = np.zeros((len(group), longest), np.int64), np.zeros((len(group), longest), np.bool_)
        for row, n in enumerate(group):
            length = len(inputs[n].places)
            states[row, :length], table[row, :length], tags[row, :length] = (
                inputs[n].states,
                inputs[n].features,
                gold[n],
            )
            unsure[row, :length] = free[n]
        lengths = np.array([len(inputs[n].places) for n in group])
        yield _Batch(states, table, tags, np.stack([barred[n] for n in group]), lengths, unsure)


class _Trainer:
    def __init__(self, network: Network, chain: Chain, settings: FitSettings) -> None:
        self.network, self.chain, self.settings = network, chain, settings
        self.layer = {name: Adam(getattr(network, name)) for name in ("inner", "shift", "outer", "bias")}
        self.links = {name: Adam(getattr(chain, name)) for name in ("between", "first", "last")}
        self.squares = np.full(len(network.table), 1e-6, np.float32)

    def step(self, batch: _Batch, share: float, rng: np.random.Generator) -> float:
        """One step; the loss of a text."""
        network, settings = self.network, self.settings
        kept = (rng.random(INPUT) >= settings.dropout).astype(np.float32) / np.float32(1 - settings.dropout)
        states = (batch.states * kept).reshape(-1, INPUT)
        open_ = states @ network.inner + network.shift
        mask = (rng.random(open_.shape, np.float32) >= settings.dropout) * np.float32(1 / (1 - settings.dropout))
        hidden = np.maximum(open_, 0) * mask
        seen = (rng.random(batch.features.shape, np.float32) >= settings.feature_dropout) * np.float32(
            1 / (1 - settings.feature_dropout)
        )
        sparse = np.einsum("btfl,btf->btl", network.table[batch.features], seen)
        size = network.bias.size
        scores = (hidden @ network.outer + network.bias).reshape(*batch.gold.shape, size) + sparse
        values = scores.astype(np.float64) + batch.barred[:, None]
        if batch.free.any():
            loss, by_scores, by_chain = self.chain.partial(values, batch.gold, batch.lengths, batch.free)
        else:
            loss, by_scores, by_chain = self.chain.gradient(values, batch.gold, batch.lengths)
        if settings.worst:
            by_scores = by_scores + settings.worst * self.chain.worst(values, batch.gold, batch.lengths)[1]
        gradient = (by_scores / len(batch.gold)).astype(np.float32)
        self._table(batch, gradient, seen, settings.table_rate * share)
        flat = gradient.reshape(-1, size)
        back = (flat @ network.outer.T) * mask * (open_ > 0)
        grown = {"inner": states.T @ back, "shift": back.sum(0), "outer": hidden.T @ flat, "bias": flat.sum(0)}
        for name, optimiser in self.layer.items():
            optimiser.update(grown[name], settings.rate * share, settings.decay if name in ("inner", "outer") else 0.0)
        for name, optimiser in self.links.items():
            value = getattr(by_chain, name) / len(batch.gold) * (optimiser.value > NEVER / 2)
            optimiser.update(value, 5 * settings.rate * share)
        return loss / len(batch.gold)

    def _table(self, batch: _Batch, gradient: Array, seen: Array, rate: float) -> None:
        live = np.arange(batch.gold.shape[1]) < batch.lengths[:, None]
        ids = batch.features[live].reshape(-1)
        values = (gradient[live][:, None, :] * seen[live][..., None]).reshape(len(ids), -1)
        order = np.argsort(ids, kind="stable")
        unique, starts = np.unique(ids[order], return_index=True)
        sums = np.add.reduceat(values[order], starts, axis=0)
        self.squares[unique] += (sums**2).mean(1)
        self.network.table[unique] -= rate * sums / np.sqrt(self.squares[unique])[:, None]


__all__ = ["INNER", "FitSettings", "train"]
