"""Fit the networks of lines: which lines of a text a task needs, all lines of a text beside each other."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tamis.core import Bools, Floats
from tamis.models.lines import LineNet
from tamis.prompt.forms.table import FORMS
from tamis.prompt.methods.auto.lines.features import FEATURES, features
from tamis.prompt.methods.auto.lines.score import lines_of
from tamis.prompt.options import Options, Style
from training.lines.examples import LineExample

BATCH = 16  # texts of a step
HIDDEN = 48
SINGLE = 0.3  # of the loss: each line by itself, so that logits say something across texts


@dataclass(frozen=True, eq=False)
class LineRows:
    """A text as rows of features.

    Attributes:
        kind: of the example.
        x: (n, k) features of its lines.
        y: (n,) lines that the task needs.
    """

    kind: str
    x: Floats
    y: Bools


def rows_of(examples: Sequence[LineExample], *, asked: bool) -> list[LineRows]:
    """The lines of all examples, with or without their tasks; texts of which all or nothing is needed are left out."""
    form, texts = FORMS["lines"](Options(), Style()), []
    for example in examples:
        units = form.parse(example.text)
        ends = [at for at, sign in enumerate(example.text) if sign == "\n"]
        needed = np.isin(np.searchsorted(ends, units.starts), np.array(example.relevant))
        if 0 < needed.sum() < needed.size:
            texts.append(LineRows(example.kind, features(*lines_of(units), example.task if asked else None), needed))
    return texts


class Net(nn.Module):
    """What `tamis.models.lines.LineNet` computes, with what it takes to learn it."""

    def __init__(self, width: int, hidden: int = HIDDEN, drop: float = 0.1) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(width, hidden), nn.Linear(hidden, hidden)
        self.last, self.straight = nn.Linear(hidden, 1), nn.Linear(width, 1, bias=False)
        self.drop = nn.Dropout(drop)
        nn.init.zeros_(self.straight.weight)

    def forward(self, x: Tensor) -> Tensor:
        """(..., n) logits of (..., n, k) features."""
        hidden = self.drop(F.relu(self.first(x)))
        hidden = self.drop(F.relu(self.second(hidden)))
        logits: Tensor = self.last(hidden) + self.straight(x)
        return logits.squeeze(-1)


def loss(logits: Tensor, y: Tensor, mask: Tensor) -> Tensor:
    """How surprised the logits are by the needed lines: among all lines of a text, and a little one by one.

    logits, y, mask -- (b, n); the mask is 0 for what only fills up
    """
    needed, other = y * mask, (1 - y) * mask
    among = F.log_softmax(logits.masked_fill(mask == 0, -1e9), 1)
    listed = -(among * needed).sum(1) / needed.sum(1) / torch.log(mask.sum(1) + 1)
    weight = 0.5 * needed / needed.sum(1, keepdim=True) + 0.5 * other / other.sum(1, keepdim=True).clamp_min(1)
    single = F.binary_cross_entropy_with_logits(logits, y, reduction="none")
    return (listed + SINGLE * (single * weight).sum(1)).mean()


def fitted(texts: Sequence[LineRows], *, epochs: int = 6, rate: float = 3e-3, seed: int = 0) -> LineNet:
    """A network that was shown each text so often."""
    torch.manual_seed(seed)
    dice = random.Random(seed)
    net = Net(len(FEATURES))
    optimizer = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=1e-3)
    steps = epochs * -(-len(texts) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda t: min(1.0, (t + 1) / 50) * max(1 - t / steps, 0.01))
    for _ in range(epochs):
        for x, y, mask in batches(texts, dice):
            optimizer.zero_grad()
            loss(net(x), y, mask).backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            schedule.step()
    return plain(net)


def batches(texts: Sequence[LineRows], dice: random.Random) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """All texts in batches of about the same length, in a new order: features, labels, masks."""
    order = list(range(len(texts)))
    dice.shuffle(order)
    pool = 20 * BATCH
    order = [
        i for at in range(0, len(order), pool) for i in sorted(order[at : at + pool], key=lambda i: texts[i].y.size)
    ]
    groups = [order[at : at + BATCH] for at in range(0, len(order), BATCH)]
    dice.shuffle(groups)
    for group in groups:
        longest = max(texts[i].y.size for i in group)
        x, y = torch.zeros(len(group), longest, len(FEATURES)), torch.zeros(len(group), longest)
        mask = torch.zeros(len(group), longest)
        for row, i in enumerate(group):
            size = texts[i].y.size
            x[row, :size] = torch.from_numpy(texts[i].x.astype(np.float32))
            y[row, :size] = torch.from_numpy(texts[i].y.astype(np.float32))
            mask[row, :size] = 1
        yield x, y, mask


def plain(net: Net) -> LineNet:
    """The network as arrays."""

    def array(weight: Tensor, bias: Tensor | None) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        columns = weight.detach().numpy().T
        return columns if bias is None else np.concatenate([columns, bias.detach().numpy()[None]])

    layers = [array(layer.weight, layer.bias) for layer in (net.first, net.second, net.last)]
    return LineNet(FEATURES, layers[0], layers[1], layers[2][:, 0], array(net.straight.weight, None)[:, 0])
