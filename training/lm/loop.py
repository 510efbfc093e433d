"""The training loop of `mini-lm`: a language-model loss, atomic checkpoints, exact resume."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from tamis.distill.schedule import rate
from tamis.io.files import atomic
from tamis.io.progress import progress
from training.lm.config import RunPlan
from training.lm.softmax import token_loss
from training.lm.tokens import Windows

MOMENTS = (0.9, 0.98)
LINE_EVERY = 60.0  # seconds between two lines where no one watches


def optimiser(model: Any, plan: RunPlan) -> torch.optim.AdamW:
    """AdamW; norms are not decayed."""
    groups = [
        {"params": [p for p in model.parameters() if (p.dim() > 1) == matrix], "weight_decay": decay}
        for matrix, decay in ((True, plan.weight_decay), (False, 0.0))
    ]
    return torch.optim.AdamW(groups, lr=plan.lr, betas=MOMENTS)


def loss(model: Any, rows: Tensor) -> Tensor:
    """Mean negative log-likelihood (nats) of rows (b, t + 1)."""
    hidden = model.model(input_ids=rows[:, :-1], use_cache=False).last_hidden_state.flatten(0, 1)
    return token_loss(hidden.float(), model.lm_head.weight, rows[:, 1:].flatten())


class LMTrainer:
    """State of one run: model, optimiser, step."""

    def __init__(self, model: Any, windows: Windows, plan: RunPlan, *, bf16: bool) -> None:
        self.model, self.windows, self.plan, self.bf16 = model, windows, plan, bf16
        self.optimiser = optimiser(model, plan)
        self.step = 0

    def run(self, out: Path, *, stop: int | None = None) -> None:
        """Train to the end (or to step `stop`), saving `out/lm.pt` and logging to `out/lm.jsonl`."""
        end = min(self.plan.steps, stop or self.plan.steps)
        losses: list[float] = []
        with progress("mini-lm", self.plan.steps, done=self.step, unit="steps", every=LINE_EVERY) as bar:
            while self.step < end:
                losses.append(self.advance())
                bar(self.step, self.plan.steps, f"loss {losses[-1]:.3f}")
                if self.step % self.plan.log_every == 0:
                    self._log(out, losses)
                    losses = []
                if self.step % self.plan.checkpoint_every == 0 or self.step == end:
                    self.save(out / "lm.pt")

    def advance(self) -> float:
        """One step; returns the loss."""
        for group in self.optimiser.param_groups:
            group["lr"] = self.plan.lr * rate(self.step, self.plan)
        device = next(self.model.parameters()).device
        rows = torch.from_numpy(self.windows.batch(self.step)).to(device)
        with torch.autocast(device.type, torch.bfloat16, enabled=self.bf16):
            value = loss(self.model, rows)
        value.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        self.step += 1
        return value.item()

    def save(self, path: Path) -> None:
        """Write model, optimiser and step; a reader sees the old file or the new one, never half."""
        state = {"model": self.model.state_dict(), "optimiser": self.optimiser.state_dict(), "step": self.step}
        with atomic(path) as temporary:
            torch.save(state, temporary)

    def resume(self, path: Path) -> None:
        """Continue from a checkpoint of the same plan."""
        state = torch.load(path, weights_only=True, map_location=next(self.model.parameters()).device)
        self.model.load_state_dict(state["model"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step = int(state["step"])

    def _log(self, out: Path, losses: list[float]) -> None:
        mean = round(sum(losses) / len(losses), 4)
        with (out / "lm.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps({"step": self.step, "seconds": round(time.time()), "loss": mean}) + "\n")
