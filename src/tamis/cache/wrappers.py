"""Policies made of policies: protect, pool, chunk, per layer."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from tamis.errors import InvalidPlan
from tamis.models.transformers.attended import Attended, KVPolicy


def protect(policy: KVPolicy, *, sink: int = 4, recent: int = 64, spans: Sequence[tuple[int, int]] = ()) -> KVPolicy:
    """The policy, with the first and last entries and spans of positions above all others (score +inf).

    spans -- half-open (start, end) positions of a text, for instance its system prompt
    """

    def score(attended: Attended) -> Tensor:
        valid, places = attended.mask, attended.places
        rank = valid.cumsum(1) - 1
        keep = (rank < sink) | (rank >= valid.sum(1, keepdim=True) - recent)
        for start, end in spans:
            keep = keep | ((places >= start) & (places < end))
        scores = policy(attended)
        return scores.masked_fill((keep & valid).to(scores.device)[:, None], math.inf)

    return score


def pool(policy: KVPolicy, *, kernel: int = 5) -> KVPolicy:
    """The policy, its scores smoothed by the mean of the `kernel` entries around; neighbours stay together."""
    if kernel < 1 or kernel % 2 == 0:
        raise InvalidPlan(f"A kernel must be odd and positive, got {kernel!r}.", hint="SnapKV takes 5.")

    def score(attended: Attended) -> Tensor:
        return F.avg_pool1d(policy(attended), kernel, stride=1, padding=kernel // 2, count_include_pad=False)

    return score


def chunk(policy: KVPolicy, *, size: int = 16) -> KVPolicy:
    """The policy, every run of `size` entries scored by its mean (ChunkKV, Liu et al. 2025): runs rise and fall whole.

    Padding does not count; a run with a protected entry is protected.
    """
    if size < 1:
        raise InvalidPlan(f"A chunk holds at least one entry, got {size!r}.")

    def score(attended: Attended) -> Tensor:
        scores, length = policy(attended), attended.length
        fill = -length % size
        there = F.pad(attended.mask.to(scores.device), (0, fill)).view(-1, 1, (length + fill) // size, size)
        cut = F.pad(scores, (0, fill)).view(*scores.shape[:2], -1, size).masked_fill(~there, 0)
        mean = cut.sum(-1) / there.sum(-1).clamp_min(1)
        return mean.repeat_interleave(size, -1)[..., :length]

    return score


def per_layer(policy_of_layer: Callable[[int], KVPolicy]) -> KVPolicy:
    """The policy that `policy_of_layer` names for each layer."""
    return lambda attended: policy_of_layer(attended.layer)(attended)


def summed(parts: Sequence[tuple[float, KVPolicy]]) -> KVPolicy:
    """The weighted sum of the scores of policies."""
    return lambda attended: torch.stack([weight * policy(attended) for weight, policy in parts]).sum(0)
