"""Training of the guard: what a text teaches, and the steps; NumPy, reproducible by its seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tamis.core import Ints
from tamis.entities.recognition.training import Adam
from tamis.errors import InvalidInput
from tamis.guard.network import ATTACK, COLUMNS, EVIDENCE, HEADS, INTENT, GuardNetwork, PoolPlaces, pooled
from tamis.guard.words import WordTable, window_words

Array = NDArray[np.float32]
PLACES = ("user", "tool")
WRAPPER, WANTED = "wrapper", "intent"
_LAYERS = ("layer", "context", "shift", "outer", "bias", "peaks")
_ENOUGH = 6  # words of an attack in a window that make it one


@dataclass(frozen=True, slots=True)
class GuardExample:
    """A text to learn from.

    Attributes:
        text: it.
        attack: whether it attacks.
        where: it is a "user"'s turn, data of a "tool", or "any" of the two.
        spans: (start, end, kind) in characters, kinds "wrapper" and "intent": where the attack is. An attack without
            spans is somewhere in the text.
    """

    text: str
    attack: bool
    where: str = "any"
    spans: tuple[tuple[int, int, str], ...] = ()

    def check(self) -> None:
        """Raise `InvalidInput` for what cannot be learned from."""
        if self.where not in (*PLACES, "any"):
            raise InvalidInput(f"where must be user, tool or any, got {self.where!r}.")
        for start, end, kind in self.spans:
            if not (0 <= start < end <= len(self.text) and kind in (WRAPPER, WANTED)) or not self.attack:
                raise InvalidInput(
                    f"{(start, end, kind)!r} is no span of an attack of {len(self.text)} characters.",
                    hint="Spans are (start, end, 'wrapper' or 'intent').",
                )


@dataclass(frozen=True, slots=True)
class GuardSettings:
    """How a guard is trained.

    Attributes:
        epochs: how often each text is read.
        batch: texts at a time.
        rate: learning rate of the layer; it falls to zero in a line.
        table_rate: learning rate of the table.
        dropout: share of the states that are hidden in training.
        table_dropout: share of the hashed runs that are hidden.
        decay: weight decay of the layer.
        words: weight of what single words teach, beside what windows teach.
        seed: of everything random.
    """

    epochs: int = 4
    batch: int = 24
    rate: float = 2e-3
    table_rate: float = 0.03
    dropout: float = 0.2
    table_dropout: float = 0.6
    decay: float = 0.02
    words: float = 0.5
    seed: int = 20261130


@dataclass(frozen=True, eq=False)
class WordTargets:
    """What the words of a text teach: 1, 0, or -1 for nothing.

    Attributes:
        words: (n, 2) of the columns of words.
        heads: (HEADS,) whether the text is an attack in each place.
        inside: (n,) whether a word is part of the attack; None where nobody knows.
    """

    words: NDArray[np.int8]
    heads: tuple[int, ...]
    inside: NDArray[np.bool_] | None


def lesson(example: GuardExample, table: WordTable) -> WordTargets:
    """What a text teaches."""
    words = np.full((len(table), 2), -1, np.int8)
    heads = tuple(int(example.attack) if example.where in (place, "any") else -1 for place in PLACES)
    if not example.attack:
        words[:, ATTACK] = 0
        return WordTargets(words, heads, np.zeros(len(table), np.bool_))
    if not example.spans:
        return WordTargets(words, heads, None)
    ends = np.array(table.places)
    words[:] = 0
    for start, end, kind in example.spans:
        inside = (ends[:, 0] < end) & (ends[:, 1] > start)
        words[inside, ATTACK] = 1
        words[inside, INTENT] = kind == WANTED
    return WordTargets(words, heads, words[:, ATTACK] == 1)


def train(examples: Sequence[GuardExample], tables: Sequence[WordTable], settings: GuardSettings) -> GuardNetwork:
    """A network for these examples."""
    rng, network = np.random.default_rng(settings.seed), GuardNetwork.new(settings.seed)
    rows = [n for n, table in enumerate(tables) if len(table)]
    lessons = {n: lesson(examples[n], tables[n]) for n in rows}
    trainer = _Trainer(network, settings)
    total = settings.epochs * -(-len(rows) // settings.batch)
    done = 0
    for _ in range(settings.epochs):
        for group in _groups(rows, settings.batch, rng):
            trainer.step([tables[n] for n in group], [lessons[n] for n in group], 1 - done / total, rng)
            done += 1
    return network


def _groups(rows: Sequence[int], size: int, rng: np.random.Generator) -> Iterator[list[int]]:
    order = rng.permutation(rows)
    for low in range(0, len(order), size):
        yield [int(n) for n in order[low : low + size]]


def window_targets(lessons: Sequence[WordTargets], rows: Ints, live: NDArray[np.bool_], texts: Ints) -> Ints:
    """(w,) of windows: 1 an attack, 0 none, -1 nobody knows."""
    inside = np.concatenate([np.zeros(len(one.words), bool) if one.inside is None else one.inside for one in lessons])
    sizes = np.array([0 if one.inside is None else int(one.inside.sum()) for one in lessons])[texts]
    counts = (inside[rows] & live).sum(1)
    unknown = np.array([one.inside is None for one in lessons])[texts]
    enough = counts >= np.maximum(1, np.minimum(_ENOUGH, sizes // 2))
    return np.where(unknown | ((counts > 0) & ~enough), -1, enough & (sizes > 0)).astype(np.int64)


def window_gradient(logits: Array, lessons: Sequence[WordTargets], targets: Ints, texts: Ints) -> Array:
    """The gradient (w, HEADS) of the log loss: half by the most suspect window of a text, half by all that are known.

    Of an attack that is somewhere, the most suspect window is one, and the others are so a little.
    """
    gradient = np.zeros_like(logits)
    chances = _sigmoid(logits)
    for number, one in enumerate(lessons):
        mine = np.flatnonzero(texts == number)
        for head in range(HEADS):
            attack = one.heads[head]
            if attack < 0:
                continue
            goals = targets[mine] if attack else np.zeros(len(mine), np.int64)
            known = mine[goals >= 0]
            suspects = mine[goals != 0] if attack and (goals != 0).any() else mine
            top = suspects[logits[suspects, head].argmax()]
            gradient[top, head] += 0.5 * (chances[top, head] - attack)
            if len(known):
                gradient[known, head] += 0.5 / len(known) * (chances[known, head] - targets_of(goals))
            else:
                gradient[mine, head] += 0.1 / len(mine) * (chances[mine, head] - 1)
    return gradient


def targets_of(goals: Ints) -> Ints:
    """Those that are known."""
    return goals[goals >= 0]


class _Trainer:
    def __init__(self, network: GuardNetwork, settings: GuardSettings) -> None:
        self.network, self.settings = network, settings
        self.adam = {name: Adam(getattr(network, name)) for name in _LAYERS}
        self.squares = np.full(network.table.shape, 1e-6, np.float32)

    def step(
        self, tables: Sequence[WordTable], lessons: Sequence[WordTargets], share: float, rng: np.random.Generator
    ) -> None:
        """One step on a batch."""
        network, settings = self.network, self.settings
        states = np.concatenate([table.states for table in tables]).astype(np.float32)
        states *= _mask(rng, (states.shape[1],), settings.dropout)
        ids = np.concatenate([table.buckets for table in tables])
        shown = _mask(rng, ids.shape, settings.table_dropout)
        firsts = np.cumsum([0, *(len(table) for table in tables[:-1])])
        counts = np.array([len(table) for table in tables])
        means = np.add.reduceat(states, firsts) / counts[:, None].astype(np.float32)
        open_ = states @ network.layer + np.repeat(means @ network.context, counts, axis=0) + network.shift
        mask = _mask(rng, open_.shape, settings.dropout)
        inner = np.maximum(open_, 0) * mask
        words = inner @ network.outer + np.einsum("nfc,nf->nc", network.table[ids], shown) + network.bias
        rows, live, texts = window_words([len(table) for table in tables])
        logits, places = pooled(words, inner, rows, live, network.peaks)
        targets = window_targets(lessons, rows, live, texts)
        by_windows = window_gradient(logits, lessons, targets, texts) / np.float32(len(tables))
        by_words = self._by_words(words, lessons)
        by_inner = np.zeros_like(inner)
        peaks = unpool(by_windows, by_words, by_inner, (rows, places), inner, network.peaks)
        self._table(ids, by_words, shown, settings.table_rate * share)
        by_open = (by_words @ network.outer.T + by_inner) * mask * (open_ > 0)
        grown = {
            "layer": states.T @ by_open,
            "context": means.T @ np.add.reduceat(by_open, firsts),
            "shift": by_open.sum(0),
            "outer": inner.T @ by_words,
            "bias": by_words.sum(0),
            "peaks": peaks,
        }
        for name, optimiser in self.adam.items():
            decay = settings.decay if name in ("layer", "context", "outer", "peaks") else 0.0
            optimiser.update(grown[name], settings.rate * share, decay)

    def _by_words(self, words: Array, lessons: Sequence[WordTargets]) -> Array:
        """The gradient of what single words teach: (n, COLUMNS), every text as much as another."""
        gradient, base = np.zeros((len(words), COLUMNS), np.float32), 0
        for one in lessons:
            part = slice(base, base + len(one.words))
            known = one.words >= 0
            counts = np.maximum(1, known.sum(0))
            wrong = (_sigmoid(words[part, :EVIDENCE]) - one.words) * known
            gradient[part, :EVIDENCE] = self.settings.words / len(lessons) * wrong / counts
            base += len(one.words)
        return gradient

    def _table(self, ids: NDArray[np.uint32], gradient: Array, shown: Array, rate: float) -> None:
        flat = ids.reshape(-1)
        values = (gradient[:, None, :] * shown[..., None]).reshape(len(flat), -1)
        order = np.argsort(flat, kind="stable")
        unique, starts = np.unique(flat[order], return_index=True)
        sums = np.add.reduceat(values[order], starts, axis=0)
        self.squares[unique] += sums**2
        self.network.table[unique] -= rate * sums / np.sqrt(self.squares[unique])


def unpool(
    by_windows: Array, by_words: Array, by_inner: Array, places: tuple[Ints, PoolPlaces], inner: Array, peaks: Array
) -> Array:
    """Add the gradients of windows to those of words and of the layer, in place; the gradient of the peaks."""
    rows, pool = places
    np.add.at(by_words[:, EVIDENCE:], rows, pool.shares * by_windows[:, None, :])
    columns = np.broadcast_to(np.arange(inner.shape[1]), pool.maxima.shape)
    np.add.at(by_inner, (pool.maxima, columns), by_windows @ peaks.T)
    return np.asarray(inner[pool.maxima, columns].T @ by_windows)


def _mask(rng: np.random.Generator, shape: tuple[int, ...], dropout: float) -> Array:
    return np.asarray((rng.random(shape, np.float32) >= dropout) / np.float32(1 - dropout), np.float32)


def _sigmoid(values: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -30, 30))), np.float32)
