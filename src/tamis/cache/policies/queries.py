"""Policies that look at queries: the attention of recent queries, or the attention to expect."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from tamis.errors import InvalidPlan
from tamis.models.transformers.attended import Attended, KVPolicy
from tamis.models.transformers.rotary import rotated


def h2o() -> KVPolicy:
    """Attention received, mean over the queries that may see the entry (H2O, Zhang et al. 2023, on observed weights).

    Without observed weights they are computed from the queries; that takes (h, tq, t) floats.
    """

    def score(attended: Attended) -> Tensor:
        weights = (
            attended.weights if attended.weights is not None else attended.window(attended.required_queries().shape[2])
        )
        seen = (attended.length - torch.arange(attended.length)).clamp_max(weights.shape[2])
        return attended.grouped(weights.float().sum(2)) / seen.to(weights.device)

    return score


def snapkv(*, window: int = 64, kernel: int = 5) -> KVPolicy:
    """Attention of the last `window` queries, over `kernel` entries; the window stays (SnapKV, Li 2024)."""
    if kernel % 2 == 0:
        raise InvalidPlan(f"A kernel must be odd, got {kernel!r}.", hint="SnapKV takes 5.")

    def score(attended: Attended) -> Tensor:
        size = min(window, attended.required_queries().shape[2])
        weights = attended.window(size)[..., : attended.length - size].mean(2)
        smooth = F.avg_pool1d(weights, kernel, stride=1, padding=kernel // 2) if weights.shape[-1] else weights
        return _with_last(attended.grouped(smooth), size)

    return score


def tova() -> KVPolicy:
    """Attention of the last query, mean over all heads; the last entry stays (TOVA, Oren et al. 2024)."""

    def score(attended: Attended) -> Tensor:
        mean = attended.window(1)[:, :, 0, :-1].mean(1, keepdim=True)
        return _with_last(mean.expand(-1, attended.heads, -1), 1)

    return score


def expected_attention(*, future: int = 512, sink: int = 4, covariance: bool = True) -> KVPolicy:
    """Attention that Gaussian queries at the next `future` positions will pay, times the value's norm.

    Devoto et al. 2025: queries are taken back to position 0, their mean and covariance are rotated to the mean of the
    positions to come, and E[exp(q.k)] has a closed form. The first `sink` entries stay and take no part.
    """

    def score(attended: Attended) -> Tensor:
        first = min(sink, attended.length - 1)
        mean, spread = _statistics(attended, first, future)
        keys, scale = attended.keys[:, :, first:].float(), attended.score_scale
        keys = keys.repeat_interleave(mean.shape[1] // attended.heads, dim=1)
        scores = (keys @ mean[..., None])[..., 0] * scale
        if covariance:
            scores = scores + ((keys @ spread) * keys).sum(-1) * scale**2 / 2
        hidden = ~attended.mask.to(keys.device)[:, None, first:]
        weights = scores.masked_fill(hidden, torch.finfo(scores.dtype).min).softmax(-1)
        worth = attended.grouped(weights) * attended.values[:, :, first:].float().norm(dim=-1)
        top = worth.amax(-1, keepdim=True).expand(-1, -1, first)
        return torch.cat([top, worth], -1)

    return score


def _with_last(scores: Tensor, size: int) -> Tensor:
    """Scores with `size` more entries behind them that score as the best."""
    shape = (*scores.shape[:2], size)
    best = scores.amax(-1, keepdim=True).expand(shape) if scores.shape[-1] else scores.new_zeros(shape)
    return torch.cat([scores, best], -1)


def _statistics(attended: Attended, first: int, future: int) -> tuple[Tensor, Tensor]:
    """Mean (b, h, d) and covariance (b, h, d, d) of the queries, rotated to the positions to come."""
    queries = attended.required_queries()
    drop = max(0, first - (attended.length - queries.shape[2]))
    queries, count = queries[:, :, drop:].float(), queries.shape[2] - drop
    there = attended.mask[:, -count:].to(queries.device)[:, None, :, None].float()
    if attended.rotary is not None:
        places = attended.places[:, -count:]
        cos, sin = attended.rotary(places.reshape(-1))
        shape = (*places.shape, -1)
        queries = rotated(queries, cos.reshape(shape)[:, None], -sin.reshape(shape)[:, None])
    total = there.sum(2).clamp_min(1)
    mean = (queries * there).sum(2) / total
    centred = (queries - mean[:, :, None]) * there
    spread = centred.transpose(2, 3) @ centred / total[..., None]
    if attended.rotary is None:
        return mean, spread
    end = int(attended.places.max()) + 1
    cos, sin = (part.float().mean(0) for part in attended.rotary(torch.arange(end, end + future)))
    half = rotated(spread, cos, sin)  # rows, then columns: R C R'
    return rotated(mean, cos, sin), rotated(half.transpose(2, 3), cos, sin).transpose(2, 3)
