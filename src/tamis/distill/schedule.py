"""How long a run trains and how its learning rate goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Phase:
    """One training run: `pattern` is the cycle of micro-batch kinds, `accumulate` of them make a step."""

    steps: int
    accumulate: int
    lr: float
    warmup: float
    cooldown: float
    pattern: tuple[str, ...]


class LearningSchedule(Protocol):
    """What a run says of its learning rate: its steps, and the shares of them that warm up and cool down."""

    @property
    def steps(self) -> int: ...  # noqa: D102
    @property
    def warmup(self) -> float: ...  # noqa: D102
    @property
    def cooldown(self) -> float: ...  # noqa: D102


def rate(step: int, phase: LearningSchedule) -> float:
    """Learning-rate factor: linear warm-up, plateau, linear cool-down to 0."""
    warm = max(1, int(phase.warmup * phase.steps))
    cool = max(1, int(phase.cooldown * phase.steps))
    return min(1.0, (step + 1) / warm, max(0.0, (phase.steps - step) / cool))
