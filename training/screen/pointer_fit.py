"""How the pointer is trained: batches of a few screens, KL to all right elements, leaving sources out to choose."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from tamis.models.pointer import Attention
from tamis.screen.pointer import Aim, aim_of
from tamis.screen.pointer_ask import COLUMNS as ASKS
from tamis.screen.pointer_candidates import PointerQuestion
from tamis.screen.pointer_geometry import same_place
from tamis.screen.pointer_looks import COLUMNS as LOOKS
from tamis.screen.pointer_looks import SIDES
from tamis.screen.pointer_match import COLUMNS as MATCHES
from training.screen.pointer_data import Array, View, bags_of
from training.screen.pointer_head import HeadSizes, PointerModule, ScreenTensors, loss_of

WEIGHTS = {"text": 1.0, "icon": 1.0, "relation": 1.5, "absent": 2.0, "input": 4.0, "ordinal": 2.0, "place": 2.0}
LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How long and how fast.

    Attributes:
        screens: of a batch.
        asked: instructions of a screen that an epoch shows, drawn anew each time; rare kinds more often (`WEIGHTS`).
        noise: the share of columns of how elements fit that are hidden, a whole column of a screen at a time.
        average: of the weights over the steps, as exponential decay; 0 for the last ones.
        single: the target is one right element, the best by the rules, not all (an ablation).
    """

    epochs: int = 12
    screens: int = 3
    asked: int = 10
    rate: float = 2e-3
    decay: float = 0.01
    dropout: float = 0.3
    noise: float = 0.1
    offset: float = 1.0
    average: float = 0.99
    seed: int = 0
    single: bool = False


def sizes_of(views: Sequence[View], **sizes: int) -> HeadSizes:
    """The widths that fit the columns."""
    width = views[0].arrays["icons"].shape[1]
    return HeadSizes(len(LOOKS), len(SIDES), width, len(ASKS), len(MATCHES), **sizes)


def tensors_of(view: View, *, single: bool = False, learnable: bool = True) -> ScreenTensors | None:
    """A screen as the head takes it; None where nothing on it can be learned from.

    learnable -- leave out what asks for something that is there, but is none of the elements
    """
    arrays, target = view.arrays, shares_of(view, single=single)
    rows: Array = np.flatnonzero(target.sum(1)) if learnable else np.arange(len(target))
    if not rows.size:
        return None
    parts = bags_of(view, "parts")
    count = target.shape[1] - 1
    sides = np.where(arrays["sides"] < 0, count, arrays["sides"]).astype(np.int64)
    return ScreenTensors(
        _float(arrays["looks"]), [torch.from_numpy(bag) for bag in bags_of(view, "bags")], torch.from_numpy(sides),
        _float(arrays["icons"]), _float(arrays["asks"][rows]),
        [torch.from_numpy(parts[3 * row + number]) for row in rows for number in range(3)],
        _float(arrays["matches"][rows]), _float(arrays["spans"][rows]), _float(target[rows]),
        _float(arrays["inside"][rows]), torch.tensor([WEIGHTS.get(view.instructions[row].kind, 1.0) for row in rows]),
    )  # fmt: skip


def shares_of(view: View, *, single: bool = False) -> Array:
    """(I, n + 1) what the attention of each instruction should be; zeros where its target is none of the elements."""
    absent = np.array([not one.boxes for one in view.instructions], dtype=bool)
    right = view.arrays["right"].astype(np.float32)
    if single:
        first = (right * (1 + view.arrays["matches"][..., MATCHES.index("rules")])).argmax(1)
        right = np.where(right.max(1, keepdims=True) > 0, np.eye(right.shape[1], dtype=np.float32)[first], 0)
    target: Array = np.concatenate([right, absent[:, None]], axis=1).astype(np.float32)
    return np.asarray(target / np.maximum(target.sum(1, keepdims=True), 1))


def _float(values: Array) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(values, dtype=np.float32))


