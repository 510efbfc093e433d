"""Pictures and names trained together: the right name of many, the right picture of many (Radford et al., 2021).

Each step draws concepts, a drawing of each in a crop of its own, and one of the texts that it is called; other texts
are what it must not be called. Texts that fit a picture too are no wrong answers to it. The weights that are kept are
the running mean of all (Izmailov et al., 2018).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional as F

from tamis.io.files import atomic
from tamis.models.icons.canvas import SIDE, canvases
from training.screen.icons.crops import crop_of
from training.screen.icons.data import IconData, load
from training.screen.icons.model import NameNet, PictureNet, rows_of, save
from training.screen.icons.texts import Texts, sentences_of, texts_of

LOG = logging.getLogger(__name__)
_SPOKEN = 0.35  # of the texts stand in a wording
_ENOUGH = 10_000  # crops that are kept, before they are seen again
_DRAWS = 200_000  # texts from which wrong answers are drawn


@dataclass(frozen=True, slots=True)
class Settings:
    """How long and how large.

    Attributes:
        minutes: that training takes, whatever the machine.
        batch: pictures a step.
        fresh: how many of them are drawn anew; the others were seen before, in the last `kept`.
        wrong: further texts a step.
        widths, blocks, dimension: of `PictureNet`.
        mean: how much of the running mean of the weights stays a step.
    """

    minutes: float = 30.0
    batch: int = 256
    fresh: int = 72
    kept: int = 40_000
    wrong: int = 1536
    rate: float = 2e-3
    decay: float = 0.03
    widths: tuple[int, ...] = (24, 48, 96, 192)
    blocks: tuple[int, ...] = (1, 1, 1)
    dimension: int = 128
    mean: float = 0.998
    seed: int = 0


class Towers(torch.nn.Module):
    """Both networks, to be trained together."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.pictures = PictureNet(settings.widths, settings.blocks, settings.dimension)
        self.names = NameNet(settings.dimension)
        self.scale = torch.nn.Parameter(torch.tensor(np.log(1 / 0.07)).float())


@dataclass(frozen=True, eq=False)
class Batch:
    """What a step sees; `own` is the column of each picture's own text."""

    canvas: Tensor
    sentences: Tensor
    rows: Tensor
    starts: Tensor
    own: Tensor
    open: Tensor


class Batches:
    """Draws steps without end."""

    def __init__(self, data: IconData, texts: Texts, folder: Path, settings: Settings) -> None:
        self.data, self.texts, self.settings = data, texts, settings
        self.rng = np.random.default_rng(settings.seed)
        self.vectors = sentences_of(texts, folder / "sentences.npz")
        self.rows = {"plain": rows_of(texts.plain), "spoken": rows_of(texts.spoken)}
        self.drawings = _drawings(data)
        self.concepts = np.array(sorted(self.drawings))
        weights = np.array([self._weight(concept) for concept in self.concepts])
        self.weights = weights / weights.sum()
        LOG.info("%d concepts, %d texts", len(self.concepts), len(texts.plain))

        draws = self.rng.choice(self.concepts, _DRAWS, p=self.weights)
        self.others = np.array([texts.draw(int(concept), self.rng) for concept in draws])
        self.seen = np.zeros((settings.kept, 2, SIDE, SIDE), np.uint8)
        self.seen_concepts = np.zeros(settings.kept, np.int64)
        self.count = 0

    def __iter__(self) -> Iterator[Batch]:
        while True:
            yield self._batch()

    def _weight(self, concept: int) -> float:
        known = self.data.concepts[concept]
        return float(min(40, len(known.packs)) ** 0.8 * (1.5 if known.said else 1))

    def _batch(self) -> Batch:
        size = self.settings.batch
        places = self._draw(self.settings.fresh if self.count >= _ENOUGH else size)
        known = self.rng.integers(min(self.count, self.settings.kept), size=size - len(places))
        places = np.concatenate([places, known])
        chosen = [int(concept) for concept in self.seen_concepts[places]]
        texts = [self.texts.draw(concept, self.rng) for concept in chosen]
        texts += list(self.rng.choice(self.others, self.settings.wrong))
        allowed = ~self.texts.fits(texts, chosen)
        allowed[np.arange(size), np.arange(size)] = True
        kinds = np.where(self.rng.random(len(texts)) < _SPOKEN, "spoken", "plain")
        rows = [self.rows[kind][text] for kind, text in zip(kinds, texts, strict=True)]
        starts = np.concatenate([[0], np.cumsum([len(some) for some in rows])[:-1]])
        sentences = np.stack([self.vectors[kind][text] for kind, text in zip(kinds, texts, strict=True)])
        canvas = self.seen[places].astype(np.float32) / 255
        tensors = map(torch.from_numpy, (canvas, sentences, np.concatenate(rows), starts, np.arange(size), allowed))
        return Batch(*tensors)

    def _draw(self, count: int) -> NDArray[np.int64]:
        """Draw so many crops into the places of the oldest ones; returns the places."""
        concepts = self.rng.choice(self.concepts, count, p=self.weights)
        places = (self.count + np.arange(count)) % self.settings.kept
        crops = [crop_of(self._drawing(int(concept)), self.rng, self._any) for concept in concepts]
        self.seen[places] = np.round(canvases(crops) * 255).astype(np.uint8)
        self.seen_concepts[places] = concepts
        self.count += count
        return places

    def _drawing(self, concept: int) -> NDArray[np.uint8]:
        return self.data.masks[int(self.rng.choice(self.drawings[concept]))]

    def _any(self) -> NDArray[np.uint8]:
        return self._drawing(int(self.rng.choice(self.concepts[:4000])))


