"""The loop of a stage: a fixed order, a cosine after a short rise, checkpoints, exact resume."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from tamis.io.files import atomic
from tamis.io.progress import progress
from training.screen.tune.data import TuneSample
from training.screen.tune.stage import TuneStage, sample_loss, trainable
from training.screen.tune.start import Learner

LINE_EVERY = 60.0  # seconds between two lines where no one watches


@dataclass(frozen=True, slots=True)
class TunePlan:
    """A stage over its samples.

    Attributes:
        steps: updates.
        batch: samples of an update.
        lr: the highest learning rate.
        warmup: the share of the steps in which it rises.
        checkpoint_every: steps.
    """

    steps: int
    batch: int = 4
    lr: float = 1e-4
    warmup: float = 0.03
    seed: int = 0
    checkpoint_every: int = 500

    def rate(self, step: int) -> float:
        """The learning rate of a step: a linear rise, then half a cosine down to 0."""
        rise = max(1, math.ceil(self.warmup * self.steps))
        if step < rise:
            return self.lr * (step + 1) / rise
        return self.lr * (1 + math.cos(math.pi * (step - rise) / max(1, self.steps - rise))) / 2


class Tuner:
    """State of one stage: learner, optimiser, step."""

    def __init__(self, learner: Learner, samples: Sequence[TuneSample], stage: TuneStage, plan: TunePlan) -> None:
        self.learner, self.samples, self.stage, self.plan = learner, samples, stage, plan
        self.step = 0
        with trainable(learner, stage) as parameters:
            self._optimiser = torch.optim.AdamW(parameters, lr=plan.lr, weight_decay=0.0)

    def run(self, out: Path, *, stop: int | None = None) -> list[float]:
        """Train to the end (or to step `stop`), saving `out/STAGE.pt` and logging to `out/STAGE.jsonl`; the losses."""
        out.mkdir(parents=True, exist_ok=True)
        end, losses = min(self.plan.steps, stop or self.plan.steps), list[float]()
        name, total = self.stage.name, self.plan.steps
        with (
            trainable(self.learner, self.stage) as parameters,
            progress(name, total, done=self.step, unit="steps", every=LINE_EVERY) as bar,
            (out / f"{name}.jsonl").open("a", encoding="utf-8") as log,
        ):
            while self.step < end:
                losses.append(self.advance(parameters))
                bar(self.step, total, f"loss {losses[-1]:.3f}")
                print(json.dumps({"step": self.step, "loss": round(losses[-1], 5)}), file=log, flush=True)
                if self.step % self.plan.checkpoint_every == 0 or self.step == end:
                    self.save(out / f"{name}.pt")
        return losses

    def advance(self, parameters: Sequence[nn.Parameter]) -> float:
        """One update; the mean loss of its samples."""
        for group in self._optimiser.param_groups:
            group["lr"] = self.plan.rate(self.step)
        torch.manual_seed(self.plan.seed * 1_000_003 + self.step)  # of dropout: the same after a resume
        total, device = 0.0, self.learner.vision.model.device.type
        for index in self.order(self.step):
            with torch.autocast(device, torch.bfloat16, enabled=device == "cuda"):
                loss = sample_loss(self.learner, self.samples[index], self.stage) / self.plan.batch
            loss.backward()  # type: ignore[no-untyped-call]
            total += loss.item()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        self._optimiser.step()
        self._optimiser.zero_grad(set_to_none=True)
        self.step += 1
        return total

    def order(self, step: int) -> list[int]:
        """The samples of a step: each once an epoch, in an order of the epoch's own."""
        count, first = len(self.samples), step * self.plan.batch
        orders: dict[int, list[int]] = {}
        for place in range(first, first + self.plan.batch):
            epoch = place // count
            if epoch not in orders:
                orders[epoch] = np.random.default_rng((self.plan.seed, epoch)).permutation(count).tolist()
        return [orders[place // count][place % count] for place in range(first, first + self.plan.batch)]

    def save(self, path: Path) -> None:
        """Write what is trained, the optimiser and the step: the old file or the new one, never half."""
        state = {"model": self._trained(), "optimiser": self._optimiser.state_dict(), "step": self.step}
        with atomic(path) as temporary:
            torch.save(state, temporary)

    def resume(self, path: Path) -> None:
        """Go on from a checkpoint of the same plan.

        Raises:
            ValueError: it is of another model.
        """
        state = torch.load(path, weights_only=True, map_location=self.learner.vision.model.device)
        mine = self._trained()
        if mine.keys() != state["model"].keys():
            raise ValueError(f"{path} is of another model")
        with torch.no_grad():
            for name, tensor in mine.items():
                tensor.copy_(state["model"][name])
        self._optimiser.load_state_dict(state["optimiser"])
        self.step = int(state["step"])

    def _trained(self) -> dict[str, torch.Tensor]:
        """The tensors of the stage by name, sharing memory with the learner."""
        with trainable(self.learner, self.stage):
            modules = {"model": self.learner.vision.model, "head": self.learner.head}
            return {
                f"{owner}.{name}": parameter.detach()
                for owner, module in modules.items()
                for name, parameter in module.named_parameters()
                if parameter.requires_grad
            }
