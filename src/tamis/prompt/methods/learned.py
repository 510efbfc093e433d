"""The learned scorers: the paper's token classifier, and our own."""

from __future__ import annotations

from collections.abc import Sequence

from tamis.core import Floats, Ints
from tamis.prompt.methods.auto.features import encoder_of
from tamis.prompt.methods.auto.relevance import FUSION, judged, word_scores
from tamis.prompt.methods.auto.salience import chance, salience, squashed
from tamis.prompt.request import Request
from tamis.text.align import pool_tokens

TEMPERATURE = 4.0  # of the sigmoid that maps relevance to 0..1: wide enough that no two scores meet at 1


def llmlingua2(requests: Sequence[Request]) -> list[Floats]:
    """Score words by a token classifier's keep-probability (LLMLingua-2, arXiv 2403.12968), pooled by offsets.

    A word that no token covers (the classifier cannot read it) scores 0.
    """
    if not requests:
        return []
    from tamis.models.load import load  # (torch or onnxruntime: only who scores by a model loads it)

    model = load(requests[0].model, threads=requests[0].options.threads)
    said = model.keep([r.text for r in requests])
    return [_pooled(r, s.offsets, s.values["keep"]) for r, s in zip(requests, said, strict=True)]


def auto(requests: Sequence[Request]) -> list[Floats]:
    """Score words by the small encoder: by relevance to the question if there is one, else by what any reader needs."""
    if not requests:
        return []
    said = encoder_of(requests[0]).keep([r.text for r in requests])
    needed = [salience(r, s) for r, s in zip(requests, said, strict=True)]
    if requests[0].question is None:
        return [chance(n) for n in needed]
    known = judged(requests)
    raw = [word_scores(r, j, k, FUSION) for r, j, k in zip(requests, known, needed, strict=True)]
    return [squashed(s / TEMPERATURE) for s in raw]


def _pooled(request: Request, offsets: Ints, scores: Floats) -> Floats:
    return pool_tokens(offsets, scores, request.words.starts, request.words.ends, how=request.options.pool)
