"""A second look at the places that a pointer proposes: they are scored in order, and the first good one is taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from tamis.errors import InvalidInput, needs
from tamis.image import Point, Screenshot


class Verifier(Protocol):
    """What says how likely places are right; `PublishedVerifier` asks the published model."""

    def __call__(self, shot: Screenshot, instruction: str, points: Sequence[Point], /) -> Sequence[float]:
        """For each place, 0 to 1."""
        ...


@dataclass(frozen=True, slots=True)
class Verification:
    """How candidates are looked at again.

    Attributes:
        verifier: what looks.
        enough: the score that ends the search at once (gamma): .95 for screens of professionals, .8 for others.
        batch: places that are scored together; 1 wastes no look.
    """

    verifier: Verifier
    enough: float = 0.8
    batch: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.enough <= 1 or self.batch < 1:
            raise InvalidInput(
                f"A verification needs 0 <= enough <= 1 and batch >= 1, got {self.enough}, {self.batch}."
            )

    def choice(self, shot: Screenshot, instruction: str, points: Sequence[Point]) -> tuple[int, float]:
        """The index of the first place that is good enough, else of the best one, and its score.

        points -- in the order in which they are looked at; at least one
        """
        scores: list[float] = []
        for start in range(0, len(points), self.batch):
            scores += self.verifier(shot, instruction, points[start : start + self.batch])
            good = next((index for index, score in enumerate(scores) if score >= self.enough), None)
            if good is not None:
                return good, scores[good]
        best = max(range(len(scores)), key=scores.__getitem__)
        return best, scores[best]


class PublishedVerifier:
    """The published verifier of GUI-Actor: True or False of a crop with a hollow red circle. Extra `torch`.

    model -- a folder or hub id laid out like `microsoft/GUI-Actor-Verifier-2B`
    radius, width, reach -- of the circle, and how far the crop goes around its middle, in device pixels; the defaults
        are those of the authors' inference
    device, dtype -- as `ActorGrounder` takes them

    Raises:
        ModelNotFound, ModelCorrupt, UnsupportedModel, MissingExtra: as `ActorGrounder`.
    """

    def __init__(
        self,
        model: str,
        *,
        radius: int = 7,
        width: int = 3,
        reach: int = 500,
        device: str = "auto",
        dtype: str = "auto",
    ) -> None:
        needs("torch", "torch", "transformers")
        from tamis.models.gui_actor.verifier import CircleMark, open_verifier

        self._model = open_verifier(model, mark=CircleMark(radius, width, reach), device=device, dtype=dtype)

    def __call__(self, shot: Screenshot, instruction: str, points: Sequence[Point], /) -> list[float]:
        """P(True) / (P(True) + P(False)) for each place."""
        return self._model.scores(shot.pixels, instruction, points)
