"""Hidden dimensions that follow the position: in many layers they rise or fall all along, smoothly.

What a random text makes of a hidden state is averaged out over many texts; what is left depends on the position alone.
Settings are those of arXiv 2406.02536, its code: texts of 1,000 tokens, the first 300 left aside, a cubic fit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from tamis.errors import InvalidInput
from tamis.models.transformers.decoder import decoder_of

DEGREE = 3
WINDOW = 11  # of the smoothing filter; the paper's code has 10, ours is odd, so that it has a middle


@dataclass(frozen=True, slots=True)
class DimensionCandidate:
    """A dimension that follows the position.

    Attributes:
        dimension: of the hidden states, from 0.
        layers: in so many of them it rises, or falls, all along.
        roughness: sum of squared second differences of its smoothed course from 0 to 1, the mean of those layers.
    """

    dimension: int
    layers: int
    roughness: float


def random_prompts(model: Any, *, samples: int = 200, tokens: int = 1_000, seed: int = 0) -> Tensor:
    """(samples, tokens) int64: random tokens of the model's vocabulary, behind its first token where it has one."""
    config = model.config.get_text_config()
    generator = torch.Generator().manual_seed(seed)
    ids = torch.randint(config.vocab_size, (samples, tokens), generator=generator)
    begin = getattr(config, "bos_token_id", None)
    if isinstance(begin, int):
        ids[:, 0] = begin
    return ids


@torch.no_grad()
def profile(model: Any, ids: Tensor, *, batch: int = 1) -> Tensor:
    """(l - 1, t, d) float32: what goes into layers 1, 2, ... at each position, the mean over texts.

    Layer 0 is not there: it gets the embeddings, which know of no position.

    ids -- (n, t) tokens of n texts; batch: texts read at once

    Raises:
        InvalidInput: no texts, or a model of one layer.
    """
    if ids.dim() != 2 or not ids.numel() or batch < 1:
        raise InvalidInput(f"Texts of shape {tuple(ids.shape)} in batches of {batch}.", hint="(texts, tokens).")
    total: Tensor | None = None
    for start in range(0, ids.shape[0], batch):
        part = ids[start : start + batch]
        read = decoder_of(model)(input_ids=part.to(model.device), use_cache=False, output_hidden_states=True)
        # The first are the embeddings, the last what comes out of the last layer.
        states = torch.stack([state.float().sum(0) for state in read.hidden_states[1:-1]] or [torch.zeros(0)])
        total = states if total is None else total + states
    if total is None or total.dim() != 3:
        raise InvalidInput("The model has one layer.", hint="Positions are written by layers, for later ones.")
    return total / ids.shape[0]


def candidates(profile: Tensor, *, skip: float = 0.3, share: float = 0.25, count: int = 10) -> list[DimensionCandidate]:
    """The dimensions that rise or fall all along in more than a share of the layers; the smoothest, smoothest first.

    profile -- (l, t, d), of the function of that name; skip: share of first positions to leave aside

    Raises:
        InvalidInput: too few positions for the fit and the filter.
    """
    kept = profile[:, int(skip * profile.shape[1]) :].double()
    if kept.shape[1] < 2 * WINDOW:
        raise InvalidInput(f"{kept.shape[1]} positions.", hint=f"At least {2 * WINDOW} behind those left aside.")
    low, high = kept.amin(1, keepdim=True), kept.amax(1, keepdim=True)
    courses = (kept - low) / (high - low).clamp_min(torch.finfo(torch.float64).tiny)
    steady = torch.stack([_steady(course) for course in courses]) & (high > low)[:, 0]
    rough = torch.stack([_roughness(course) for course in courses])
    layers = steady.sum(0)
    mean = (rough * steady).sum(0) / layers.clamp_min(1)
    likely = [
        DimensionCandidate(int(t), int(layers[t]), float(mean[t]))
        for t in (layers > share * kept.shape[0]).nonzero().flatten()
    ]
    return sorted(likely, key=lambda one: (one.roughness, one.dimension))[:count]


def _steady(course: Tensor) -> Tensor:
    """(d,) bool: the cubic that fits best rises or falls all along. course -- (t, d)."""
    place = torch.linspace(0, 1, course.shape[0], dtype=course.dtype, device=course.device)
    fitted = torch.linalg.pinv(_powers(place)) @ course
    slope = _powers(place)[:, :DEGREE] @ (fitted[1:] * torch.arange(1, DEGREE + 1, device=place.device)[:, None])
    steady: Tensor = (slope >= 0).all(0) | (slope <= 0).all(0)
    return steady


def _roughness(course: Tensor) -> Tensor:
    """(d,): squared second differences behind a Savitzky-Golay filter. course -- (t, d)."""
    place = torch.arange(WINDOW, dtype=course.dtype, device=course.device) - WINDOW // 2
    middle = torch.linalg.pinv(_powers(place))[0]  # of the cubic through a window, its value in the middle
    smooth = course.unfold(0, WINDOW, 1) @ middle
    rough: Tensor = smooth.diff(n=2, dim=0).square().sum(0)
    return rough


def _powers(place: Tensor) -> Tensor:
    return torch.stack([place**power for power in range(DEGREE + 1)], 1)
