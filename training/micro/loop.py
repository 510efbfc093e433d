"""Training of the micro model: short texts first, longer ones later; the same seed gives the same weights."""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from tamis.io.files import atomic
from training.micro.model import IGNORED, Batch, batch, begun
from training.micro.words import tokenizer

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Course:
    """What decides the weights.

    Attributes:
        steps: of the optimiser.
        tokens: of a batch, padding included.
        longest: tokens of the longest texts.
    """

    seed: int = 0
    steps: int = 1_200
    tokens: int = 4_096
    longest: int = 1_024
    lr: float = 1e-3

    def length(self, random: Random, step: int) -> int:
        """Tokens of the texts of a step: about 100 at first, up to the longest at the end."""
        done = step / self.steps
        if done < 0.2:
            return random.randint(64, 128)
        top = 128 + (self.longest - 128) * min(1.0, (done - 0.2) / 0.5)
        return random.randint(96, int(top))

    def rate(self, step: int) -> float:
        """Learning rate: a short rise, then half a cosine."""
        rise = min(1.0, (step + 1) / 50)
        return self.lr * rise * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * step / self.steps)))


def train(course: Course, out: Path | None = None) -> Any:
    """A `LlamaForCausalLM` that took the course; every 100 steps its weights go to `out`/micro.pt."""
    torch.manual_seed(course.seed)
    model, words, random = begun(), tokenizer(), Random(course.seed)
    optimiser = torch.optim.AdamW(model.parameters(), lr=course.lr, betas=(0.9, 0.98), weight_decay=0.01)
    for step in range(course.steps):
        length = course.length(random, step)
        minibatch = batch(random, words, length=length, items=max(1, course.tokens // length), copies=0.05)
        for group in optimiser.param_groups:
            group["lr"] = course.rate(step)
        loss, right = _step(model, optimiser, minibatch)
        if step % 50 == 0:
            _LOG.info("step %d, length %d: loss %.3f, right %.3f", step, length, loss, right)
        if out is not None and step % 100 == 99:
            with atomic(out / "micro.pt") as temporary:
                torch.save(model.state_dict(), temporary)
    model.eval()
    return model


def _step(model: Any, optimiser: torch.optim.Optimizer, minibatch: Batch) -> tuple[float, float]:
    """One update; the loss, and the share of learnt tokens that were foreseen."""
    learnt = minibatch.targets != IGNORED
    states: Tensor = model.model(input_ids=minibatch.ids).last_hidden_state
    logits = model.lm_head(states[learnt])
    loss = F.cross_entropy(logits, minibatch.targets[learnt])
    optimiser.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimiser.step()
    right = (logits.detach().argmax(-1) == minibatch.targets[learnt]).float().mean()
    return float(loss.detach()), float(right)
