"""Rotary positions (RoPE, Su et al. 2021, arXiv 2104.09864): vectors turned by their place, and how a model turns them.

Knows models that pair the first half of a head with the second (Llama, Qwen, Mistral).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, TypeAlias

import torch
from torch import Tensor, nn

from tamis.errors import UnsupportedModel

Rotary: TypeAlias = Callable[[Tensor], tuple[Tensor, Tensor]]
"""Positions (n,) -> cosines and sines, (n, d) each."""


def rotated(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Vectors (..., d) turned by the angles of RoPE, first half paired with second half."""
    left, right = x.chunk(2, -1)
    return x * cos + torch.cat([-right, left], -1) * sin


def rotary_of(model: nn.Module, module: nn.Module) -> Rotary | None:
    """The rotation of a model; None for a model without one.

    Called for a model that does not pair the first half of a head with the second, it raises UnsupportedModel.
    """
    embedding: Any = next((part for name, part in model.named_modules() if name.endswith("rotary_emb")), None)
    if embedding is None:
        return None

    def rotary(positions: Tensor) -> tuple[Tensor, Tensor]:
        like = next(model.parameters())
        cos, sin = embedding(like.new_zeros(1, 1, 1, dtype=torch.float32), positions.to(like.device)[None])
        scaling = getattr(embedding, "attention_scaling", 1.0)  # keys and queries have it already
        _must_pair_halves(module, cos, sin)
        return cos[0].float() / scaling, sin[0].float() / scaling

    return rotary


def _must_pair_halves(module: nn.Module, cos: Tensor, sin: Tensor) -> None:
    apply = getattr(sys.modules[type(module).__module__], "apply_rotary_pos_emb", None)
    width = int(getattr(module, "head_dim", cos.shape[-1]))
    x = torch.linspace(-1, 1, cos.shape[1] * width, device=cos.device).view(1, 1, cos.shape[1], width)
    ours = rotated(x, cos[:, None], sin[:, None]) if cos.shape[-1] == width else None
    if apply is None or ours is None or not torch.allclose(apply(x, x, cos, sin)[0], ours, atol=1e-5):
        raise UnsupportedModel(
            f"{type(module).__name__} rotates queries in a way of its own.",
            hint="Take a policy that does not need it: snapkv, tova, knorm.",
        )
