"""The configuration of `mini-lm`: one TOML file, read into frozen dataclasses. Does not touch data or models."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tamis.train.config import Start, build_section, read_toml

DEFAULT = Path(__file__).with_name("lm.toml")
GROUPS = ("docs", "books_wiki", "dialogue", "code", "qa_news_other")


@dataclass(frozen=True)
class TokenizerPlan:
    """Size of the vocabulary, and on how many megabytes of text it is learned."""

    vocabulary: int
    sample_mb: int


@dataclass(frozen=True)
class ShardPlan:
    """Sampling weight of each corpus group; one document in `held_out` is for testing, another for development."""

    shares: dict[str, float]
    held_out: int


@dataclass(frozen=True)
class LMShape:
    """Size of the model; `rotary` is the base of the rotary position embedding (Su et al., arXiv 2104.09864)."""

    width: int
    layers: int
    heads: int
    inner: int
    rotary: float


@dataclass(frozen=True)
class RunPlan:
    """One training run."""

    steps: int
    length: int
    batch: int
    lr: float
    adam_lr: float
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
    tokenizer: TokenizerPlan
    shards: ShardPlan
    model: LMShape
    run: RunPlan


_SECTIONS: dict[str, type[Any]] = {
    "start": Start,
    "tokenizer": TokenizerPlan,
    "shards": ShardPlan,
    "model": LMShape,
    "run": RunPlan,
}


def load_lm_config(path: Path | None = None) -> LMConfig:
    """Read the configuration; `ValueError` names a missing or unknown key."""
    raw = read_toml(path or DEFAULT)
    sections = {name: build_section(kind, name, raw.pop(name, {})) for name, kind in _SECTIONS.items()}
    return build_section(LMConfig, "the file", {**raw, **sections})
