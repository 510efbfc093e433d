"""Whether a text holds an answer to its question: what was judged of its documents, and which of them go for it.

Does not judge: a method's `judge` does (see `methods.protocol`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tamis.core import Bools, Floats
from tamis.prompt.documents.source import Source
from tamis.prompt.methods.auto.scorer import AUTO
from tamis.prompt.request import Request
from tamis.prompt.task import Task

DOUBTFUL = 0.2  # a text that is less likely to hold an answer than this is worth a warning


@dataclass(frozen=True, slots=True)
class Relevance:
    """How likely a text holds an answer to its question.

    Attributes:
        chances: of each context document, by the number that it had as it was given, 0 to 1.
    """

    chances: Mapping[int, float]

    @staticmethod
    def of(source: Source, chances: Floats) -> Relevance:
        """What was judged of the documents of a source, (d,); instructions and questions answer nothing."""
        return Relevance({source.numbers[i]: float(chances[i]) for i in source.contexts})

    @property
    def best(self) -> float:
        """Of the whole text: that of its best document."""
        return max(self.chances.values(), default=0.0)

    def excluded(self, request: Request, minimum: float) -> Bools:
        """(n,) the units of the documents below a minimum, in whatever order these stand by now."""
        low = [self.chances.get(number, 1.0) < minimum for number in request.source.numbers]
        mask: Bools = np.array(low, np.bool_)[request.document_of] if low else np.zeros(len(request.units), np.bool_)
        return mask


def judgements(requests: Sequence[Request], task: Task) -> list[Relevance | None]:
    """What the method says of each request with a question; None where it cannot say, or nothing is asked.

    Under a minimum somebody has to say: where the method cannot, `auto` does, at the price of a reading.
    """
    asked = [number for number, request in enumerate(requests) if request.question]
    judge, judged = task.method.judge, [requests[number] for number in asked]
    if judge is None and task.min_relevance is not None:
        judge, judged = AUTO.judge, [replace(request, model=str(AUTO.model)) for request in judged]
    if judge is None or not asked:
        return [None] * len(requests)
    told = dict(zip(asked, judge(judged), strict=True))
    return [Relevance.of(r.source, told[i]) if i in told else None for i, r in enumerate(requests)]


def doubts(relevance: float | None, minimum: float | None) -> tuple[str, ...]:
    """What a reader should be warned of, in sentences.

    Example: relevance 0.03, no minimum -> ("The text hardly holds an answer to the question: relevance 0.03.",)
    """
    if relevance is None:
        return ()
    if minimum is not None and relevance < minimum:
        return (f"Nothing is relevant enough: relevance {relevance:.2f}, the minimum is {minimum:g}.",)
    if relevance < DOUBTFUL:
        return (f"The text hardly holds an answer to the question: relevance {relevance:.2f}.",)
    return ()