def _drawings(data: IconData) -> dict[int, NDArray[np.int64]]:
    """The drawings of each concept that may be trained on."""
    result: dict[int, list[int]] = {}
    for drawing, icon in enumerate(data.masks.icons):
        row = data.rows[icon]
        if row.role == "train" and not data.concepts[row.concept].new:
            result.setdefault(row.concept, []).append(drawing)
    return {concept: np.array(drawings) for concept, drawings in result.items()}


def train(folder: Path, out: Path, settings: Settings, start: Path | None = None) -> None:
    """Train on the data of a folder and write the weights; a checkpoint stays with the data.

    start -- a checkpoint to begin with: "checkpoint.safetensors" of another run
    """
    torch.manual_seed(settings.seed)
    data = load(folder)
    batches = iter(Batches(data, texts_of(data.concepts, np.random.default_rng(1)), folder, settings))
    nets = Towers(settings)
    if start is not None:
        nets.load_state_dict(load_file(start))
    mean = deepcopy(nets)
    optimizer = torch.optim.AdamW(_groups(nets), lr=settings.rate, weight_decay=settings.decay, betas=(0.9, 0.98))
    began, losses, step, done = time.monotonic(), [], 0, 0.0
    while done < 1:
        done = (time.monotonic() - began) / 60 / settings.minutes
        rate = settings.rate * min(1, (step + 1) / 100, 0.02 + np.cos(min(done, 1) * np.pi / 2) ** 2)
        for group in optimizer.param_groups:
            group["lr"] = rate
        loss = _loss(nets, next(batches))
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(nets.parameters(), 5.0)
        optimizer.step()
        _average(mean, nets, min(settings.mean, step / (step + 20)))
        losses.append(float(loss.detach()))
        step += 1
        if step % 100 == 0:
            LOG.info("%d steps, %.0f %%: loss %.3f", step, 100 * done, np.mean(losses[-100:]))
            _keep(mean, folder)
    _keep(mean, folder)
    save(mean.pictures, mean.names, out)
    LOG.info("%d steps of %d pictures: %s", step, settings.batch, out)


def _groups(nets: Towers) -> list[dict[str, Any]]:
    """Parameters with weight decay, and the temperature without."""
    kinds: tuple[list[Any], list[Any]] = [], []
    for name, parameter in nets.named_parameters():
        kinds[name == "scale"].append(parameter)
    return [{"params": kinds[0]}, {"params": kinds[1], "weight_decay": 0.0}]


def _keep(nets: Towers, folder: Path) -> None:
    """Write a checkpoint into a folder, whole or not at all."""
    with atomic(folder / "checkpoint.safetensors") as path:
        save_file({name: value.contiguous() for name, value in nets.state_dict().items()}, path)


def _loss(nets: Towers, batch: Batch) -> Tensor:
    """Cross entropy over texts and over pictures."""
    with torch.autocast("cpu", torch.bfloat16):
        seen = nets.pictures(batch.canvas)
        called = nets.names(batch.sentences, batch.rows, batch.starts)
    logits = (seen @ called.T * nets.scale.exp().clamp(max=60)).masked_fill(~batch.open, -1e4)
    size = len(batch.own)
    loss: Tensor = (F.cross_entropy(logits, batch.own) + F.cross_entropy(logits[:, :size].T, batch.own)) / 2
    return loss


@torch.no_grad()
def _average(mean: torch.nn.Module, nets: torch.nn.Module, share: float) -> None:
    for old, new in zip(mean.state_dict().values(), nets.state_dict().values(), strict=True):
        if old.dtype.is_floating_point:
            old.lerp_(new, 1 - share)
        else:
            old.copy_(new)
