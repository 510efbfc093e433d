"""How the network of slots is trained: on composed sentences, a new lot of them in every epoch.

The loss is the entropy of the tags under a chain (Lafferty et al. 2001) beside that of the kind of sentence. Some words
are hidden in training, so that what a sentence means is not learned from a single one of them.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from tamis.models.slots import DILATIONS, WIDTH
from tamis.screen.instruction import KINDS, TAGS
from tamis.screen.sentence import FLAGS, PARTS, ROWS, flags_of, parts_of, words_of
from training.screen.composing import Sentence, composed
from training.screen.wordings import Wordings

Tensors: TypeAlias = Mapping[str, NDArray[np.generic]]
LOG = logging.getLogger(__name__)
_SLOTS = {  # slot of a sentence: tag
    "name": "name", "value": "name", "looks": "name", "function": "name", "role": "role", "which": "ordinal",
    "from": "side", "place": "place", "area": "place", "state": "state",
}  # fmt: skip
_KINDS = {
    "input": "input", "value": "input", "choice": "choice", "list": "list", "icon": "icon", "looks": "looks",
    "function": "function",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SlotRecipe:
    """How long and how fast; `hidden` is the share of words whose letters are hidden, `lot` sentences an epoch."""

    epochs: int = 12
    lot: int = 12_000
    batch: int = 64
    rate: float = 4e-3
    decay: float = 0.01
    hidden: float = 0.12
    dropout: float = 0.2
    table: int = 32
    wide: int = 48
    seed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """A sentence as the network takes it: (n, PARTS) rows, (n, f) flags, (n,) tags, and its kind."""

    parts: NDArray[np.int64]
    flags: NDArray[np.float32]
    tags: NDArray[np.int64]
    kind: int


def read(sentence: Sentence) -> Read:
    """A composed sentence as the network takes it."""
    words = words_of(sentence.text)
    tags = [_tag(word.start, word.end, sentence) for word in words]
    kind = KINDS.index(_KINDS.get(sentence.kind, "thing"))
    return Read(parts_of(words), flags_of(words), np.array(tags, dtype=np.int64), kind)


def _tag(start: int, end: int, sentence: Sentence) -> int:
    """The tag of the slot that a word overlaps, the first of them."""
    slot = next((slot for slot, low, high in sentence.spans if start < high and low < end), "")
    return TAGS.index(_SLOTS.get(slot, slot if slot.startswith("anchor") else ""))


class SlotModule(nn.Module):
    """The same arithmetic as `SlotNet`, for training."""

    def __init__(self, recipe: SlotRecipe) -> None:
        super().__init__()
        self.recipe, wide, tags = recipe, recipe.wide, len(TAGS)
        self.table = nn.Embedding(ROWS + 1, recipe.table, padding_idx=ROWS)
        self.first = nn.Linear(recipe.table + len(FLAGS), wide)
        self.layers = nn.ModuleList(
            nn.Conv1d(wide, wide, WIDTH, dilation=dilation, padding="same") for dilation in DILATIONS
        )
        self.tag, self.kind = nn.Linear(wide, tags), nn.Linear(2 * wide, len(KINDS))
        self.links = nn.Parameter(torch.zeros(tags, tags))
        self.drop = nn.Dropout(recipe.dropout)
        nn.init.normal_(self.table.weight, std=0.1)

    def forward(self, parts: Tensor, flags: Tensor, live: Tensor) -> tuple[Tensor, Tensor]:
        """(b, n, tags) scores and (b, kinds) logits; live -- (b, n) which words are there."""
        mask = live[..., None].float()
        hidden = torch.relu(self.first(torch.cat([self.table(parts).sum(2), flags], dim=-1))) * mask
        for layer in self.layers:
            change = torch.relu(layer(self.drop(hidden).transpose(1, 2)).transpose(1, 2))
            hidden = (hidden + change) * mask
        mean = hidden.sum(1) / mask.sum(1)
        largest = hidden.masked_fill(~live[..., None], -1e4).max(1).values
        return self.tag(self.drop(hidden)), self.kind(self.drop(torch.cat([mean, largest], dim=-1)))

    def entropy(self, scores: Tensor, tags: Tensor, live: Tensor) -> Tensor:
        """Of the right tags under the chain, for each sentence."""
        total, right = scores[:, 0], scores[:, 0].gather(1, tags[:, :1]).squeeze(1)
        for at in range(1, scores.shape[1]):
            ways = torch.logsumexp(total[:, :, None] + self.links, dim=1) + scores[:, at]
            total = torch.where(live[:, at, None], ways, total)
            step = scores[:, at].gather(1, tags[:, at : at + 1]).squeeze(1) + self.links[tags[:, at - 1], tags[:, at]]
            right = right + torch.where(live[:, at], step, torch.zeros_like(step))
        return torch.logsumexp(total, dim=1) - right


def fit(words: Wordings, names: Sequence[str], recipe: SlotRecipe) -> Tensors:
    """The weights of a network trained on sentences of these wordings about these names."""
    torch.manual_seed(recipe.seed)
    rng = np.random.default_rng(recipe.seed)
    module = SlotModule(recipe)
    optimiser = torch.optim.AdamW(module.parameters(), lr=recipe.rate, weight_decay=recipe.decay)
    steps = recipe.epochs * -(-recipe.lot // recipe.batch)
    plan = torch.optim.lr_scheduler.OneCycleLR(optimiser, recipe.rate, total_steps=steps, pct_start=0.1)
    for epoch in range(recipe.epochs):
        lot = sorted((read(one) for one in composed(words, names, recipe.lot, rng)), key=lambda one: len(one.tags))
        total = 0.0
        batches = [lot[low : low + recipe.batch] for low in range(0, len(lot), recipe.batch)]
        for index in rng.permutation(len(batches)).tolist():
            parts, flags, tags, live, kinds = _batch(batches[index], recipe.hidden, rng)
            scores, logits = module(parts, flags, live)
            loss = module.entropy(scores, tags, live).mean() + functional.cross_entropy(logits, kinds)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(module.parameters(), 1.0)
            optimiser.step()
            plan.step()
            total += loss.item() / len(batches)
        LOG.info("epoch %d: loss %.3f", epoch + 1, total)
    return tensors_of(module.eval())


def _batch(some: Sequence[Read], hidden: float, rng: np.random.Generator) -> tuple[Tensor, ...]:
    longest = max(len(one.tags) for one in some)
    parts = np.full((len(some), longest, PARTS), ROWS, np.int64)
    flags = np.zeros((len(some), longest, len(FLAGS)), np.float32)
    tags, live = np.zeros((len(some), longest), np.int64), np.zeros((len(some), longest), bool)
    for row, one in enumerate(some):
        n = len(one.tags)
        parts[row, :n], flags[row, :n], tags[row, :n], live[row, :n] = one.parts, one.flags, one.tags, True
    parts[rng.random(parts.shape[:2]) < hidden] = ROWS
    return (
        *(torch.from_numpy(array) for array in (parts, flags, tags, live)),
        torch.tensor([one.kind for one in some]),
    )


@torch.no_grad()
def tensors_of(module: SlotModule) -> Tensors:
    """The weights as they are kept: the table in whole numbers, all else in half precision."""
    table = module.table.weight[:ROWS].numpy()
    scales = np.maximum(np.abs(table).max(1, keepdims=True), 1e-6) / 127
    layers = np.stack([_convolution(layer) for layer in module.layers if isinstance(layer, nn.Conv1d)])
    dense = {"first": _joined(module.first), "layers": layers, "tag": _joined(module.tag), "kind": _joined(module.kind),
             "links": module.links.numpy(), "scales": scales}  # fmt: skip
    return {"table": np.round(table / scales).astype(np.int8), **{k: v.astype(np.float16) for k, v in dense.items()}}


def _convolution(layer: nn.Conv1d) -> NDArray[np.float32]:
    weights = layer.weight.detach().permute(2, 1, 0).reshape(-1, layer.out_channels)
    assert layer.bias is not None
    return np.concatenate([layer.bias.detach()[None].numpy(), weights.numpy()])


def _joined(layer: nn.Linear) -> NDArray[np.float32]:
    return np.concatenate([layer.bias.detach().numpy()[None], layer.weight.detach().numpy().T])
