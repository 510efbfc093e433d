"""A pattern for each head of each layer, as JSON that any model of the same shape can be read with.

Schema `tamis.attention.patterns`, version 1. Sizes are shares of the prompt's length, so one file serves all lengths.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Any

from tamis.attention.geometry import BLOCK
from tamis.attention.patterns.heads import PerHead
from tamis.attention.patterns.registry import head_pattern
from tamis.attention.serial import load_text, save_text
from tamis.errors import InvalidPlan
from tamis.io.schema import Schema

HINT = "What `Configuration.to_json` wrote."
SCHEMA = Schema("tamis.attention.patterns", 1, InvalidPlan, "No configuration: {}.", HINT)


@dataclass(frozen=True, slots=True)
class Head:
    """What one query head got.

    Attributes:
        pattern: its name, of `registry.head_patterns`.
        arguments: of the pattern.
        error: of the output beside dense attention, relative, the mean over sampled queries and texts.
        cost: what it takes, dense attention being 1, in operations or seconds.
    """

    pattern: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    error: float = 0.0
    cost: float = 1.0


@dataclass(frozen=True, slots=True)
class Configuration:
    """What the search found: use it as `sparse(model, found.selector())`, or save it and name the file.

    Attributes:
        layers: for each layer, its query heads.
        kv_heads: key/value heads of a layer.
        block: queries of a row and keys of a block.
        share, objective: what every head was allowed: that share of the "flops" or "seconds" of dense attention.
        tokens, texts, samples, seed: of the texts that it was searched on, and the queries sampled of each.
    """

    layers: tuple[tuple[Head, ...], ...]
    kv_heads: int
    block: int = BLOCK
    share: float = 1.0
    objective: str = "flops"
    tokens: int = 0
    texts: int = 0
    samples: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        heads = {len(layer) for layer in self.layers}
        if len(heads) != 1 or 0 in heads or self.kv_heads < 1 or self.heads % self.kv_heads:
            raise InvalidPlan(f"Layers of {sorted(heads)} heads, {self.kv_heads} for keys and values.", hint=HINT)
        self.selector()

    @property
    def heads(self) -> int:
        """Query heads of a layer."""
        return len(self.layers[0])

    @property
    def patterns(self) -> dict[str, int]:
        """How many heads have each pattern."""
        return dict(Counter(head.pattern for layer in self.layers for head in layer).most_common())

    @property
    def error(self) -> float:
        """The mean over all heads."""
        return fmean(head.error for layer in self.layers for head in layer)

    @property
    def cost(self) -> float:
        """The mean over all heads."""
        return fmean(head.cost for layer in self.layers for head in layer)

    def selector(self, *, share: bool = False) -> PerHead:
        """What `sparse` takes; `share` as in `PerHead`. It refuses models of another shape with InvalidPlan."""
        layers = tuple(
            tuple(head_pattern(head.pattern, head.arguments, self.block) for head in layer) for layer in self.layers
        )
        return PerHead(layers, share, self.block, self.kv_heads)

    def to_json(self) -> str:
        """JSON with a schema and a version, a line for each head."""
        data = {"model": {**self._shape(), "kv_heads": self.kv_heads}}
        data |= {name: getattr(self, name) for name in _FIELDS}
        layers = ",\n".join("[" + ",\n".join(json.dumps(asdict(head)) for head in layer) + "]" for layer in self.layers)
        return f'{SCHEMA.dumps(data)[:-1]}, "layers": [\n{layers}\n]}}\n'

    def _shape(self) -> dict[str, int]:
        return {"layers": len(self.layers), "heads": self.heads}

    @staticmethod
    def from_json(text: str) -> Configuration:
        """What `to_json` wrote, or InvalidPlan."""
        return Configuration.of(SCHEMA.loads(text))

    @staticmethod
    def of(data: Mapping[str, Any]) -> Configuration:
        """From what the JSON holds, or InvalidPlan."""
        SCHEMA.check(data)
        with SCHEMA.reading(data):
            layers = tuple(tuple(_head(head) for head in layer) for layer in data["layers"])
            numbers = {name: kind(data[name]) for name, kind in _FIELDS.items()}
            configuration = Configuration(layers, int(data["model"]["kv_heads"]), **numbers)
            if any(data["model"][name] != count for name, count in configuration._shape().items()):
                raise InvalidPlan(f"{data['model']!r}, but {configuration._shape()!r} are there.", hint=HINT)
            return configuration

    def save(self, path: str | Path) -> None:
        """Write it to a file, or raise OutputError."""
        save_text(path, self.to_json())

    @staticmethod
    def load(path: str | Path) -> Configuration:
        """Read what `save` wrote; UnreadableInput where there is no such file, InvalidPlan where it is another."""
        return Configuration.from_json(load_text(path))

    def __str__(self) -> str:
        lines = [f"{'layer':>5} {'error':>7} {'cost':>6}  patterns"]
        for number, layer in enumerate(self.layers):
            counts = Counter(_short(head) for head in layer).most_common()
            heads = ", ".join(f"{count} {name}" for name, count in counts)
            error, cost = (fmean(getattr(head, name) for head in layer) for name in ("error", "cost"))
            lines.append(f"{number:>5} {error:>7.4f} {cost:>6.3f}  {heads}")
        return "\n".join(
            [*lines, f"error {self.error:.4f} at {self.cost:.3f} of the {self.objective} of dense attention"]
        )


_FIELDS: Mapping[str, Any] = {
    "block": int, "share": float, "objective": str, "tokens": int, "texts": int, "samples": int, "seed": int,
}  # fmt: skip


def _head(data: Mapping[str, Any]) -> Head:
    return Head(str(data["pattern"]), dict(data["arguments"]), float(data["error"]), float(data["cost"]))


def _short(head: Head) -> str:
    split = head.arguments.get("split")
    return head.pattern if split is None else f"{head.pattern} {split:g}"
