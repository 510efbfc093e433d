"""The configuration of `mini-lm`: one TOML file, read into frozen dataclasses. Does not touch data or models."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.config import build_section, read_toml

DEFAULT = Path(__file__).with_name("lm.toml")
GROUPS = ("docs", "books_wiki", "dialogue", "code", "qa_news_other")


@dataclass(frozen=True)
class Start:
    """Where the initial weights come from: a file inside an installed package, and what it must hash to."""

    package: str
    file: str
    sha256: str


@dataclass(frozen=True)
class Cut:
    """What is kept of the original: the first `vocabulary` tokens, and these `layers`."""

    vocabulary: int
    layers: tuple[int, ...]


@dataclass(frozen=True)
class ShardPlan:
    """Sampling weight of each corpus group; one document in `held_out` is for testing, another for development.

    `train_mb` megabytes of training text are tokenised at most, each group's share of them.
    """

    shares: dict[str, float]
    held_out: int
    train_mb: int


@dataclass(frozen=True)
class RunPlan:
    """One training run."""

    steps: int
    length: int
    batch: int
    lr: float
    warmup: float
    cooldown: float
    weight_decay: float
    checkpoint_every: int
    log_every: int


@dataclass(frozen=True)
class LMConfig:
    """Everything that decides what the trained language model will be."""

    seed: int
    data: str
    start: Start
    model: Cut
    shards: ShardPlan
    run: RunPlan


_SECTIONS: dict[str, type[Any]] = {
    "start": Start,
    "model": Cut,
    "shards": ShardPlan,
    "run": RunPlan,
}


def load_lm_config(path: Path | None = None) -> LMConfig:
    """Read the configuration; `ValueError` names a missing or unknown key."""
    raw = read_toml(path or DEFAULT)
    sections = {name: build_section(kind, name, raw.pop(name, {})) for name, kind in _SECTIONS.items()}
    return build_section(LMConfig, "the file", {**raw, **sections})
