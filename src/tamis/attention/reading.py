"""A plan for reading with one model: how much of the attention is needed so that its texts cost no more than a bound.

Schema `tamis.attention.reading`, version 1. `faithful.within` measures it, `sparse(model, plan=...)` reads by it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from torch import nn

from tamis.attention.budget import Fair, Mass
from tamis.attention.patterns import Dense, Pattern, XAttention
from tamis.attention.serial import load_text, save_text
from tamis.errors import InvalidPlan
from tamis.io.schema import Schema
from tamis.models.transformers.shape import weight_digest

HINT = "What `tamis attention search` wrote."
SCHEMA = Schema("tamis.attention.reading", 1, InvalidPlan, "No plan for reading: {}.", HINT)


@dataclass(frozen=True, slots=True)
class ReadingPlan:
    """How a model reads so that its texts cost no more nats a token than a bound.

    Attributes:
        share: of the estimated attention that is computed; None: all of it, as nothing less was good enough.
        bound: nats a token that may be lost.
        nats, high: that were lost on the texts, and the upper end of their 95 percent interval.
        density: of blocks, on these texts.
        tokens: of the longest of them: of longer prompts nothing is known.
        model: a digest of its weights.
    """

    share: float | None
    bound: float
    nats: float
    high: float
    density: float
    tokens: int
    model: str

    def __post_init__(self) -> None:
        if self.share is not None and not 0 <= self.share <= 1:
            raise InvalidPlan(f"A share of {self.share!r}.", hint=HINT)

    @property
    def pattern(self) -> Pattern:
        """What `sparse` reads by."""
        return Dense() if self.share is None else pattern_of(self.share)

    def check(self, model: nn.Module) -> None:
        """Raise InvalidPlan where it was measured on another model."""
        if weight_digest(model) != self.model:
            raise InvalidPlan(
                "The plan was measured on another model.", hint="tamis attention search --model FOLDER TEXTS"
            )

    def to_json(self) -> str:
        """One line of JSON, with a schema and a version."""
        return SCHEMA.dumps(asdict(self))

    @staticmethod
    def from_json(text: str) -> ReadingPlan:
        """What `to_json` wrote, or InvalidPlan."""
        data = SCHEMA.loads(text)
        with SCHEMA.reading(text):
            share = None if data["share"] is None else float(data["share"])
            bound, nats, high, density = (float(data[name]) for name in ("bound", "nats", "high", "density"))
            return ReadingPlan(share, bound, nats, high, density, int(data["tokens"]), str(data["model"]))

    def save(self, path: str | Path) -> None:
        """Write it to a file, or raise OutputError."""
        save_text(path, self.to_json() + "\n")

    @staticmethod
    def load(path: str | Path) -> ReadingPlan:
        """Read what `save` wrote; UnreadableInput where there is no such file, InvalidPlan where it is another."""
        return ReadingPlan.from_json(load_text(path))

    def __str__(self) -> str:
        if self.share is None:
            return f"densely: nothing sparser costs at most {self.bound:g} nats a token at {self.tokens:,} tokens"
        lost = f"{self.nats:+.4f} nats a token (at most {self.high:+.4f}, bound {self.bound:g})"
        return f"{self.share:.0%} of the attention, density {self.density:.2f} at {self.tokens:,} tokens: {lost}"


def pattern_of(share: float) -> Pattern:
    """Antidiagonals that hold that share of the estimated attention, with rows that do not starve."""
    return XAttention(Fair(Mass(share)))
