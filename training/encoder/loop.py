"""The training loop: deterministic order, atomic checkpoints, exact resume. Knows nothing of the data's origin."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from tamis.distill.schedule import Phase, rate
from tamis.io.files import atomic
from tamis.io.progress import progress
from training.encoder.batches import GroupBatch, Stream, WindowBatch, collate, schedule
from training.encoder.config import Batch, Weights
from training.encoder.losses import group_loss, vector_loss, window_loss
from training.encoder.model import MiniEncoder, Tokens

HEAD_LR = 4.0  # fresh heads learn faster than the pretrained body
DECAY = 0.01
LINE_EVERY = 60.0  # seconds between two lines where no one watches


@dataclass(frozen=True)
class Plan:
    """A run: its phase, batch settings, loss weights, the layer `tap` of the task-agnostic heads, its name."""

    phase: Phase
    batch: Batch
    weights: Weights
    tap: int
    name: str
    bf16: bool = True


def optimiser(model: MiniEncoder, phase: Phase) -> torch.optim.AdamW:
    """AdamW; word vectors stay frozen (few tokens to move 12 M numbers), norms and biases are not decayed."""
    model.words.requires_grad_(requires_grad=False)
    groups: list[dict[str, Any]] = []
    for head in (False, True):
        for decayed in (False, True):
            chosen = [
                parameter
                for name, parameter in model.named_parameters()
                if parameter.requires_grad and ("_head" in name) == head and (parameter.dim() > 1) == decayed
            ]
            scale = HEAD_LR if head else 1.0
            groups.append({"params": chosen, "weight_decay": DECAY if decayed else 0.0, "scale": scale})
    return torch.optim.AdamW(groups, lr=phase.lr, betas=(0.9, 0.98))


class Trainer:
    """State of one run: model, frozen original for distillation, streams, optimiser and step."""

    def __init__(self, model: MiniEncoder, original: MiniEncoder, streams: Mapping[str, Stream], plan: Plan) -> None:
        self.model, self.original, self.streams, self.plan = model, original.eval(), streams, plan
        self.optimiser = optimiser(model, plan.phase)
        self.step = 0

    def run(self, out: Path, *, stop: int | None = None) -> None:
        """Train to the end (or to step `stop`), saving and logging under `out`."""
        out.mkdir(parents=True, exist_ok=True)
        end = min(self.plan.phase.steps, stop or self.plan.phase.steps)
        steps, note = self.plan.phase.steps, ""
        with progress(self.plan.name, steps, done=self.step, unit="steps", every=LINE_EVERY) as bar:
            sums: dict[str, list[float]] = {}
            while self.step < end:
                for kind, value in self.advance():
                    sums.setdefault(kind, []).append(value)
                if self.step % self.plan.batch.log_every == 0:
                    note, sums = self._log(out, sums), {}
                bar(self.step, steps, note)
                if self.step % self.plan.batch.checkpoint_every == 0 or self.step == end:
                    self.save(out / f"{self.plan.name}.pt")

    def advance(self) -> list[tuple[str, float]]:
        """One optimiser step over `accumulate` micro-batches; returns each one's kind and loss."""
        phase, seen = self.plan.phase, []
        for group in self.optimiser.param_groups:
            group["lr"] = phase.lr * group["scale"] * rate(self.step, phase)
        for part in range(phase.accumulate):
            kind, ordinal = schedule(phase.pattern, self.step * phase.accumulate + part)
            stream = self.streams[kind]
            batch = collate([stream.items[int(i)] for i in stream.indices(ordinal)])
            loss = self.loss(batch, vector=kind == "text")
            (loss / phase.accumulate).backward()  # type: ignore[no-untyped-call]
            seen.append((kind, loss.item()))
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        self.step += 1
        return seen

    def loss(self, batch: WindowBatch | GroupBatch, *, vector: bool) -> Tensor:
        """Loss of a micro-batch; windows without a vector term stop at the tap."""
        with torch.autocast("cpu", torch.bfloat16, enabled=self.plan.bf16):
            layers = len(self.model.layers)
            if isinstance(batch, GroupBatch):
                answer = self.model.answer(self.model.body(batch.tokens, layers))
                return group_loss(answer, batch, self.plan.weights)
            if vector:
                return self.plan.weights.vector * self._distance(batch.tokens, layers)
            keep = self.model.keep(self.model.body(batch.tokens, self.plan.tap))
            return window_loss(keep, batch, self.plan.weights)

    def _distance(self, tokens: Tokens, layers: int) -> Tensor:
        with torch.no_grad():
            target = self.original.vector(self.original.body(tokens, layers), tokens.mask)
        return vector_loss(self.model.vector(self.model.body(tokens, layers), tokens.mask), target)

    def save(self, path: Path) -> None:
        """Write model, optimiser and step; a reader sees the old file or the new one, never half."""
        state = {"model": self.model.state_dict(), "optimiser": self.optimiser.state_dict(), "step": self.step}
        with atomic(path) as temporary:
            torch.save(state, temporary)

    def resume(self, path: Path) -> None:
        """Continue from a checkpoint of the same plan."""
        state = torch.load(path, weights_only=True)
        self.model.load_state_dict(state["model"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step = int(state["step"])

    def _log(self, out: Path, sums: dict[str, list[float]]) -> str:
        """Write the mean losses down; also as a note."""
        means = {kind: round(sum(values) / len(values), 4) for kind, values in sorted(sums.items())}
        with (out / f"{self.plan.name}.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps({"step": self.step, "seconds": round(time.time()), **means}) + "\n")
        return ", ".join(f"{kind} {mean}" for kind, mean in means.items())
