"""The training configuration: one TOML file, read into frozen dataclasses. Does not touch data or models."""

from __future__ import annotations

import sys
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

if sys.version_info >= (3, 11):
    import tomllib
else:  # pragma: no cover - the extra `train` installs tomli on 3.10
    import tomli as tomllib

from tamis.distill.schedule import Phase

T = TypeVar("T")

DEFAULT = Path(__file__).with_name("encoder.toml")


@dataclass(frozen=True)
class Start:
    """Where the initial weights come from and what they must hash to."""

    package: str
    sha256: str


@dataclass(frozen=True)
class Splits:
    """Which documents are held out. Tenths are of a stable hash of the document id."""

    squad_test: tuple[str, ...]
    squad_dev: tuple[str, ...]
    gum_test_genres: tuple[str, ...]
    gum_dev_genres: tuple[str, ...]
    ewt_test_tenths: tuple[int, ...]
    ewt_dev_tenths: tuple[int, ...]


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
    "splits": Splits,
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
    """Read the configuration; `ValueError` names a missing or unknown key."""
    raw = read_toml(path or DEFAULT)
    sections = {name: build_section(kind, name, raw.pop(name, {})) for name, kind in _SECTIONS.items()}
    return build_section(EncoderConfig, "the file", {**raw, **sections})


def read_toml(path: Path) -> dict[str, Any]:
    """What a TOML file says."""
    made: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    return made


def build_section(kind: type[T], where: str, values: dict[str, Any]) -> T:
    """The dataclass of a section's values, lists as tuples; `ValueError` names a missing or unknown key."""
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    if known != set(values):
        raise ValueError(f"{where}: missing {sorted(known - set(values))}, unknown {sorted(set(values) - known)}")
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in values.items()})
