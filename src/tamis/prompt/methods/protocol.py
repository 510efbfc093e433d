"""What a method is: three callables, of which only the one that scores must be there.

Any callable that scores is a method too. Does not list the methods: `table.py` does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from tamis.core import Floats
from tamis.errors import InvalidInput
from tamis.prompt.documents.ranking import RankerFactory
from tamis.prompt.request import Request

Scorer: TypeAlias = Callable[[Sequence[Request]], list[Floats]]
"""Gives every unit of every request a score, higher = keep. Takes many requests so that models can batch."""

Judge: TypeAlias = Callable[[Sequence[Request]], list[Floats]]
"""Says of every document of every request, (d,), how likely it holds an answer to the question, 0 to 1."""

Share: TypeAlias = Callable[[Request, int], Floats]
"""Shares a budget out before units are scored: of a request with costs and the limit in tokens, (n,) the share of what
stands around each unit that is to stay."""


@dataclass(frozen=True, slots=True)
class Method:
    """A way to shorten: what ranks documents, what shares the budget out, what scores words.

    Attributes:
        name: what it is called.
        score: gives every unit of every request a score.
        says: one line for `--help` and the documentation.
        rank: makes the ranker of the documents, asked before words are scored; None: the scores of the words rank
            them, afterwards.
        share: the budget controller (LLMLingua's); None: one budget over all.
        judge: how likely each document holds an answer, asked after `score` where there is a question; None: it cannot
            say.
        needs_question: refuses to work without one.
        model: the model that it uses where the caller names none; None: it uses none.
        load: opens that model ahead of the first call, by its name and a number of threads.
        prefers: whether what the detectors find counts for more; baselines are left as honest as they are named.
        style: of the text, where the caller names none.
    """

    name: str
    score: Scorer
    says: str = ""
    rank: RankerFactory | None = None
    share: Share | None = None
    judge: Judge | None = None
    needs_question: bool = False
    model: str | None = None
    load: Callable[[str, int | None], object] | None = None
    prefers: bool = False
    style: str = "words"


def checked(name: str, score: Scorer) -> Scorer:
    """The scorer of a caller, its scores held to what selecting needs: one finite number a unit.

    Raises:
        InvalidInput: when it is called, and gives something else.
    """

    def scores_of(requests: Sequence[Request]) -> list[Floats]:
        scores = score(requests)
        hint = "It gets a list of requests, and returns one array of scores for each."
        if not isinstance(scores, (Sequence, np.ndarray)):
            raise InvalidInput(f"The method {name!r} gave no list, but {scores!r:.80}.", hint=hint)
        if len(scores) != len(requests):
            raise InvalidInput(f"The method {name!r} gave {len(scores)} results for {len(requests)} texts.", hint=hint)
        return [_finite(name, row, len(request.units)) for request, row in zip(requests, scores, strict=True)]

    return scores_of


def _finite(name: str, scores: object, count: int) -> Floats:
    try:
        array: Floats = np.array(scores, np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"The method {name!r} gave no numbers: {scores!r:.80}.") from error
    if array.shape != (count,):
        hint = "One number a unit; `request.units` holds the units."
        raise InvalidInput(f"The method {name!r} gave {array.shape} scores for {count} units.", hint=hint)
    if (strange := np.flatnonzero(~np.isfinite(array))).size:
        at = int(strange[0])
        raise InvalidInput(f"The method {name!r} scored unit {at} as {array[at]}.", hint="Scores are finite.")
    return array
