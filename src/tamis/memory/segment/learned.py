"""The learned segmenter: a logistic head over what is seen at each gap, one for each kind of talk.

The head was made by `python -m training boundaries` from permissive talks; `HEAD.md` beside it is its card.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

from tamis.core import Bools, Floats
from tamis.errors import InvalidInput, unknown
from tamis.memory.segment.features import CONTEXT, products, seen_by
from tamis.memory.segment.grid import LONGEST, limited, stored
from tamis.memory.segment.protocol import Vectors
from tamis.memory.types import Turn

KINDS = ("chat", "task", "meeting")


@dataclass(frozen=True)
class Learned:
    """Opens a segment where the head finds it likely that something else begins.

    Attributes:
        kind: of talk: "chat" between people or with an assistant, "task" for requests that are carried out one after
            the other, "meeting" for long talk of many.
        density: the share of turns that open a segment, in talk like that of the kind's training; None for its own.
        wide: also look ahead, for sessions that are added whole; turn by turn it then cuts otherwise than at once.
        longest: segment, in turns.
    """

    kind: str = "chat"
    density: float | None = None
    wide: bool = False
    longest: int = LONGEST

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise unknown("kind of talk", self.kind, KINDS)
        if self.density is not None and not 0 < self.density < 1:
            raise InvalidInput(f"A density must lie between 0 and 1, got {self.density}.")
        if self.longest < 1:
            raise InvalidInput(f"Segments have at least one turn, got {self.longest}.")

    @property
    def context(self) -> int:
        """How many of the turns before the new ones it looks at."""
        return CONTEXT

    def cut(self, turns: Sequence[Turn], vectors: Vectors, *, known: int = 0, length: int = 0) -> Bools:
        """See `Segmenter`."""
        opens = self.chances(turns, vectors)[known:] >= self.threshold
        return limited(opens, length if known else 0, self.longest)

    @property
    def threshold(self) -> float:
        """The probability from which a turn opens a segment."""
        head = _head(self.kind, wide=self.wide)
        if self.density is None:
            return float(head["threshold"])
        shares, bars = zip(*head["curve"], strict=True)
        return float(np.interp(self.density, shares, bars))

    def chances(self, turns: Sequence[Turn], vectors: Vectors) -> Floats:
        """(n,) how likely each turn opens a segment; of the first, which has none before it, nothing is known."""
        head, halves = _head(self.kind, wide=self.wide), stored(vectors)
        logits = seen_by(turns, halves, wide=self.wide) @ np.array(head["weights"]) + head["bias"]
        fine = np.array(head["products"])
        if fine.size == 2 * halves.shape[1]:  # vectors of the encoder that the head was made with
            logits += products(halves) @ fine
        return np.asarray(1 / (1 + np.exp(-np.clip(logits, -30, 30))))


def _head(kind: str, *, wide: bool) -> dict[str, Any]:
    head: dict[str, Any] = _heads()[kind]["wide" if wide else "causal"]
    return head


@lru_cache(maxsize=1)
def _heads() -> dict[str, Any]:
    heads: dict[str, Any] = json.loads(files("tamis.memory.segment").joinpath("head.json").read_text(encoding="utf-8"))
    return heads
