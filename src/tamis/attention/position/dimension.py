"""What the search found, kept as JSON. Schema `tamis.attention.position`, version 1."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from torch import nn

from tamis.attention.position.scale import SKIP, scaled
from tamis.attention.serial import load_text, save_text
from tamis.errors import InvalidPlan
from tamis.io.schema import Schema

SCHEMA = Schema("tamis.attention.position", 1, InvalidPlan, "Nothing that was found: {}.", "What `to_json` wrote.")
SIZES = ("num_hidden_layers", "hidden_size", "num_attention_heads", "num_key_value_heads", "vocab_size")


@dataclass(frozen=True, slots=True)
class Trial:
    """One setting that was tried.

    Attributes:
        dimension, factor, layers: what was scaled; layers from the first to behind the last.
        loss: of the answers, nats a token, the mean over places.
    """

    dimension: int
    factor: float
    layers: tuple[int, int]
    loss: float


@dataclass(frozen=True, slots=True)
class PositionalDimension:
    """The setting with the least loss, and what it was found with.

    Attributes:
        best: the setting.
        plain: loss of the model as it is, on the same lookups.
        shape: the model's family and sizes; it is for no other.
        skip: first positions whose keys stay as they are.
        trials: all that was tried, the best first.
    """

    best: Trial
    plain: float
    shape: dict[str, str | int]
    skip: int = SKIP
    trials: tuple[Trial, ...] = ()

    @contextmanager
    def scaled(self, model: nn.Module, *, last: int = 1) -> Iterator[None]:
        """`scaled` with what was found.

        Raises:
            InvalidPlan: the model has another shape.
        """
        shape = shape_of(model)
        if shape != self.shape:
            raise InvalidPlan(f"Found for {self.shape!r}, not for {shape!r}.", hint="Search again for this model.")
        best = self.best
        with scaled(
            model, dimension=best.dimension, factor=best.factor, layers=range(*best.layers), last=last, skip=self.skip
        ):
            yield

    def to_json(self) -> str:
        """One line of JSON, with a schema and a version."""
        return SCHEMA.dumps(asdict(self))

    @staticmethod
    def from_json(text: str) -> PositionalDimension:
        """What `to_json` wrote, or InvalidPlan."""
        data = SCHEMA.loads(text)
        with SCHEMA.reading(text):
            trials = tuple(map(_trial, data["trials"]))
            shape = {str(name): value for name, value in data["shape"].items()}
            return PositionalDimension(_trial(data["best"]), float(data["plain"]), shape, int(data["skip"]), trials)

    def save(self, path: str | Path) -> None:
        """Write it to a file, or raise OutputError."""
        save_text(path, self.to_json() + "\n")

    @staticmethod
    def load(path: str | Path) -> PositionalDimension:
        """Read what `save` wrote; UnreadableInput where there is no such file, InvalidPlan where it is another."""
        return PositionalDimension.from_json(load_text(path))


def shape_of(model: Any) -> dict[str, str | int]:
    """The model's family and sizes."""
    config = model.config.get_text_config()
    return {"model_type": config.model_type} | {name: int(getattr(config, name)) for name in SIZES}


def _trial(data: dict[str, Any]) -> Trial:
    start, stop = (int(number) for number in data["layers"])
    return Trial(int(data["dimension"]), float(data["factor"]), (start, stop), float(data["loss"]))
