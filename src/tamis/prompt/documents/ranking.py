"""What a ranker is, and what a ranking is. The rankers themselves are in `rankers/`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from tamis.core import Floats, Scored, ranking


class Ranker(Protocol):
    """Says how much each document has to do with a question: (d,) finite, higher = more relevant."""

    def __call__(self, question: str | None, documents: Sequence[str]) -> Floats:
        """Return the score of each document; `question` is None where none is asked."""
        ...


@dataclass(frozen=True, eq=False)
class Ranking:
    """Documents as a ranker sees them; nothing is thrown away.

    Attributes:
        ranker: its name.
        scores: (d,) of the documents as they were given, higher = more relevant; the scale is the ranker's own.
        order: numbers of the documents, best first; equals keep the given order.
        relevance: (d,) how likely each document holds an answer to the question, 0 to 1; None where the ranker does not
            judge it.
    """

    ranker: str
    scores: Floats
    order: tuple[int, ...]
    relevance: Floats | None = None

    @staticmethod
    def of(ranker: str, scores: Floats, relevance: Floats | None = None) -> Ranking:
        """The ranking that these scores make."""
        order = ranking(Scored(tuple(range(len(scores))), scores))
        return Ranking(ranker, scores, tuple(order.tolist()), relevance)


RankerFactory: TypeAlias = Callable[[str | None, int | None], Ranker]
"""Makes a ranker of the name of a model (None = its default) and a number of threads."""
