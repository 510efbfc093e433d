"""What each candidate loses, head by head: the error of the attention's output at sampled queries.

No N x N matrix is made: the dense attention of the sampled queries alone, one key/value head at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from tamis.attention.certify import drawn, mask_at, output_error
from tamis.attention.geometry import causal_grid
from tamis.attention.pattern_search.space import Candidate
from tamis.attention.patterns.estimate import attention_of
from tamis.attention.plan import BlockPlan
from tamis.models.transformers.attended import Attended


@dataclass(frozen=True, slots=True)
class Losses:
    """Of one layer on one text.

    Attributes:
        errors: for each candidate, of each query head: norm of the difference of sparse and dense output over the norm
            of the dense one, the mean over the sampled queries.
        densities: for each candidate, of each query head: blocks computed, as a share of dense attention.
    """

    errors: tuple[tuple[float, ...], ...]
    densities: tuple[tuple[float, ...], ...]


def losses(  # noqa: PLR0913  (tensors, and keyword options)
    q: Tensor,
    k: Tensor,
    v: Tensor,
    choices: Sequence[Candidate],
    *,
    samples: int,
    seed: int,
    scale: float | None = None,
) -> Losses:
    """What the candidates lose, and what they compute.

    q -- (1, h, tq, d); k, v -- (1, kv, tk, d)
    """
    # A head's plan is run as whole blocks beside those of other patterns (`PerHead`), so it is judged as such.
    attended = Attended.pair(q, k, scale=scale)
    plans = [one.selector(attended).snapped() for one in choices]
    rows = drawn(q.shape[2], samples, seed).to(q.device)
    errors = torch.zeros(len(plans), q.shape[1], dtype=torch.float64)
    group = q.shape[1] // k.shape[1]
    for _, kv, weights in attention_of(attended, rows[None]):
        for head in range(kv * group, (kv + 1) * group):
            dense, values = weights[head - kv * group], v[0, kv].float()
            for number, plan in enumerate(plans):
                seen = mask_at(plan, 0, head * plan.lists // q.shape[1], rows)
                errors[number, head] = output_error(dense, dense * seen, values).double().mean()
    shares = [_shares(plan, q.shape[1]) for plan in plans]
    return Losses(tuple(map(tuple, errors.tolist())), tuple(shares))


def _shares(plan: BlockPlan, heads: int) -> tuple[float, ...]:
    """Of each query head, the blocks it computes, as a share of dense attention."""
    most = causal_grid(plan.q_len, plan.kv_len, plan.block, plan.blocks.device).sum()
    each = (plan.touched[0].sum((-1, -2)).double() / most).tolist()
    return tuple(each[head * plan.lists // heads] for head in range(heads))
