"""The paper's comparison in small (Wu et al. 2025, section 4.3): other answers from the same elements and columns.

Attention to all right elements, to one of them, a point by regression and a point written in digits share everything up
to the answer; a listwise ranker sees each element alone, without the others and without words; trees likewise, one
element at a time.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from typing import TypeAlias

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from tamis.core import Bools
from tamis.image import Point
from training.screen.pointer_data import Array, View
from training.screen.pointer_fit import Recipe, answers, fit, sizes_of, tensors_of
from training.screen.pointer_head import PointerModule, ScreenTensors

LOG = logging.getLogger(__name__)
Hits: TypeAlias = Bools  # (instructions that have a target, in the order of the views)
_TREE_SCREENS = 400  # that trees are grown on: all of their elements would not fit
_DIGITS = 3  # of each coordinate, in thousandths of the screen
_NEGATIVES = 12  # wrong elements of an instruction that trees see


class PointRegression(nn.Module):
    """The same trunk; the attention pools the keys, and a point of the screen is read from them."""

    def __init__(self, trunk: PointerModule, wide: int) -> None:
        super().__init__()
        self.trunk, self.out = trunk, nn.Linear(wide, 2)

    def forward(self, screen: ScreenTensors) -> Tensor:
        """(I, 2) shares of the screen's width and height."""
        hidden, mixed = self.trunk.states(screen)
        pooled = self.trunk.logits(hidden, mixed).softmax(-1)[:, None] @ mixed
        return torch.sigmoid(self.out(pooled.squeeze(1)))


class PointText(nn.Module):
    """The same trunk; the point is written, "x y" in three digits each, and each digit is read from those before it.

    So do models that answer in text (Wu et al. 2025, section 1): what is learned of 499 says nothing of 500.
    """

    def __init__(self, trunk: PointerModule, wide: int) -> None:
        super().__init__()
        self.trunk, self.state = trunk, nn.Linear(wide, 2 * wide)
        self.digits = nn.Embedding(10 + 1, wide)  # (the last one begins)
        self.step, self.out = nn.GRUCell(wide, 2 * wide), nn.Linear(2 * wide, 10)

    def forward(self, screen: ScreenTensors, digits: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """(I, 6, 10) logits of the digits, each after those that are given or else the likeliest, and (I, 6) these."""
        hidden, mixed = self.trunk.states(screen)
        pooled = (self.trunk.logits(hidden, mixed).softmax(-1)[:, None] @ mixed).squeeze(1)
        state, last = torch.tanh(self.state(pooled)), torch.full((len(pooled),), 10)
        logits, written = [], []
        for place in range(2 * _DIGITS):
            state = self.step(self.digits(last), state)
            logits.append(self.out(state))
            last = logits[-1].argmax(-1) if digits is None else digits[:, place]
            written.append(last)
        return torch.stack(logits, 1), torch.stack(written, 1)


class ListwiseRanker(nn.Module):
    """A score of each element from its own columns; a softmax over the screen."""

    def __init__(self, columns: int, hidden: int = 128) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(columns, hidden), nn.GELU(), nn.Linear(hidden, hidden), nn.GELU(), nn.Linear(hidden, 1)
        )

    def forward(self, screen: ScreenTensors) -> Tensor:
        """(I, n) logits."""
        scores: Tensor = self.layers(_columns(screen)).squeeze(-1)
        return scores


def compare(train: Sequence[View], test: Sequence[View], recipe: Recipe) -> Mapping[str, Hits]:
    """The hits of each way to answer, on the same instructions."""
    present = [view for view in test if view.seen]
    ways: Mapping[str, Callable[[], Hits]] = {
        "attention, all right elements": lambda: _pointer_hits(fit(train, recipe), present),
        "attention, one of them": lambda: _pointer_hits(fit(train, replace(recipe, single=True)), present),
        "regression of the point": lambda: _regression_hits(train, present, recipe),
        "coordinates as text": lambda: _text_hits(train, present, recipe),
        "listwise ranker": lambda: _ranker_hits(train, present, recipe),
        "boosted trees": lambda: _tree_hits(train, present, recipe),
    }
    results = {}
    for name, way in ways.items():
        try:
            results[name] = way()
        except ImportError:
            LOG.warning("%s: scikit-learn is not installed", name)
            continue
        LOG.info("%s: %.1f %%", name, 100 * results[name].mean())
    return results


