"""Where an instruction points on a screenshot: the answer, and what gives it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tamis.image import Box, Point, Screenshot
from tamis.screen.elements import Element


@dataclass(frozen=True, slots=True)
class RankedElement:
    """An element, and how well it fits the instruction, 0 to 1."""

    element: Element
    score: float


@dataclass(frozen=True, slots=True)
class Grounding:
    """Where an instruction points.

    Attributes:
        instruction: as it was given.
        point: to click, in device pixels; None where the instruction points at nothing on the screen.
        box: of the thing; it holds the point.
        confidence: that a click there is right, 0 to 1.
        ranked: the best elements, best first, also where none is good enough.
        reason: why there is no point; empty where there is one.
    """

    instruction: str
    point: Point | None
    box: Box | None
    confidence: float
    ranked: tuple[RankedElement, ...]
    reason: str = ""

    @property
    def present(self) -> bool:
        """Whether it points at something."""
        return self.point is not None

    def at_least(self, confidence: float) -> Grounding:
        """The same, or nothing where it is less sure than that."""
        if self.point is None or self.confidence >= confidence:
            return self
        reason = f"The best is sure to {self.confidence:.2f} only."
        return Grounding(self.instruction, None, None, self.confidence, self.ranked, reason)

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it, coordinates in device pixels."""
        return {
            "instruction": self.instruction,
            "point": None if self.point is None else [round(self.point.x, 1), round(self.point.y, 1)],
            "box": None if self.box is None else [round(edge, 1) for edge in self.box.edges],
            "confidence": round(self.confidence, 4),
            "reason": self.reason,
            "candidates": [{**one.element.to_dict(), "score": round(one.score, 4)} for one in self.ranked],
        }


class Grounder(Protocol):
    """What points: at each instruction's place on one screenshot whose elements are known."""

    def __call__(
        self, shot: Screenshot, elements: Sequence[Element], instructions: Sequence[str], /
    ) -> Sequence[Grounding]:
        """One grounding for each instruction, in their order."""
        ...
