"""LLMLingua-2: words by a token classifier's keep-probability (arXiv 2403.12968). Trains nothing: see `distill`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tamis.core import Floats, Ints
from tamis.prompt.methods.protocol import Method
from tamis.prompt.request import Request
from tamis.text.align import pool_tokens

if TYPE_CHECKING:
    from tamis.models.classifier import TokenClassifier
    from tamis.models.classifier_onnx import OnnxClassifier
    from tamis.models.encoder import Mini


def llmlingua2(requests: Sequence[Request]) -> list[Floats]:
    """Score words by a token classifier's keep-probability , pooled by offsets.

    A word that no token covers (the classifier cannot read it) scores 0.
    """
    if not requests:
        return []
    classifier = load(requests[0].model, requests[0].options.threads)
    tokens = classifier.keep([r.text for r in requests])
    return [_pooled(r, s.offsets, s.values["keep"]) for r, s in zip(requests, tokens, strict=True)]


def load(model: str, threads: int | None) -> Mini | TokenClassifier | OnnxClassifier:
    """Open the token classifier, or the embedded encoder."""
    from tamis.models.catalog import load as open_model  # (torch or onnxruntime: only who scores by a model loads it)

    return open_model(model, threads=threads)


def _pooled(request: Request, offsets: Ints, scores: Floats) -> Floats:
    return pool_tokens(offsets, scores, request.units.starts, request.units.ends, how=request.options.pool)


LLMLINGUA2 = Method(
    "llmlingua2", llmlingua2, "the paper's: a token classifier's keep-probability", model="mini", load=load
)