def fit(views: Sequence[View], recipe: Recipe, **sizes: int) -> PointerModule:
    """A head trained on the views."""
    torch.manual_seed(recipe.seed)
    screens = [one for view in views if (one := tensors_of(view, single=recipe.single)) is not None]
    module = PointerModule(sizes_of(views, **sizes), dropout=recipe.dropout)
    optimiser = torch.optim.AdamW(module.parameters(), lr=recipe.rate, weight_decay=recipe.decay)
    steps = recipe.epochs * math.ceil(len(screens) / recipe.screens)
    plan = torch.optim.lr_scheduler.OneCycleLR(optimiser, recipe.rate, total_steps=steps, pct_start=0.1)
    decay = get_ema_multi_avg_fn(recipe.average)  # type: ignore[no-untyped-call]
    mean = AveragedModel(module, multi_avg_fn=decay)
    module.train()
    for epoch in range(recipe.epochs):
        total = 0.0
        for batch in _batches(screens, recipe, epoch):
            some = [_hidden(_drawn(one, recipe.asked), recipe.noise) for one in batch]
            asked = sum(len(one.asks) for one in some)
            optimiser.zero_grad()
            for one in some:
                logits, points = module(one)
                loss = loss_of(logits, points, one, offset=recipe.offset) * len(one.asks) / asked
                loss.backward()  # type: ignore[no-untyped-call]
                total += loss.item() / math.ceil(len(screens) / recipe.screens)
            torch.nn.utils.clip_grad_norm_(module.parameters(), 1.0)
            optimiser.step()
            plan.step()
            mean.update_parameters(module)
        LOG.info("epoch %d: loss %.4f", epoch + 1, total)
    module.load_state_dict(mean.module.state_dict())
    return module.eval()


def _batches(screens: Sequence[ScreenTensors], recipe: Recipe, epoch: int) -> Iterator[list[ScreenTensors]]:
    order = np.random.default_rng((recipe.seed, epoch)).permutation(len(screens))
    for start in range(0, len(order), recipe.screens):
        yield [screens[int(i)] for i in order[start : start + recipe.screens]]


def _drawn(screen: ScreenTensors, most: int) -> ScreenTensors:
    """The screen with some of its instructions."""
    if len(screen.asks) <= most:
        return screen
    rows = torch.multinomial(screen.weights, most)
    parts = [screen.parts[3 * row + number] for row in rows.tolist() for number in range(3)]
    return replace(
        screen, asks=screen.asks[rows], parts=parts, matches=screen.matches[rows], spans=screen.spans[rows],
        right=screen.right[rows], inside=screen.inside[rows], weights=screen.weights[rows],
    )  # fmt: skip


def _hidden(screen: ScreenTensors, share: float) -> ScreenTensors:
    """The screen with some columns of the matches set to 0, each for some instructions."""
    if not share:
        return screen
    keep = (torch.rand(len(screen.asks), 1, screen.matches.shape[2]) >= share).float()
    return replace(screen, matches=screen.matches * keep)


@torch.inference_mode()
def attentions(module: PointerModule, view: View) -> list[Attention]:
    """Where each instruction of a view points."""
    screen = tensors_of(view, learnable=False)
    assert screen is not None
    logits, points = module(screen)
    kept = points.clamp(0.02, 0.98)
    return [Attention(one.numpy(), where.numpy()) for one, where in zip(logits, kept, strict=True)]


def answers(module: PointerModule, view: View, temperature: float = 1.0) -> list[tuple[Aim, tuple[float, float]]]:
    """The place that each instruction of a view points at, and the point in device pixels."""
    return answers_of(attentions(module, view), view, temperature)


def answers_of(said: Sequence[Attention], view: View, temperature: float) -> list[tuple[Aim, tuple[float, float]]]:
    """The same, of attentions that are known."""
    aims = [aim_of(asked, temperature) for asked in questions_of(view, said)]
    return [(aim, point_of(view, attention, aim.best)) for aim, attention in zip(aims, said, strict=True)]


def questions_of(view: View, said: Sequence[Attention]) -> list[PointerQuestion]:
    """The instructions of a view, as a second look takes them."""
    arrays, places = view.arrays, same_place(view.arrays["edges"].astype(float))
    looks, asks, matches = (arrays[name].astype(np.float32) for name in ("looks", "asks", "matches"))
    rows = zip(said, arrays["meant"], asks, matches, strict=True)
    return [PointerQuestion(one.logits, meant, places, looks, ask, match) for one, meant, ask, match in rows]


def point_of(view: View, attention: Attention, element: int) -> tuple[float, float]:
    """Where a click on an element goes, in device pixels."""
    left, top, right, bottom = view.arrays["edges"][element].astype(float).tolist()
    across, down = attention.points[element].tolist()
    return left + across * (right - left), top + down * (bottom - top)
