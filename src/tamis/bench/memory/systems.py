"""Ways to recall, beside each other: ours, and the simple ones that published systems are made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from tamis.core import Total
from tamis.memory.recall import Index, RecallOptions, Weights, recall
from tamis.memory.recall.ask import ask
from tamis.memory.recall.deliver import line
from tamis.memory.recall.score import score_turns
from tamis.memory.recall.units import ranked_units
from tamis.models.protocols import Encoder

_ALONE = {"window": 0.0, "session": 0.0, "speaker": 0.0, "time": 0.0}


@dataclass(frozen=True, slots=True)
class System:
    """How turns are scored, and what is delivered.

    Attributes:
        weights: of the parts of a score.
        unit: "budget" for turns that fit, headers included, as `Memory.recall` delivers; else whole units, best first,
            as long as they fit, their lines counted and nothing else.
        headers: whether dates and sessions are delivered, and paid for, with "budget".
    """

    weights: Weights
    unit: str = "budget"
    headers: bool = True


SYSTEMS = {
    "BM25, turns": System(Weights(lexical=1.0, **_ALONE), "turn"),
    "vectors, turns": System(Weights(lexical=0.0, **_ALONE), "turn"),
    "hybrid, turns": System(Weights(**_ALONE), "turn"),
    "BM25, segments": System(Weights(lexical=1.0, **_ALONE), "segment"),
    "vectors, segments (SeCom)": System(Weights(lexical=0.0, **_ALONE), "segment"),
    "hybrid, segments": System(Weights(**_ALONE), "segment"),
    "hybrid, sessions": System(Weights(**_ALONE), "session"),
    "hybrid with windows, turns": System(Weights(session=0.0, speaker=0.0, time=0.0), "turn"),
    "tamis, without headers": System(Weights(), headers=False),
    "tamis": System(Weights()),
}


class CachedEncoder:
    """An encoder that remembers: every system asks the same questions."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self._vectors: dict[str, NDArray[np.float32]] = {}

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, d) of unit length."""
        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if new:
            self._vectors |= dict(zip(new, self.encoder.vectors(new), strict=True))
        return np.stack([self._vectors[text] for text in texts])


def recalled_ids(  # noqa: PLR0913  (all that a recall depends on)
    system: System,
    index: Index,
    question: str,
    budget: Total,
    *,
    count: Callable[[str], int],
    encoder: Encoder,
    now: datetime,
) -> tuple[str, ...]:
    """Ids of the turns that a system delivers within a budget."""
    if system.unit == "budget":
        options = RecallOptions(count, weights=system.weights, headers=system.headers)
        return recall(index, question, budget, options, encoder=encoder, now=now).turn_ids
    query = ask(index, question, encoder=encoder, now=now)
    scores = score_turns(index, query, now.timestamp(), system.weights)
    ids: list[str] = []
    left = budget.cost
    for unit in ranked_units(index, scores, system.unit, len(index)):
        cost = _cost(index, unit.tolist(), count)
        if cost <= left:
            left -= cost
            ids += [index.turn(number).id for number in unit.tolist()]
        elif left < budget.cost // 20:  # what is left holds next to nothing
            break
    return tuple(ids)


def _cost(index: Index, turns: Sequence[int], count: Callable[[str], int]) -> int:
    return sum(count(line(index, number)) + 1 for number in turns)
