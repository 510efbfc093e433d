"""Which dimension to scale, by how much, in which layers: whatever makes answers likeliest, wherever they stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import product
from statistics import fmean
from typing import Any

import torch

from tamis.attention.position.dimension import PositionalDimension, Trial, shape_of
from tamis.attention.position.hidden import candidates, profile, random_prompts
from tamis.attention.position.pairs import Lookup
from tamis.attention.position.scale import SKIP, scaled
from tamis.errors import InvalidInput

FACTORS = (-1.0, -0.5, 0.0, 0.5)  # the useful ones, says arXiv 2406.02536
TOKENS = 8_192  # read at once


def search(
    model: Any, lookups: Sequence[Lookup], *, dimensions: Iterable[int] | None = None,
    factors: Sequence[float] = FACTORS, layers: Sequence[range] | None = None, skip: int = SKIP,
) -> PositionalDimension:  # fmt: skip
    """Try every dimension with every factor in every range of layers, and keep what loses least.

    The loss is the mean over places, so that no place outweighs another. Measure the gain on lookups of another seed:
    on these the best of many is partly luck.

    Args:
        model: of transformers.
        lookups: what answers are scored on.
        dimensions: to try; the ten smoothest `candidates` on random prompts if not given.
        factors: to try.
        layers: ranges to try; if not given, the middle ones that the paper takes (10 to 24 of 32).
        skip: first positions whose keys stay as they are.

    Raises:
        InvalidInput: no lookups, nothing to try, or no dimension that follows the position.
        UnsupportedModel: of `scaled`.
    """
    numbers = list(_likely(model) if dimensions is None else dimensions)
    ranges = [middle(model.config.get_text_config().num_hidden_layers)] if layers is None else list(layers)
    settings = list(product(numbers, factors, ranges))
    if not lookups or not settings or any(one.step != 1 for one in ranges):
        raise InvalidInput(
            f"{len(lookups)} lookups; dimensions {numbers!r}, factors {factors!r}, layers {ranges!r}.",
            hint="Give some of each; where no dimension follows the position, there is none to scale.",
        )
    trials = []
    for dimension, factor, chosen in settings:
        how = {"dimension": dimension, "factor": factor, "layers": chosen, "skip": skip}
        trials.append(Trial(dimension, factor, (chosen.start, chosen.stop), loss(model, lookups, how)))
    trials.sort(key=lambda one: one.loss)
    return PositionalDimension(trials[0], loss(model, lookups), shape_of(model), skip, tuple(trials))


def middle(layers: int) -> range:
    """The layers that the paper scales: from a third on, to four fifths. Example: range(10, 25) of 32."""
    return range(layers * 10 // 32, max(layers * 25 // 32, layers * 10 // 32 + 1))


def loss(model: Any, lookups: Sequence[Lookup], how: dict[str, Any] | None = None) -> float:
    """Of the right answers, nats a token: the mean over the places' means; `how` are arguments of `scaled`."""
    places: dict[int, list[float]] = {}
    for group in _alike(lookups):
        block: AbstractContextManager[None] = scaled(model, **how, last=len(group[0].answer)) if how else nullcontext()
        with block:
            for one, nats in zip(group, _losses(model, group), strict=True):
                places.setdefault(one.place, []).append(nats)
    return fmean(fmean(nats) for nats in places.values())


def _alike(lookups: Sequence[Lookup]) -> Iterator[list[Lookup]]:
    """Those of the same lengths together, few enough to be read at once."""
    groups: dict[tuple[int, int], list[Lookup]] = {}
    for one in lookups:
        groups.setdefault((len(one.prompt), len(one.answer)), []).append(one)
    for (prompt, answer), group in groups.items():
        size = max(TOKENS // (prompt + answer), 1)
        yield from (group[start : start + size] for start in range(0, len(group), size))


@torch.no_grad()
def _losses(model: Any, group: Sequence[Lookup]) -> list[float]:
    """All tokens of an answer at once: each sees what it would see were it decoded behind those before."""
    ids = torch.tensor([[*one.prompt, *one.answer[:-1]] for one in group], device=model.device)
    right = torch.tensor([one.answer for one in group], device=model.device)
    logits = model(input_ids=ids, use_cache=False, logits_to_keep=right.shape[1]).logits.float()
    nats = torch.nn.functional.cross_entropy(logits.transpose(1, 2), right, reduction="none").mean(1)
    return [float(one) for one in nats]


def _likely(model: Any) -> list[int]:
    return [one.dimension for one in candidates(profile(model, random_prompts(model)))]
