"""Our method: by what any reader needs, or, with a question, by relevance to it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tamis.core import Floats
from tamis.prompt.methods.auto.centrality import sentence_worth
from tamis.prompt.methods.auto.evidence import chances, readings
from tamis.prompt.methods.auto.features import encoder_of, load_encoder
from tamis.prompt.methods.auto.kinds import by_kind
from tamis.prompt.methods.auto.relevance import FUSION, word_scores
from tamis.prompt.methods.auto.salience import chance, salience, squashed
from tamis.prompt.methods.protocol import Method
from tamis.prompt.request import Request

TEMPERATURE = 4.0  # of the sigmoid that maps relevance to 0..1: wide enough that no two scores meet at 1


def auto(requests: Sequence[Request]) -> list[Floats]:
    """Score words by the small encoder, lines by their features: by relevance to a question, or for any reader."""
    if not requests:
        return []
    return by_kind(requests, _blind if requests[0].question is None else _asked)


def _blind(requests: Sequence[Request]) -> list[Floats]:
    """Scores where nobody asks: of words, or of the sentences that they stand in, where these go or stay whole."""
    tokens = encoder_of(requests[0]).keep([r.text for r in requests])
    scores: list[Floats] = []
    for request, token in zip(requests, tokens, strict=True):
        if request.style == "sentences":
            scores.append(sentence_worth(request, token)[request.sentence_of])
        else:
            scores.append(chance(salience(request, token)))
    return scores


def _asked(requests: Sequence[Request]) -> list[Floats]:
    """Scores by relevance to the question."""
    judgements = readings(requests)
    if requests[0].style == "sentences":
        pairs = zip(requests, judgements, strict=True)
        return [sentence_worth(r, None, j)[r.sentence_of] for r, j in pairs]
    none = [np.zeros(len(r.units)) for r in requests]
    raw = [word_scores(r, j, n, FUSION) for r, j, n in zip(requests, judgements, none, strict=True)]
    return [squashed(s / TEMPERATURE) for s in raw]


AUTO = Method(
    "auto",
    auto,
    "our best: learned, by documents, sentences and words",
    judge=chances,
    model="mini",
    load=load_encoder,
    prefers=True,
    style="clauses",
)
