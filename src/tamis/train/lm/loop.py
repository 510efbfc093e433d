"""The training loop of `mini-lm`: Muon for matrices, Adam for the rest, atomic checkpoints, exact resume."""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from tqdm import tqdm

from tamis.train.lm.config import RunPlan
from tamis.train.lm.model import MiniLM
from tamis.train.lm.tokens import Windows

CHUNK = 1024  # tokens whose logits exist at a time: the softmax over the vocabulary is the largest tensor by far
MATCH = 0.2  # root mean square of Adam's updates, to which Muon's are scaled (Moonlight, arXiv 2502.16982)
QUINTIC = (3.4445, -4.7750, 2.0315)  # Newton-Schulz coefficients of Muon (K. Jordan, 2024)


def orthogonal(gradient: Tensor, steps: int = 5) -> Tensor:
    """The nearest semi-orthogonal matrix, roughly: singular values pushed to about 1 by a quintic iteration."""
    a, b, c = QUINTIC
    x = gradient / (gradient.norm() + 1e-7)
    tall = x.shape[0] > x.shape[1]
    x = x.T if tall else x
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if tall else x


class Muon(torch.optim.Optimizer):
    """Momentum, orthogonalised (K. Jordan, 2024), with decoupled weight decay. For matrices only."""

    def __init__(self, params: Iterable[Tensor], lr: float, momentum: float = 0.95, weight_decay: float = 0.0) -> None:
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        """One update of every matrix; three square ones that are stacked are treated one by one."""
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue
                held = self.state[parameter].setdefault("momentum", torch.zeros_like(parameter))
                held.mul_(group["momentum"]).add_(parameter.grad)
                ahead = parameter.grad + group["momentum"] * held
                parts = ahead.split(ahead.shape[1]) if ahead.shape[0] == 3 * ahead.shape[1] else (ahead,)
                update = torch.cat([orthogonal(part) * MATCH * math.sqrt(max(part.shape)) for part in parts])
                parameter.mul_(1 - group["lr"] * group["weight_decay"]).add_(update, alpha=-group["lr"])


def optimisers(model: MiniLM, plan: RunPlan) -> list[torch.optim.Optimizer]:
    """Muon for the matrices of the layers, Adam for embeddings, biases, norms and the output's turn."""
    matrices = [p for name, p in model.named_parameters() if name.startswith("layers.") and p.dim() == 2]
    chosen = {id(p) for p in matrices}
    others = [p for p in model.parameters() if id(p) not in chosen]
    return [
        Muon(matrices, plan.lr, weight_decay=plan.weight_decay),
        torch.optim.Adam(others, plan.adam_lr, betas=(0.9, 0.98)),
    ]


def loss(model: MiniLM, rows: Tensor) -> Tensor:
    """Mean negative log-likelihood (nats) of rows (b, t + 1); logits exist for `CHUNK` tokens at a time."""
    hidden = model(rows[:, :-1]).flatten(0, 1)
    wanted = rows[:, 1:].flatten()
    parts = [
        torch.utils.checkpoint.checkpoint(_part, model, h, w, use_reentrant=False)
        if torch.is_grad_enabled() and len(wanted) > 4 * CHUNK
        else _part(model, h, w)
        for h, w in zip(hidden.split(CHUNK), wanted.split(CHUNK), strict=True)
    ]
    return torch.stack(parts).sum() / wanted.numel()


def _part(model: MiniLM, hidden: Tensor, wanted: Tensor) -> Tensor:
    return F.cross_entropy(model.logits(hidden).float(), wanted, reduction="sum")


def rate(step: int, plan: RunPlan) -> float:
    """Learning-rate factor: linear warm-up, plateau, linear cool-down to 0."""
    warm, cool = max(1, int(plan.warmup * plan.steps)), max(1, int(plan.cooldown * plan.steps))
    return min(1.0, (step + 1) / warm, max(0.0, (plan.steps - step) / cool))


class LMTrainer:
    """State of one run: model, optimisers, step."""

    def __init__(self, model: MiniLM, windows: Windows, plan: RunPlan, *, bf16: bool) -> None:
        self.model, self.windows, self.plan, self.bf16 = model, windows, plan, bf16
        self.optimisers = optimisers(model, plan)
        self.rates = [o.param_groups[0]["lr"] for o in self.optimisers]
        self.step = 0

    def run(self, out: Path, *, stop: int | None = None) -> None:
        """Train to the end (or to step `stop`), saving `out/lm.pt` and logging to `out/lm.jsonl`."""
        end = min(self.plan.steps, stop or self.plan.steps)
        losses: list[float] = []
        with tqdm(total=self.plan.steps, initial=self.step, desc="mini-lm", mininterval=5) as bar:
            while self.step < end:
                losses.append(self.advance())
                bar.update()
                if self.step % self.plan.log_every == 0:
                    self._log(out, losses)
                    bar.set_postfix(loss=f"{losses[-1]:.3f}")
                    losses = []
                if self.step % self.plan.checkpoint_every == 0 or self.step == end:
                    self.save(out / "lm.pt")

    def advance(self) -> float:
        """One step; returns the loss."""
        for optimiser, full in zip(self.optimisers, self.rates, strict=True):
            optimiser.param_groups[0]["lr"] = full * rate(self.step, self.plan)
        device = next(self.model.parameters()).device
        rows = torch.from_numpy(self.windows.batch(self.step)).to(device)
        with torch.autocast(device.type, torch.bfloat16, enabled=self.bf16):
            value = loss(self.model, rows)
        value.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimiser in self.optimisers:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        self.step += 1
        return value.item()

    def save(self, path: Path) -> None:
        """Write model, optimisers and step; a reader sees the old file or the new one, never half."""
        part = path.with_suffix(".part")
        optimisers = [o.state_dict() for o in self.optimisers]
        torch.save({"model": self.model.state_dict(), "optimisers": optimisers, "step": self.step}, part)
        os.replace(part, path)

    def resume(self, path: Path) -> None:
        """Continue from a checkpoint of the same plan."""
        state = torch.load(path, weights_only=True, map_location=next(self.model.parameters()).device)
        self.model.load_state_dict(state["model"])
        for optimiser, held in zip(self.optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(held)
        self.step = int(state["step"])

    def _log(self, out: Path, losses: list[float]) -> None:
        mean = round(sum(losses) / len(losses), 4)
        with (out / "lm.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps({"step": self.step, "seconds": round(time.time()), "loss": mean}) + "\n")
