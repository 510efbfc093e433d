"""The head itself: a logistic regression over what a segmenter knows of a talk, its fit, and its threshold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tamis.core import Bools, Floats
from tamis.memory.segment.agreement import Measures, averaged, measured
from tamis.memory.segment.features import CAUSAL, WIDE, ahead, causal, products
from tamis.memory.segment.grid import stored
from tamis.memory.segment.protocol import Vectors
from training.boundaries.talks import SEED, Talk

FOLDS = 5
L2, FINE = 3.0, 1_600.0  # of the features and of the products, chosen by the folds on TIAGE's train split


@dataclass(frozen=True, eq=False)
class Seen:
    """A talk as the head sees it: (n, k) features, causal and wide, and (n, 2 d) products of vectors."""

    truth: Bools
    causal: Floats
    wide: Floats
    products: Floats


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a head is fitted.

    Attributes:
        which: "causal" or "wide".
        fine: L2 of the products; None leaves them out.
    """

    which: str
    fine: float | None = FINE

    def rows(self, talk: Seen) -> Floats:
        """(n, k) what the head sees of a talk."""
        rows: Floats = getattr(talk, self.which)
        return rows if self.fine is None else np.hstack([rows, talk.products])


@dataclass(frozen=True, slots=True)
class Head:
    """Weights in the features' own units: the logit is bias + weights . features.

    Attributes:
        threshold: probability from which a turn opens a segment.
        score: that the folds gave it.
    """

    recipe: Recipe
    bias: float
    weights: Floats
    threshold: float = 0.5
    score: float = 0.0

    def chances(self, talk: Seen) -> Floats:
        """(n,) probabilities that turns open a segment."""
        logits = self.recipe.rows(talk) @ self.weights + self.bias
        return np.asarray(1 / (1 + np.exp(-np.clip(logits, -30, 30))))


def seen(talks: Sequence[Talk], encode: Callable[[Sequence[str]], Vectors]) -> list[Seen]:
    """The talks as the head sees them."""
    vectors = stored(encode([turn.text for talk in talks for turn in talk.turns]))
    ends = np.cumsum([len(talk.turns) for talk in talks])[:-1]
    return [
        Seen(talk.truth, causal(talk.turns, rows), ahead(talk.turns, rows), products(rows).astype(np.float32))
        for talk, rows in zip(talks, np.split(vectors, ends), strict=True)
    ]


def fitted(talks: Sequence[tuple[Seen, float]], recipe: Recipe) -> Head:
    """A head without a threshold yet; each talk counts as much as is said beside it."""
    rows = np.concatenate([recipe.rows(talk)[1:] for talk, _ in talks])
    truth = np.concatenate([talk.truth[1:] for talk, _ in talks]).astype(np.float64)
    heavy = np.concatenate([np.full(len(talk.truth) - 1, weight) for talk, weight in talks])
    mean, scale = rows.mean(0), rows.std(0) + 1e-9
    few = rows.shape[1] if recipe.fine is None else rows.shape[1] - talks[0][0].products.shape[1]
    penalty = np.concatenate([[0.0], np.full(few, L2), np.full(rows.shape[1] - few, recipe.fine or 0.0)])
    solution = _newton(np.column_stack([np.ones(len(rows)), (rows - mean) / scale]), truth, heavy, penalty)
    weights = solution[1:] / scale
    return Head(recipe, float(solution[0] - weights @ mean), weights)


def _newton(rows: Floats, truth: Floats, heavy: Floats, penalty: Floats) -> Floats:
    """The minimum of the weighted log loss with these L2 penalties."""
    weights = np.zeros(rows.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
        slope = rows.T @ (heavy * (chance - truth)) + penalty * weights
        curve = (rows * (heavy * chance * (1 - chance) + 1e-9)[:, None]).T @ rows + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        weights -= step
        if np.abs(step).max() < 1e-7:
            break
    return weights


def cut(head: Head, talks: Sequence[Seen], threshold: float | None = None) -> Measures:
    """How well a head cuts talks."""
    bar = head.threshold if threshold is None else threshold
    return averaged(measured(talk.truth, _opens(head.chances(talk), bar)) for talk in talks)


def _opens(chances: Floats, threshold: float) -> Bools:
    """(n,) flags; the first turn always opens."""
    flags = np.asarray(chances >= threshold)
    flags[:1] = True
    return flags


def calibrated(talks: Sequence[Seen], recipe: Recipe, more: Sequence[Seen] = (), weight: float = 0.1) -> Head:
    """A head fitted on all talks; its threshold is what scores best on talks that its folds' heads did not see.

    more -- further talks to fit on, that count `weight` each and decide on no threshold
    """
    beside = [(talk, weight) for talk in more]
    order = np.random.default_rng(SEED).permutation(len(talks))
    bars = np.linspace(0.1, 0.8, 29)
    scores = np.zeros(len(bars))
    for fold in range(FOLDS):
        out = set(order[fold::FOLDS].tolist())
        head = fitted([(talk, 1.0) for n, talk in enumerate(talks) if n not in out] + beside, recipe)
        rest = [talks[n] for n in sorted(out)]
        scores += [cut(head, rest, bar).score / FOLDS for bar in bars.tolist()]
    best = int(scores.argmax())
    head = fitted([(talk, 1.0) for talk in talks] + beside, recipe)
    return replace(head, threshold=float(bars[best]), score=float(scores[best]))


def written(head: Head, talks: Sequence[Seen]) -> dict[str, Any]:
    """A head as JSON values, with the threshold of every density on its training talks."""
    few = len(CAUSAL if head.recipe.which == "causal" else WIDE)
    chances = np.concatenate([head.chances(talk)[1:] for talk in talks])
    shares = (0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.7, 0.9)
    return {
        "bias": round(head.bias, 6),
        "weights": [round(x, 6) for x in head.weights[:few].tolist()],
        "products": [round(x, 5) for x in head.weights[few:].tolist()],
        "threshold": round(head.threshold, 4),
        "curve": [[share, round(float(np.quantile(chances, 1 - share)), 5)] for share in shares],
    }
