"""Heads of known patterns: queries and keys, (N, d) each, that look at columns, near them, or at blocks by content."""

from __future__ import annotations

import torch

N, BLOCK = 1024, 64


def columns(d=16):
    """All queries look at keys 70 and 330, wherever they stand; the means of their blocks do not show it."""
    noise = torch.Generator().manual_seed(0)
    q, k = 0.1 * torch.randn(N, d, generator=noise), 0.1 * torch.randn(N, d, generator=noise)
    q[:, 0] = 10.0
    for key in (70, 330):
        k[key // BLOCK * BLOCK : (key // BLOCK + 1) * BLOCK, 0] = -10.0 / (BLOCK - 1)
        k[key, 0] = 10.0
    return q, k


def local():
    """Queries look at every 16th of the keys near them, so that means of blocks do not show it.

    The last ones, by which lines are chosen, look at some keys far back instead.
    """
    near = torch.tensor([0.0, 1, -1, 2, -2, 4, -4]) / 400
    at = torch.arange(N)[:, None] * (2 * torch.pi / 16 + near)  # the sum of these cosines is 7 at 0 and fades away
    x = torch.cat([at.cos(), at.sin(), torch.zeros(N, 2)], -1)
    q, k = 4 * x, 2 * x
    q[-64:], q[-64:, -1], k[300:460:2, -1], k[301:460:2, -1] = 0.0, 20.0, 20.0, -20.0
    return q, k


def by_content(d=16):
    """The queries of each row look at one block, each at another."""
    axes = torch.randn(d, d, generator=torch.Generator().manual_seed(2))
    axes = axes / axes.norm(dim=-1, keepdim=True)
    block = torch.arange(N) // BLOCK
    return 20 * axes[(block * 5 % 16) * (block * 5 % 16 < block)], 3 * axes[block]
