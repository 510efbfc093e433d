"""Ranking by a language model's surprise (LLMLingua, arXiv 2310.05736; LongLLMLingua, arXiv 2310.06839, eq. 2).

With a question, r_k = -(1/N) sum_i log p(x_i | document k) over the tokens of the question and a sentence that ties it
to the documents; the less surprising the question is after a document, the more the document says about it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tamis.core import Floats
from tamis.errors import ModelError, unknown
from tamis.models.causal import SURPRISAL, CausalLM, load_causal
from tamis.models.chunks import chunks, ends

# The paper's words; they keep the model from thinking of the question as a text on its own.
RESTRICT = " We can get the answer to this question in the given documents."
CONDITIONS = ("after", "before", "none")


@dataclass(frozen=True)
class Perplexity:
    """Score documents by surprisal, in nats a token.

    A document that does not fit the model's window beside the question is read in parts that end at sentences: "after"
    takes the part after which the question surprises least, the others the mean over the tokens of all parts. A
    question takes at most half of the window: of a longer one the first and the last part are read.

    Attributes:
        model: an open model, or the name of one (see `tamis.models.causal.load_causal`).
        condition: "after" reads the question after each document and scores -r_k, the mean log-probability of the
            question; "before" reads each document after the question and scores the mean log-probability of the
            document; "none" leaves the question out and scores the mean surprisal of the document, so that the most
            informative one comes first (LLMLingua). Without a question it is always "none".
        restrict: what follows the question.
        threads: for the embedded model.
    """

    model: str | CausalLM = "mini-lm"
    condition: str = "after"
    restrict: str = RESTRICT
    threads: int | None = None

    def __post_init__(self) -> None:
        if self.condition not in CONDITIONS:
            raise unknown("condition", self.condition, CONDITIONS)

    def __call__(self, question: str | None, documents: Sequence[str]) -> Floats:
        """Return the score of each document."""
        model = load_causal(self.model, threads=self.threads) if isinstance(self.model, str) else self.model
        query = None if question is None or self.condition == "none" else self._instructed(model, question)
        parts, owner = _parts(model, documents, query or "")
        count = len(documents)
        if query is None:
            return np.nan_to_num(_mean(model, parts, None, owner, count), nan=0.0)  # no token tells nothing
        if self.condition == "before":
            scores = -_mean(model, parts, [query] * len(parts), owner, count)
            return np.nan_to_num(scores, nan=float(np.nanmin(scores)) if np.isfinite(scores).any() else 0.0)
        best = np.full(count, -np.inf)
        np.maximum.at(best, owner, -_surprisals(model, [query] * len(parts), parts)[:, 0])
        return best

    def _instructed(self, model: CausalLM, question: str) -> str:
        (pieces,), (rest,) = model.cut([question]), model.cut([self.restrict])
        return ends(question, pieces.offsets, max(2, model.window // 2 - len(rest))) + self.restrict


def _parts(model: CausalLM, documents: Sequence[str], query: str) -> tuple[list[str], list[int]]:
    """The documents in parts that fit beside the question, and the number of the document that each is of."""
    (query_pieces,) = model.cut([query])
    room = max(1, model.window - model.start().length - len(query_pieces))

    def measure(texts: Sequence[str]) -> list[int]:
        return [len(pieces) for pieces in model.cut(texts)]

    parts: list[str] = []
    owner: list[int] = []
    for number, (document, size) in enumerate(zip(documents, measure(documents), strict=True)):
        document_parts = [document] if size <= room else [s.of(document) for s in chunks(document, measure, room)]
        parts += document_parts
        owner += [number] * len(document_parts)
    return parts, owner


def _mean(model: CausalLM, parts: Sequence[str], before: Sequence[str] | None, owner: list[int], count: int) -> Floats:
    """(count,) mean surprisal of each document's tokens; NaN of one in which the model sees no token."""
    means, sizes = _surprisals(model, parts, before).T
    total, size = np.bincount(owner, means * sizes, minlength=count), np.bincount(owner, sizes, minlength=count)
    return np.where(size > 0, total / np.maximum(size, 1), np.nan)


def _surprisals(model: CausalLM, texts: Sequence[str], prefixes: Sequence[str] | None) -> Floats:
    """(n, 2) mean surprisal of each text, and how many tokens it has."""
    surprisals_of = [scores.values[SURPRISAL] for scores in model.surprisals(texts, given=prefixes)]
    for text, surprisals in zip(texts, surprisals_of, strict=True):
        if not np.isfinite(surprisals).all():
            hint = "Try it in float32, or install its files anew."
            raise ModelError(f"{model.name!r} is surprised beyond all numbers by {text!r:.60}.", hint=hint)
    return np.array([(float(s.mean()) if s.size else 0.0, s.size) for s in surprisals_of]).reshape(-1, 2)