def _columns(screen: ScreenTensors) -> Tensor:
    """(I, n, k) all columns of each element and of the instruction side by side."""
    count, n = screen.matches.shape[:2]
    looks = torch.cat([screen.looks, screen.icons], dim=1).expand(count, -1, -1)
    return torch.cat([screen.matches, looks, screen.asks[:, None].expand(-1, n, -1)], dim=-1)


def _trained(
    module: nn.Module, screens: Sequence[ScreenTensors], recipe: Recipe, loss: Callable[[ScreenTensors], Tensor]
) -> None:
    """Train a module for as many steps as the head."""
    optimiser = torch.optim.AdamW(module.parameters(), lr=recipe.rate, weight_decay=recipe.decay)
    steps = recipe.epochs * -(-len(screens) // recipe.screens)
    plan = torch.optim.lr_scheduler.OneCycleLR(optimiser, recipe.rate, total_steps=steps, pct_start=0.1)
    random = np.random.default_rng(recipe.seed)
    module.train()
    for _ in range(recipe.epochs):
        order = random.permutation(len(screens))
        for start in range(0, len(order), recipe.screens):
            optimiser.zero_grad()
            for index in order[start : start + recipe.screens].tolist():
                loss(screens[index]).backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(module.parameters(), 1.0)
            optimiser.step()
            plan.step()
    module.eval()


def _pointer_hits(module: PointerModule, views: Sequence[View]) -> Hits:
    return np.concatenate([_hits(view, [where for _, where in answers(module, view)]) for view in views])


def _hits(view: View, points: Sequence[tuple[float, float]]) -> Hits:
    pairs = zip(view.instructions, points, strict=True)
    return np.array([any(b.contains(Point(*at)) for b in one.boxes) for one, at in pairs if one.boxes], dtype=bool)


def _regression_hits(train: Sequence[View], test: Sequence[View], recipe: Recipe) -> Hits:
    def loss(module: nn.Module, screen: ScreenTensors, goal: Tensor) -> Tensor:
        return functional.l1_loss(module(screen), goal, reduction="none").sum(-1)

    return _point_hits(PointRegression, loss, lambda module, screen: module(screen), train, test, recipe)


def _text_hits(train: Sequence[View], test: Sequence[View], recipe: Recipe) -> Hits:
    def loss(module: nn.Module, screen: ScreenTensors, goal: Tensor) -> Tensor:
        digits = digits_of(goal)
        logits: Tensor = module(screen, digits)[0]
        costs = functional.cross_entropy(logits.flatten(0, 1), digits.flatten(), reduction="none")
        total: Tensor = costs.reshape(digits.shape).sum(-1)
        return total

    return _point_hits(PointText, loss, lambda module, screen: shares_from(module(screen)[1]), train, test, recipe)


def digits_of(shares: Tensor) -> Tensor:
    """(I, 6) the digits of (I, 2) shares of the screen, in thousandths."""
    thousandths = (shares * 10**_DIGITS).long().clamp(0, 10**_DIGITS - 1)
    places = torch.tensor([10**place for place in range(_DIGITS - 1, -1, -1)])
    digits: Tensor = (thousandths[..., None] // places % 10).flatten(1)
    return digits


def shares_from(digits: Tensor) -> Tensor:
    """(I, 2) the middles of what (I, 6) digits say."""
    places = 10.0 ** -torch.arange(1, _DIGITS + 1)
    shares: Tensor = (digits.reshape(-1, 2, _DIGITS) * places).sum(-1) + 0.5 * 10.0**-_DIGITS
    return shares


def _point_hits(
    answer: Callable[[PointerModule, int], nn.Module],
    loss: Callable[[nn.Module, ScreenTensors, Tensor], Tensor],
    points: Callable[[nn.Module, ScreenTensors], Tensor],
    train: Sequence[View],
    test: Sequence[View],
    recipe: Recipe,
) -> Hits:
    """Hits of an answer that is a point of the screen, (I, 2) in shares, whatever the elements are."""
    sizes = sizes_of(train)
    torch.manual_seed(recipe.seed)
    module = answer(PointerModule(sizes, dropout=recipe.dropout), sizes.wide)
    pairs = [(one, _goals(view)) for view in train if (one := tensors_of(view, learnable=False)) is not None]
    goals = {id(one): goal for one, goal in pairs}

    def mean(screen: ScreenTensors) -> Tensor:
        goal, mask = goals[id(screen)]
        return (loss(module, screen, goal) * mask).sum() / mask.sum().clamp(min=1)

    _trained(module, [one for one, _ in pairs], recipe, mean)
    result = []
    with torch.inference_mode():
        for view in test:
            screen = tensors_of(view, learnable=False)
            assert screen is not None
            result.append(_hits(view, [(float(x), float(y)) for x, y in points(module, screen).numpy() * _size(view)]))
    return np.concatenate(result)


def _goals(view: View) -> tuple[Tensor, Tensor]:
    """(I, 2) the middle of each instruction's first target, as shares of the screen; (I,) 1 where there is one."""
    middles = [(one.boxes[0].centre.x, one.boxes[0].centre.y) if one.boxes else (0, 0) for one in view.instructions]
    goals = np.array(middles) / _size(view)
    mask = np.array([bool(one.boxes) for one in view.instructions])
    return torch.tensor(goals, dtype=torch.float32), torch.tensor(mask, dtype=torch.float32)


def _size(view: View) -> Array:
    return np.asarray(view.arrays["size"], dtype=float)


def _ranker_hits(train: Sequence[View], test: Sequence[View], recipe: Recipe) -> Hits:
    screens = [one for view in train if (one := tensors_of(view)) is not None]
    torch.manual_seed(recipe.seed)
    module = ListwiseRanker(_columns(screens[0]).shape[-1])

    def loss(screen: ScreenTensors) -> Tensor:
        rows = screen.right[:, :-1].sum(1) > 0
        target = screen.right[rows, :-1]
        return functional.kl_div(module(screen)[rows].log_softmax(-1), target, reduction="sum") / len(screen.asks)

    _trained(module, screens, recipe, loss)
    with torch.inference_mode():
        return np.concatenate([_ranked(view, lambda screen: module(screen).numpy()) for view in test])


def _ranked(view: View, scores: Callable[[ScreenTensors], Array]) -> Hits:
    """Hits of the middle of the best element, or of its named words."""
    screen = tensors_of(view, learnable=False)
    assert screen is not None
    best = np.where(view.arrays["meant"], scores(screen), -np.inf).argmax(1)
    edges, spans = view.arrays["edges"][best], view.arrays["spans"][np.arange(len(best)), best]
    x = edges[:, 0] + spans.mean(1) * (edges[:, 2] - edges[:, 0])
    return _hits(view, list(zip(x.tolist(), ((edges[:, 1] + edges[:, 3]) / 2).tolist(), strict=True)))


def _tree_hits(train: Sequence[View], test: Sequence[View], recipe: Recipe) -> Hits:
    """Gradient boosting over single elements, right or not (scikit-learn, which no extra brings)."""
    ensemble = import_module("sklearn.ensemble")
    random = np.random.default_rng(recipe.seed)
    rows, labels = [], []
    for view in random.permutation(np.array(train, dtype=object))[:_TREE_SCREENS]:
        screen = tensors_of(view)
        if screen is None:
            continue
        columns, right = _columns(screen).numpy(), screen.right[:, :-1].numpy() > 0
        for index in range(len(right)):
            wrong = np.flatnonzero(~right[index])
            chosen = [*np.flatnonzero(right[index]), *random.permutation(wrong)[:_NEGATIVES]]
            rows.append(columns[index, chosen])
            labels.append(right[index, chosen])
    model = ensemble.HistGradientBoostingClassifier(max_iter=300, learning_rate=0.08, random_state=recipe.seed)
    model.fit(np.concatenate(rows), np.concatenate(labels))

    def scores(screen: ScreenTensors) -> Array:
        columns = _columns(screen).numpy()
        flat = model.predict_proba(columns.reshape(-1, columns.shape[-1]))[:, 1]
        return np.asarray(flat.reshape(columns.shape[:2]))

    return np.concatenate([_ranked(view, scores) for view in test])
