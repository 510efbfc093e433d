"""Our method: by what any reader needs, or, with a question, by relevance to it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tamis.core import Floats
from tamis.prompt.methods.auto.evidence import chances, readings
from tamis.prompt.methods.auto.features import encoder_of, load_encoder
from tamis.prompt.methods.auto.relevance import FUSION, word_scores
from tamis.prompt.methods.auto.salience import chance, salience, squashed
from tamis.prompt.methods.protocol import Method
from tamis.prompt.request import Request

TEMPERATURE = 4.0  # of the sigmoid that maps relevance to 0..1: wide enough that no two scores meet at 1


def auto(requests: Sequence[Request]) -> list[Floats]:
    """Score words by the small encoder: by relevance to the question if there is one, else by what any reader needs."""
    if not requests:
        return []
    if requests[0].question is None:
        return [chance(n) for n in _needs(requests)]
    # What any reader needs is another reading of all of it: only where it has a weight.
    needs = _needs(requests) if FUSION.keep else [np.zeros(len(r.units)) for r in requests]
    raw = [word_scores(r, j, n, FUSION) for r, j, n in zip(requests, readings(requests), needs, strict=True)]
    return [squashed(s / TEMPERATURE) for s in raw]


def _needs(requests: Sequence[Request]) -> list[Floats]:
    tokens = encoder_of(requests[0]).keep([r.text for r in requests])
    return [salience(r, t) for r, t in zip(requests, tokens, strict=True)]


AUTO = Method(
    "auto",
    auto,
    "our best: learned, by documents, sentences and words",
    judge=chances,
    model="mini",
    load=load_encoder,
    prefers=True,
)
