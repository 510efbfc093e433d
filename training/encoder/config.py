"""The training configuration: one TOML file, read into frozen dataclasses. Does not touch data or models."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tamis.distill.schedule import Phase
from training.config import build_section, read_toml
from training.data.splits import Splits, load_splits

DEFAULT = Path(__file__).with_name("encoder.toml")


@dataclass(frozen=True)
class Start:
    """Where the initial weights come from and what they must hash to."""

    package: str
    sha256: str


@dataclass(frozen=True)
class Model:
    """Shape of the heads; `keep_layer` is the tap of the task-agnostic ones."""

    keep_layer: int
    head_width: int


@dataclass(frozen=True)
class Silver:
    """How corpus text is sampled and how the teacher's labels are blended with rarity."""

    words: int
    window_words: int
    shares: dict[str, float]
    surprisal: float
    repeated: float
    teacher_layer: int


@dataclass(frozen=True)
class Questions:
    """How many questions of each source and how their negatives are drawn."""

    negatives: int
    neighbours: int
    qamr: int
    qasrl: int
    cloze: int
    qmsum: int


@dataclass(frozen=True)
class Batch:
    """Micro-batch size in padded wordpieces, and how often to save and log, in steps."""

    tokens: int
    checkpoint_every: int
    log_every: int


@dataclass(frozen=True)
class Weights:
    """Factor of each term of the loss."""

    tiers: float
    salience: float
    evidence: float
    answer: float
    sentences: float
    spans: float
    vector: float


@dataclass(frozen=True)
class EncoderConfig:
    """Everything that decides what the trained encoder will be."""

    seed: int
    max_length: int
    data: str
    start: Start
    splits: Splits
    model: Model
    silver: Silver
    questions: Questions
    teacher: Phase
    main: Phase
    more: Phase
    finish: Phase
    batch: Batch
    loss: Weights


_SECTIONS: dict[str, type[Any]] = {
    "start": Start,
    "model": Model,
    "silver": Silver,
    "questions": Questions,
    "teacher": Phase,
    "main": Phase,
    "more": Phase,
    "finish": Phase,
    "batch": Batch,
    "loss": Weights,
}


def load_config(path: Path | None = None) -> EncoderConfig:
    """Read the configuration, and what all models hold out; `ValueError` names a missing or unknown key."""
    raw = read_toml(path or DEFAULT)
    sections = {name: build_section(kind, name, raw.pop(name, {})) for name, kind in _SECTIONS.items()}
    if "splits" in raw:
        raise ValueError("the file: [splits] stands in training/data/splits.toml")
    return build_section(EncoderConfig, "the file", {**raw, **sections, "splits": load_splits()})
