"""The loss over a large vocabulary without its logits: forward and backward in one sweep over chunks of tokens.

On a CPU the softmax over 24,576 tokens costs more in memory traffic than in arithmetic: torch writes logits,
log-probabilities and two gradients of 200 MB each for 2,048 tokens. Here a chunk stays in the cache.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

CHUNK = 256  # tokens: 25 MB of logits


class _Loss(torch.autograd.Function):
    """Sum of -log softmax(h W^T)[wanted]; gradients are computed on the way, since the loss is used as it is."""

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, weight: Tensor, wanted: Tensor) -> Tensor:
        total = hidden.new_zeros(())
        gradients = [torch.empty_like(hidden), torch.zeros_like(weight)]
        for at in range(0, len(hidden), CHUNK):
            part = slice(at, at + CHUNK)
            logits = hidden[part] @ weight.T
            rows = torch.arange(len(logits), device=logits.device)
            total += -logits[rows, wanted[part]].sum()
            top = logits.max(dim=1, keepdim=True).values
            chance = logits.sub_(top).exp_()
            size = chance.sum(dim=1, keepdim=True)
            total += (size.log() + top).sum()
            chance.div_(size)
            chance[rows, wanted[part]] -= 1
            torch.mm(chance, weight, out=gradients[0][part])
            gradients[1].addmm_(chance.T, hidden[part])
        ctx.save_for_backward(*gradients)
        return total

    @staticmethod
    def backward(ctx: Any, *outer: Tensor) -> tuple[Tensor | None, ...]:
        hidden, weight = ctx.saved_tensors
        return hidden * outer[0], weight * outer[0], None


def token_loss(hidden: Tensor, weight: Tensor, wanted: Tensor) -> Tensor:
    """The mean negative log-likelihood in nats.

    hidden -- (n, d); weight -- (v, d); wanted -- (n,) token ids
    """
    total: Tensor = _Loss.apply(hidden, weight, wanted)  # type: ignore[no-untyped-call]
    return total / len(wanted)
