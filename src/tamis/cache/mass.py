"""How much of a prompt's attention falls on what a layer keeps, from a sample of its queries."""

from __future__ import annotations

import torch
from torch import Tensor

from tamis.models.transformers.attended import Attended


def kept_mass(attended: Attended, mask: Tensor, samples: int) -> float:
    """The mean share of attention, over heads and queries, that falls on the entries of the mask; 0 to 1.

    Queries are taken evenly from the prompt, the last one among them. Each is weighed as if what is kept of what came
    before it had been known then.

    attended -- with queries of the whole prompt
    mask -- (b, kv, t) True for what is kept
    """
    queries, t = attended.required_queries(), attended.length
    rows = torch.linspace(0, t - 1, min(samples, t)).round().long().flip(0)
    group = queries.shape[1] // attended.heads
    keys = attended.keys.float().repeat_interleave(group, 1)
    scores = queries[:, :, rows].float() @ keys.transpose(2, 3) * attended.score_scale
    later = torch.arange(t)[None, :] > rows[:, None]
    hidden = later.to(scores.device) | ~attended.mask.to(scores.device)[:, None, None, :]
    weights = scores.masked_fill(hidden, torch.finfo(scores.dtype).min).softmax(-1)
    kept = (weights * mask.to(weights.device).repeat_interleave(group, 1)[:, :, None]).sum(-1)
    live = attended.mask.to(kept.device)[:, None, rows].expand_as(kept)
    return float(kept[live].mean())
