"""Published GUI-Actor checkpoints as a grounder: it points with the attention of a vision-language model.

    screen = look("shot.png", elements=(), grounder=ActorGrounder("microsoft/GUI-Actor-7B-Qwen2.5-VL"))

It looks at pixels alone, so no elements are needed. The screenshot is read once; each instruction is then a short row
behind it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tamis.errors import InvalidInput, needs
from tamis.image import Screenshot
from tamis.screen.elements import Element
from tamis.screen.grounding import Grounding, RankedElement
from tamis.screen.instruction import one_line
from tamis.screen.proposals import THRESHOLD, Proposal, candidates, proposals
from tamis.screen.verification import Verification

if TYPE_CHECKING:
    from tamis.models.gui_actor.actor import ActorAnswer, ActorView

TOP = 10  # regions of a ranking


@dataclass(frozen=True, slots=True)
class PointedText:
    """An answer that was written, with a place for each of its pointers: a drag has two.

    Attributes:
        text: as written, pointer tokens included.
        groundings: one for each pointer, in order.
    """

    text: str
    groundings: tuple[Grounding, ...]


class ActorGrounder:
    """A `Grounder` of a GUI-Actor checkpoint on Qwen2-VL or Qwen2.5-VL. Extra `torch`.

    The confidence is the share of the attention that lies in the best region, less where it is spread over many cells;
    or the verifier's score. Neither is calibrated, and without a verifier the model always points somewhere. The score
    of a candidate is its mean attention beside the highest cell's.

    model -- a folder or hub id laid out like `microsoft/GUI-Actor-7B-Qwen2.5-VL`
    write -- let the model write its answer; otherwise it is put a click into its mouth and only points (one pass)
    threshold -- the share of the highest attention from which on a cell belongs to a region
    verification -- how candidates are looked at again; not at all if there is none
    batch -- instructions of one pass
    pixels -- that a screenshot is resized to at most; what the checkpoint says if there is none
    device -- "auto" (cuda, then mps, else cpu) or torch's name of one
    dtype -- "auto" (bfloat16 on a GPU that computes in it, else float32) or torch's name of one

    Raises:
        ModelNotFound: there is no such model.
        ModelCorrupt: a file, the action head or a pointer token is missing.
        UnsupportedModel: it is a model of another architecture.
        MissingExtra: torch or transformers is not installed.
    """

    def __init__(  # noqa: PLR0913 - settings of one model, by name
        self,
        model: str,
        *,
        write: bool = False,
        threshold: float = THRESHOLD,
        verification: Verification | None = None,
        batch: int = 8,
        pixels: int | None = None,
        device: str = "auto",
        dtype: str = "auto",
    ) -> None:
        if not 0 <= threshold < 1 or batch < 1:
            raise InvalidInput(f"An actor needs 0 <= threshold < 1 and batch >= 1, got {threshold}, {batch}.")
        needs("torch", "torch", "transformers")
        from tamis.models.gui_actor.actor import open_actor

        self._actor = open_actor(model, device=device, dtype=dtype, pixels=pixels)
        self._write, self._threshold, self._batch, self._verification = write, threshold, batch, verification
        self._last: tuple[Screenshot, ActorView] | None = None

    def __call__(
        self, shot: Screenshot, elements: Sequence[Element], instructions: Sequence[str], /
    ) -> tuple[Grounding, ...]:
        """One grounding for each instruction; the first pointer of an answer that has several.

        Raises:
            InvalidInput: an instruction is empty or far too long.
        """
        texts = [one_line(text) for text in instructions]
        answers = self._answers(shot, texts, write=self._write)
        return tuple(self._first(shot, text, answer) for text, answer in zip(instructions, answers, strict=True))

    def act(self, shot: Screenshot, instruction: str) -> PointedText:
        """What the model writes, and where each of its pointers is.

        Raises:
            InvalidInput: the instruction is empty or far too long.
        """
        answer = self._answers(shot, [one_line(instruction)], write=True)[0]
        places = (self._grounding(shot, instruction, grid) for grid in answer.attention)
        return PointedText(answer.text, tuple(places))

    def attention(self, shot: Screenshot, instruction: str) -> NDArray[np.float32]:
        """(rows, columns): the attention of the pointer, its sum is 1; `tamis.image.heat` draws it.

        Raises:
            InvalidInput: the instruction is empty or far too long.
        """
        grid: NDArray[np.float32] = self._answers(shot, [one_line(instruction)], write=False)[0].attention[0]
        return grid

    def _answers(self, shot: Screenshot, texts: Sequence[str], *, write: bool) -> list[ActorAnswer]:
        if not texts:
            return []
        if self._last is None or self._last[0] is not shot:
            self._last = shot, self._actor.view(shot.pixels)
        ask = self._actor.answers if write else self._actor.points
        return ask(self._last[1], texts, batch=self._batch)

    def _first(self, shot: Screenshot, instruction: str, answer: ActorAnswer) -> Grounding:
        if not len(answer.attention):
            return Grounding(instruction, None, None, 0.0, (), f"The model answers without a pointer: {answer.text!r}.")
        return self._grounding(shot, instruction, answer.attention[0])

    def _grounding(self, shot: Screenshot, instruction: str, grid: NDArray[np.float32]) -> Grounding:
        regions = proposals(grid, shot.size, threshold=self._threshold)
        peak = float(grid.max()) or 1.0
        ranked = tuple(RankedElement(_element(region), region.score / peak) for region in regions[:TOP])
        best = regions[0]
        if self._verification is None:
            return Grounding(instruction, best.point, best.box, _confidence(best, grid.size), ranked)
        places = candidates(grid, shot.size)
        chosen, score = self._verification.choice(shot, instruction, [place.point for place in places])
        return Grounding(instruction, places[chosen].point, places[chosen].box, score, ranked)


def _confidence(best: Proposal, cells: int) -> float:
    """The attention in a region, times how much of the way it is from all cells alike to one cell alone."""
    gathered = 1.0 - math.log(best.spread) / math.log(cells) if cells > 1 else 1.0
    return min(1.0, max(0.0, best.mass * gathered))


def _element(region: Proposal) -> Element:
    return Element(region.box, "", "region", "patch", 1.0)
