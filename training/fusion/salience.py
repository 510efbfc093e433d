"""Fit the weights of the task-agnostic blend on the dev articles.

An answer is kept if its weakest word is, so that is what is pushed above the word at which the budget ends: a smoothed
share of lost answers at 2x and 3x, by gradient, on paragraphs that the encoder was not trained on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from tamis.bench.prompt.answers import normalised
from tamis.core import Bools, Floats, Ints
from tamis.prompt.documents.source import source_of
from tamis.prompt.methods.auto.features import encoder_of
from tamis.prompt.methods.auto.salience import FEATURES, features
from tamis.prompt.pins import first_mentions, touched
from tamis.prompt.request import Request
from tamis.text.counting import counter
from tamis.text.protect import DEFAULT_DETECTORS, detect
from tamis.text.units import Units
from tamis.text.words import words
from training.data.squad import Paragraph

RATES = (1 / 2, 1 / 3)
SOFT = 0.7  # width, in score, of the step from lost to kept
STEPS, SPEED, DECAY = 150, 0.05, 1e-3
START = "salience"
# No fit may go below: on paragraphs alone it would drop a topic's own word for being said again, or for its pieces.
FLOORS = np.array([{"pieces": -2.6, "repeats": -2.0}.get(name, -np.inf) for name in FEATURES])


@dataclass(frozen=True, eq=False)
class Case:
    """A paragraph: features (n, k) and costs (n,) of its words, and where the answers stand.

    Attributes:
        answers: for each question, the word numbers of each occurrence of each answer.
        total: tokens of the paragraph.
    """

    features: Floats
    costs: Ints
    total: int
    answers: tuple[tuple[Ints, ...], ...]


def case_of(paragraph: Paragraph) -> Case:
    """Read one paragraph."""
    units, rows, costs, total = read(paragraph.text)
    places = tuple(tuple(o for a in answers for o in occurrences(units, a)) for answers in paragraph.answers)
    return Case(rows, costs, total, tuple(p for p in places if p))


def read(text: str) -> tuple[Units, Floats, Ints, int]:
    """Words, features (n, k), costs (n,) and all tokens of a text."""
    source = source_of(text)
    units = words(source.text)
    detections = first_mentions(source.text, detect(source.text, DEFAULT_DETECTORS))
    request = Request(units, source, touched(units, [f.span for f in detections]))
    (chances,) = encoder_of(request).keep([source.text])
    count = counter("o200k_base")
    costs = np.array([count(" " + body) for body in units.bodies()], np.int64)
    return units, features(request, chances), costs, count(source.text)


def budget_order(features: Floats, weights: Floats) -> Ints:
    """Words as `auto` ranks them: what detectors found, then the blend."""
    order: Ints = np.lexsort((-(features @ weights), -features[:, FEATURES.index("preferred")]))
    return order


def refine(start: Sequence[float], gain: Callable[[Floats], float], *, steps: int, seed: int) -> tuple[float, ...]:
    """Return better weights by seeded random search: a few of them move at a time, and what gains stays."""
    rng = np.random.default_rng(seed)
    best = np.array(start)
    top = gain(best)
    for _ in range(steps):
        move = rng.normal(size=best.size) * rng.choice([0.2, 0.7]) * (rng.random(best.size) < 0.4)
        trial = np.maximum(best + move, FLOORS)
        if (value := gain(trial)) > top:
            best, top = trial, value
    return tuple(np.round(best, 2).tolist())


def occurrences(units: Units, answer: str) -> list[Ints]:
    """Word numbers of every occurrence of an answer, words compared as SQuAD normalises them."""
    answer_words = normalised(answer)
    text_words = [(i, word) for i, body in enumerate(units.bodies()) for word in normalised(body)]
    return [
        np.unique([i for i, _ in text_words[k : k + len(answer_words)]])
        for k in range(len(text_words) - len(answer_words) + 1)
        if answer_words and [word for _, word in text_words[k : k + len(answer_words)]] == answer_words
    ]


def fit(cases: Sequence[Case]) -> tuple[float, ...]:
    """Weights of the features under which the fewest answers are lost."""
    scale = np.concatenate([c.features for c in cases]).std(axis=0) + 1e-9
    weights = np.zeros(scale.size)
    weights[FEATURES.index(START)] = 2.0
    momentum, speed = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, STEPS + 1):
        gradient = np.mean([_gradient(c, c.features / scale, weights) for c in cases], axis=0) + DECAY * weights
        momentum, speed = 0.9 * momentum + 0.1 * gradient, 0.99 * speed + 0.01 * gradient**2
        move = (momentum / (1 - 0.9**step)) / (np.sqrt(speed / (1 - 0.99**step)) + 1e-9)
        weights = np.maximum(weights - SPEED * (1 - 0.8 * step / STEPS) * move, FLOORS * scale)
    return tuple(np.round(weights / scale, 2).tolist())


def _gradient(case: Case, x: Floats, weights: Floats) -> Floats:
    """Of the smoothed number of lost answers of one paragraph, over both rates."""
    scores = x @ weights
    order = np.argsort(-scores, kind="stable")
    spent = np.cumsum(case.costs[order])
    total = np.zeros_like(weights)
    for rate in RATES:
        edge = int(order[min(int(np.searchsorted(spent, rate * case.total)), order.size - 1)])
        for answers in case.answers:
            weakest = [int(a[np.argmin(scores[a])]) for a in answers]
            at = max(weakest, key=lambda i: scores[i])
            lost = 1 / (1 + np.exp(-np.clip((scores[edge] - scores[at]) / SOFT, -30, 30)))
            total += lost * (1 - lost) / SOFT * (x[edge] - x[at])
    return total


def retention(cases: Sequence[Case], weights: Sequence[float]) -> list[float]:
    """Share of the questions with every word of an answer kept, at each rate."""
    hits: list[list[bool]] = []
    for case in cases:
        order = budget_order(case.features, np.array(weights))
        spent = np.cumsum(case.costs[order])
        for answers in case.answers:
            hits.append([_any_whole(answers, order, spent <= rate * case.total) for rate in RATES])
    return [float(share) for share in np.mean(hits, axis=0)]


def _any_whole(answers: Sequence[Ints], order: Ints, fits: Bools) -> bool:
    kept = np.zeros(order.size, np.bool_)
    kept[order[fits]] = True
    return any(bool(kept[a].all()) for a in answers)
