"""Policies that look at keys, values and places only: no queries needed."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from tamis.models.transformers.attended import Attended, KVPolicy


def streaming(*, sink: int = 4) -> KVPolicy:
    """The first `sink` entries, then the most recent (StreamingLLM, Xiao et al. 2023, sec. 3.2)."""

    def score(attended: Attended) -> Tensor:
        valid = attended.mask
        rank = valid.cumsum(1) - 1  # place among the entries that are no padding
        ranked = torch.where(rank < sink, attended.length + sink - rank, rank).to(torch.float32)
        return ranked[:, None].expand(attended.keys.shape[:3]).to(attended.keys.device)

    return score


def knorm() -> KVPolicy:
    """Keys of small norm (Devoto et al. 2024: they draw the most attention)."""
    return lambda attended: -attended.keys.float().norm(dim=-1)


def key_diff() -> KVPolicy:
    """Keys unlike the mean key (KeyDiff, Park et al. 2025): minus the cosine to the mean of the unit keys."""

    def score(attended: Attended) -> Tensor:
        unit = F.normalize(attended.keys.float(), dim=-1)
        there = attended.mask.to(unit.device)[:, None, :, None]
        anchor = (unit * there).sum(2, keepdim=True) / there.sum(2, keepdim=True).clamp_min(1)
        return -F.cosine_similarity(unit, anchor, dim=-1)

    return score


def value_norm() -> KVPolicy:
    """Values of large norm: they move the output most for the same attention (Guo et al. 2024, VATP)."""
    return lambda attended: attended.values.float().norm(dim=-1)


def random(*, seed: int = 0) -> KVPolicy:
    """Chance: the floor that a policy has to beat. A function of seed, layer and shape."""

    def score(attended: Attended) -> Tensor:
        dice = torch.Generator().manual_seed(seed * 1_000_003 + attended.layer)
        return torch.rand(attended.keys.shape[:3], generator=dice).to(attended.keys.device)

    return score
