"""The pointer's head in torch: the arithmetic of `tamis.models.pointer`, for training.

All instructions of one screen go through together: I instructions, n elements, h hidden, d wide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from tamis.models.pointer import HEADS, SHIFT
from tamis.screen.pointer_words import BUCKETS


@dataclass(frozen=True, slots=True)
class HeadSizes:
    """Widths: of the columns that come in, and of what is between.

    Attributes:
        looks, sides, icons: of what is known of an element.
        asks, matches: of an instruction, and of how elements fit it.
        table: of a part's vector.
        hidden, wide: of the keys before and in the attention.
    """

    looks: int
    sides: int
    icons: int
    asks: int
    matches: int
    table: int = 32
    hidden: int = 160
    wide: int = 96


@dataclass(frozen=True, slots=True)
class ScreenTensors:
    """One screen and its instructions.

    Attributes:
        looks: (n, columns). bags: of each element. sides: (n, sides), n for none. icons: (n, width).
        asks: (I, columns). parts: 3 I bags, three for each instruction. matches: (I, n, columns). spans: (I, n, 2).
        weights: (I,) how often each is shown, beside the others of its screen.
        right: (I, n + 1) shares of the target distribution. inside: (I, n, 4) the target in each element, as shares.
    """

    looks: Tensor
    bags: Sequence[Tensor]
    sides: Tensor
    icons: Tensor
    asks: Tensor
    parts: Sequence[Tensor]
    matches: Tensor
    spans: Tensor
    right: Tensor
    inside: Tensor
    weights: Tensor


class PointerModule(nn.Module):
    """GUI-Actor's action head with a null key and an offset; see `tamis.models.pointer`."""

    def __init__(self, sizes: HeadSizes, *, dropout: float = 0.1) -> None:
        super().__init__()
        s, h, d = sizes, sizes.hidden, sizes.wide
        self.table = nn.EmbeddingBag(BUCKETS, s.table, mode="sum")
        nn.init.normal_(self.table.weight, std=0.3)
        self.static = nn.Linear(s.looks + s.table * (1 + s.sides) + s.icons, h)
        self.query = nn.Linear(3 * s.table + s.asks, h)
        self.match = nn.Linear(s.matches, h)
        self.asked = nn.Linear(h, h)
        self.best = nn.Linear(s.matches, h)
        self.null = nn.Parameter(torch.zeros(h))
        self.key = nn.Linear(h, d)
        self.mix_in, self.mix_out = nn.Linear(d, 3 * d), nn.Linear(d, d)
        self.norm = nn.LayerNorm(d)
        self.values = nn.Sequential(nn.Linear(d, d), nn.GELU(), nn.Linear(d, d))
        self.actor = nn.Sequential(nn.Linear(h, d), nn.GELU(), nn.Linear(d, d))
        self.offset = nn.Linear(d, 2)
        self.drop = nn.Dropout(dropout)
        nn.init.zeros_(self.offset.weight)

    def forward(self, screen: ScreenTensors) -> tuple[Tensor, Tensor]:
        """(I, n + 1) logits, and (I, n, 2) points in the elements."""
        hidden, mixed = self.states(screen)
        logits = self.logits(hidden, mixed)
        start = torch.stack([screen.spans.mean(-1), torch.full_like(screen.spans[..., 0], 0.5)], dim=-1)
        return logits, start + SHIFT * torch.tanh(self.offset(mixed[:, :-1]))

    def logits(self, hidden: Tensor, mixed: Tensor) -> Tensor:
        """(I, n + 1) the product of what each MLP makes of its side, over the root of the width."""
        logits: Tensor = (self.values(mixed) @ self.actor(hidden)[..., None]).squeeze(-1) / mixed.shape[-1] ** 0.5
        return logits

    def states(self, screen: ScreenTensors) -> tuple[Tensor, Tensor]:
        """(I, h) of the instructions, and (I, n + 1, d) keys after self-attention."""
        texts = self._bags(screen.bags)
        beside = torch.cat([texts, torch.zeros_like(texts[:1])])[screen.sides].flatten(1)
        keys = self.static(torch.cat([screen.looks, self.drop(texts), self.drop(beside), screen.icons], dim=1))
        words = self.drop(self._bags(screen.parts).reshape(len(screen.asks), -1))
        hidden = functional.gelu(self.query(torch.cat([words, screen.asks], dim=1)))
        asked = self.asked(hidden)
        inner = functional.gelu(keys + self.match(screen.matches) + asked[:, None])
        none = functional.gelu(self.null + self.best(screen.matches.amax(1)) + asked)
        return hidden, self._mixed(self.key(self.drop(torch.cat([inner, none[:, None]], dim=1))))

    def _mixed(self, keys: Tensor) -> Tensor:
        count, n, d = keys.shape
        parts = self.mix_in(keys).reshape(count, n, 3, HEADS, d // HEADS).permute(2, 0, 3, 1, 4)
        out = functional.scaled_dot_product_attention(parts[0], parts[1], parts[2])
        mixed: Tensor = self.norm(keys + self.drop(self.mix_out(out.transpose(1, 2).reshape(count, n, d))))
        return mixed

    def _bags(self, bags: Sequence[Tensor]) -> Tensor:
        """(len(bags), e) the sum of each bag's rows over the root of their number."""
        sizes = torch.tensor([len(bag) for bag in bags])
        starts = torch.cat([torch.zeros(1, dtype=torch.long), sizes.cumsum(0)[:-1]])
        total: Tensor = self.table(torch.cat(list(bags)), starts)
        return total / sizes.clamp(min=1).sqrt()[:, None]


def loss_of(logits: Tensor, points: Tensor, screen: ScreenTensors, *, offset: float = 1.0) -> Tensor:
    """KL of the attention to the uniform distribution over right elements (Wu et al. 2025, 3.3), and the offset's.

    The point of each right element costs how far it is outside of the target, and a tenth of how far from its middle.
    """
    divergence = functional.kl_div(logits.log_softmax(-1), screen.right, reduction="batchmean")
    low, high = screen.inside[..., :2], screen.inside[..., 2:]
    outside = functional.relu(low - points) + functional.relu(points - high)
    away = outside + 0.1 * (points - (low + high) / 2).abs()
    mask = screen.right[:, :-1] > 0
    return divergence + offset * (away.sum(-1) * mask).sum() / mask.sum().clamp(min=1)
