"""Perplexity under an n-gram model of the known texts: characters or words that do not follow one another there.

The model is modified Kneser-Ney (Chen and Goodman 1999), `tamis.text.ngrams`; it needs no weights and fits in seconds.
The score is the mean surprisal of a text's symbols in nats, the logarithm of its perplexity.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tamis.core import Ints
from tamis.novelty.components.protocol import Look, Tensors, string_tensor, strings
from tamis.novelty.inputs import Inputs, marks, plain
from tamis.text.ngrams import KneserNey, Level, train

BEGIN, UNSEEN, FIRST = 0, 1, 2  # numbers of: the beginning of a text, a symbol that was never seen, the first symbol
_END = "\n"


def characters(text: str) -> list[str]:
    """The characters of a text, with blanks at both ends."""
    return list(f" {plain(text)} ")


def word_marks(text: str) -> list[str]:
    """The words and marks of a text, and its end."""
    return [*marks(text), _END]


@dataclass(frozen=True, eq=False)
class Surprise:
    """An n-gram model of known texts.

    Attributes:
        cut: text -> symbols.
        symbols: that were seen, in the order of their numbers.
        model: of their numbers.
    """

    cut: Callable[[str], list[str]]
    symbols: tuple[str, ...]
    model: KneserNey

    @staticmethod
    def fit(inputs: Inputs, cut: Callable[[str], list[str]], order: int) -> Surprise:
        """The model of known texts; `order` symbols are looked at together."""
        rows = [cut(text) for text in inputs.texts]
        symbols = tuple(dict.fromkeys(symbol for row in rows for symbol in row))
        numbers = {symbol: number for number, symbol in enumerate(symbols, FIRST)}
        flat, _ = _flat(rows, numbers)
        return Surprise(cut, symbols, train(flat, len(symbols) + FIRST, begin=BEGIN, order=order))

    @staticmethod
    def from_tensors(tensors: Tensors, cut: Callable[[str], list[str]]) -> Surprise:
        """The component that `tensors` were taken of."""
        symbols = tuple(strings(tensors["symbols"]))
        count = sum(name.startswith("keys.") for name in tensors)
        levels = (Level(*(tensors[f"{part}.{n}"] for part in ("keys", "shares", "rests"))) for n in range(count))
        return Surprise(cut, symbols, KneserNey(len(symbols) + FIRST, BEGIN, tuple(levels)))

    def look(self, inputs: Inputs) -> Look:
        """The mean surprisal of each text's symbols, in nats."""
        numbers = {symbol: number for number, symbol in enumerate(self.symbols, FIRST)}
        flat, starts = _flat([self.cut(text) for text in inputs.texts], numbers)
        if not len(starts):
            return Look(np.zeros(0))
        surprisals = -np.log(np.maximum(self.model.chances(flat), 1e-12))
        sizes = np.diff(np.append(starts, len(flat))) - 1
        return Look(np.add.reduceat(surprisals, starts) / np.maximum(sizes, 1))

    def tensors(self) -> dict[str, NDArray[Any]]:
        """Symbols, and three arrays for each order."""
        levels = enumerate(self.model.levels)
        arrays = {f"{part}.{n}": getattr(level, part) for n, level in levels for part in ("keys", "shares", "rests")}
        return {"symbols": string_tensor(list(self.symbols)), **arrays}


def _flat(rows: Sequence[list[str]], numbers: dict[str, int]) -> tuple[Ints, Ints]:
    """The numbers of all rows, each behind a `BEGIN`; where each row begins."""
    flat = [number for row in rows for number in (BEGIN, *(numbers.get(symbol, UNSEEN) for symbol in row))]
    sizes = np.array([len(row) + 1 for row in rows], np.int64)
    return np.array(flat, np.int64), np.cumsum(sizes) - sizes
