"""`mini-lm` in torch: a six-layer post-norm transformer, causal, with rotary positions and tied embeddings.

Shapes: b sequences, t tokens, d width, h heads, v vocabulary. The layers start from all-MiniLM-L6-v2; each token of the
new tokenizer starts from the mean of the old word pieces of its text (compare FOCUS, arXiv 2305.14481).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor, nn

from tamis.train.encoder import Shape, renamed
from tamis.train.lm.config import LMShape

EPS = 1e-12


def angles(length: int, size: int, base: float) -> tuple[Tensor, Tensor]:
    """Cosines and sines (t, size / 2) of the rotary positions 0..length - 1."""
    speed = base ** (-torch.arange(0, size, 2, dtype=torch.float32) / size)
    turned = torch.arange(length, dtype=torch.float32)[:, None] * speed
    return turned.cos(), turned.sin()


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Turn pairs (i, i + size / 2) of the last axis by their position's angle; `x` (b, h, t, size)."""
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], dim=-1)


class CausalLayer(nn.Module):
    """One post-norm transformer layer; the same names and order of operations as the encoder's."""

    def __init__(self, shape: LMShape) -> None:
        super().__init__()
        self.heads = shape.heads
        self.qkv = nn.Linear(shape.width, 3 * shape.width)
        self.out = nn.Linear(shape.width, shape.width)
        self.norm1 = nn.LayerNorm(shape.width, eps=EPS)
        self.up = nn.Linear(shape.width, shape.inner)
        self.down = nn.Linear(shape.inner, shape.width)
        self.norm2 = nn.LayerNorm(shape.width, eps=EPS)

    def forward(self, hidden: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        """`hidden` (b, t, d)."""
        b, t, d = hidden.shape
        q, k, v = self.qkv(hidden).view(b, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        q, k = rotate(q, cos, sin).to(v.dtype), rotate(k, cos, sin).to(v.dtype)
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        hidden = self.norm1(hidden + self.out(mixed.transpose(1, 2).reshape(b, t, d)))
        return self.norm2(hidden + self.down(F.gelu(self.up(hidden))))  # type: ignore[no-any-return]


class MiniLM(nn.Module):
    """The language model: `forward` gives hidden states, `logits` what comes next."""

    def __init__(self, shape: LMShape, vocabulary: int) -> None:
        super().__init__()
        self.shape = shape
        self.words = nn.Embedding(vocabulary, shape.width)
        self.shift = nn.Parameter(torch.zeros(shape.width))  # what positions and types added in the original
        self.norm = nn.LayerNorm(shape.width, eps=EPS)
        self.layers = nn.ModuleList(CausalLayer(shape) for _ in range(shape.layers))
        self.turn = nn.Linear(shape.width, shape.width)
        self.bias = nn.Parameter(torch.zeros(vocabulary))

    def forward(self, ids: Tensor) -> Tensor:
        """Hidden states (b, t, d) of tokens `ids` (b, t)."""
        hidden = self.norm(self.words(ids) + self.shift)
        cos, sin = angles(ids.shape[1], self.shape.width // self.shape.heads, self.shape.rotary)
        for layer in self.layers:
            hidden = layer(hidden, cos.to(hidden.device), sin.to(hidden.device))
        return hidden  # type: ignore[no-any-return]

    def logits(self, hidden: Tensor) -> Tensor:
        """(..., v) of the next token."""
        return F.linear(self.turn(hidden), self.words.weight, self.bias)


def started(folder: Path, shape: LMShape, tokenizer: Any) -> MiniLM:
    """A `MiniLM` whose layers and embeddings come from the original encoder."""
    original = renamed(load_file(folder / "model.safetensors"), Shape().layers)
    model = MiniLM(shape, tokenizer.get_vocab_size())
    layers = {name: value for name, value in original.items() if name.startswith(("layers.", "norm."))}
    found = model.load_state_dict(layers, strict=False)
    if found.unexpected_keys:
        raise ValueError(f"{folder}: unexpected {found.unexpected_keys}")
    with torch.no_grad():
        model.words.weight.copy_(_embeddings(original["words.weight"], folder, tokenizer))
        model.shift.copy_(original["positions.weight"].mean(0) + original["types.weight"][0])
        model.turn.weight.copy_(torch.eye(shape.width))
        model.turn.bias.zero_()
    return model


def _embeddings(words: Tensor, folder: Path, tokenizer: Any) -> Tensor:
    """(v, d): the mean of the original's vectors of each token's word pieces; the mean of all where there is none."""
    from tokenizers import Tokenizer

    pieces = Tokenizer.from_file(str(folder / "tokenizer.json"))
    pieces.no_truncation()
    pieces.no_padding()
    unknown, vocabulary = pieces.token_to_id("[UNK]"), pieces.get_vocab()
    made = words.mean(0).repeat(tokenizer.get_vocab_size(), 1)
    for number in range(1, tokenizer.get_vocab_size()):
        text = tokenizer.decode([number], skip_special_tokens=False)
        ids = pieces.encode(text, add_special_tokens=False).ids
        if text[:1].isalpha() and f"##{text.lower()}" in vocabulary:  # goes on a word
            ids = [vocabulary[f"##{text.lower()}"]]
        if ids and unknown not in ids:
            made[number] = words[ids].mean(0)
    return made
