"""Fit the constants of the question-aware fusion on the dev articles. Prints them; a person writes them down.

Relevance of sentences: listwise logistic regression. What words add: coordinate search on the share of answers kept,
with a selection that adds up the costs of words (the product counts the rendered text: a few tokens' difference).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tamis.bench.prompt.answers import contains
from tamis.core import Bools, Floats, Ints
from tamis.prompt.documents.source import source_of
from tamis.prompt.methods.auto.features import encoder_of
from tamis.prompt.methods.auto.relevance import Fusion, Judged, judged, word_scores
from tamis.prompt.methods.auto.salience import salience
from tamis.prompt.pins import first_mentions, touched
from tamis.prompt.request import Request
from tamis.text.counting import counter
from tamis.text.protect import DEFAULT_DETECTORS, detect
from tamis.text.words import words
from training.data.squad import Question

RATES = (1 / 10, 1 / 20, 1 / 40)
STEPS = {
    "answer": (0.0, 0.1, 0.2, 0.3),
    "keep": (0.0, 0.02, 0.05, 0.1),
    "preferred": (0.0, 0.25, 0.5, 1.0),
    "punctuation": (0.0, 0.5, 1.0),
    "length": (0.0, 0.2, 0.4),
    "heading": (0.0, 1.0, 2.0, 4.0),
}
WORTH = 0.01  # summed over the rates: a constant that gains less stays, for whole sentences read better than words


@dataclass(frozen=True, eq=False)
class Case:
    """One question's context with everything that fusing needs."""

    question: Question
    request: Request
    judgement: Judged
    keep: Floats
    costs: Ints
    total: int
    right: Bools  # (s,) sentences of the answering paragraph that contain an answer

    def kept(self, scores: Floats, rate: float) -> bool:
        """Whether an answer is among the words that fit."""
        order = np.lexsort((np.arange(scores.size), -scores))
        inside = order[np.cumsum(self.costs[order]) <= rate * self.total]
        text, starts, ends = self.request.text, self.request.units.starts, self.request.units.ends
        excerpt = " ".join(text[starts[i] : ends[i]] for i in np.sort(inside).tolist())
        return contains(excerpt, self.question.answers)


def case_of(question: Question) -> Case:
    """Read one question's context."""
    source = source_of(question.documents)
    units = words(source.text)
    detections = first_mentions(source.text, detect(source.text, DEFAULT_DETECTORS))
    liked = touched(units, [f.span for f in detections])
    request = Request(units, source, liked, question.text)
    (judgement,) = judged([request])
    (chances,) = encoder_of(request).keep([source.text])
    keep = salience(request, chances)
    count = counter("o200k_base")
    costs = np.array([count(" " + body) for body in units.bodies()], np.int64)
    gold = source.documents[question.gold]
    right = [
        gold.start <= s.start < gold.end and not head and contains(s.of(source.text), question.answers)
        for s, head in zip(judgement.laid.sentences, judgement.laid.heading.tolist(), strict=True)
    ]
    return Case(question, request, judgement, keep, costs, count(source.text), np.array(right, np.bool_))


def fit_weights(cases: Sequence[Case], *, decay: float = 1e-3, steps: int = 600) -> tuple[float, ...]:
    """Weights of the features under which the right sentences are likeliest (softmax over the context's sentences)."""
    usable = [c for c in cases if c.right.any()]
    rows = [c.judgement.features[~c.judgement.laid.heading] for c in usable]
    goods = [c.right[~c.judgement.laid.heading] for c in usable]
    scale = np.concatenate(rows).std(axis=0) + 1e-9
    weights, speed, momentum = np.zeros(scale.size), np.zeros(scale.size), np.zeros(scale.size)
    for step in range(1, steps + 1):  # Adam on all questions: convex, eight weights
        gradient = decay * weights + _mean(
            [_gradient(x / scale, good, weights) for x, good in zip(rows, goods, strict=True)]
        )
        momentum, speed = 0.9 * momentum + 0.1 * gradient, 0.99 * speed + 0.01 * gradient**2
        weights -= 0.05 * (momentum / (1 - 0.9**step)) / (np.sqrt(speed / (1 - 0.99**step)) + 1e-9)
    return tuple(np.round(weights / scale, 3).tolist())


def _mean(rows: Sequence[Floats]) -> Floats:
    mean: Floats = np.mean(rows, axis=0)
    return mean


def _gradient(x: Floats, good: Bools, weights: Floats) -> Floats:
    """Of minus the log of the right sentences' share of the softmax."""
    logits = x @ weights
    odds = np.exp(logits - logits.max())
    alike, right = odds / odds.sum(), np.where(good, odds, 0) / odds[good].sum()
    gradient: Floats = (alike - right) @ x
    return gradient


def retention(cases: Iterable[Case], fusion: Fusion, rates: Sequence[float] = RATES) -> NDArray[np.float64]:
    """(rates,) share of the questions with an answer kept."""
    hits = [
        [case.kept(scores, rate) for rate in rates]
        for case in cases
        for scores in [word_scores(case.request, case.judgement, case.keep, fusion)]
    ]
    shares: Floats = np.mean(hits, axis=0)
    return shares


def fit(cases: Sequence[Case], *, rounds: int = 1) -> Fusion:
    """Fit all constants: the weights, then one word-level constant after the other."""
    best = Fusion(fit_weights(cases), answer=0.2, preferred=0.25, punctuation=0.5, heading=1.0)
    reached = float(retention(cases, best).sum())
    for _ in range(rounds):
        for name, values in STEPS.items():
            for value in values:
                trial = replace(best, **{name: value})  # type: ignore[arg-type]
                got = float(retention(cases, trial).sum())
                if got > reached + WORTH:
                    best, reached = trial, got
    return best
