"""The published verifier: whether a circle on a crop is where the instruction wants it (GUI-Actor, section 3.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from tamis.errors import ModelCorrupt, needs
from tamis.image import Point
from tamis.models.gui_actor.prompts import QUESTION, VERIFY
from tamis.models.gui_actor.vision import VisionModel, open_vision

RADIUS, WIDTH, REACH = 7, 3, 500  # of the authors' inference; they trained with another circle on whole pictures


@dataclass(frozen=True, slots=True)
class CircleMark:
    """What marks a place, and how much of the screen around it is kept, in device pixels."""

    radius: int = RADIUS
    width: int = WIDTH
    reach: int = REACH


class CircleVerifier:
    """A Qwen2-VL that says True or False of a crop with a hollow red circle; obtained from `open_verifier`.

    Attributes:
        mark: how places are marked.
    """

    def __init__(self, vision: VisionModel, mark: CircleMark) -> None:
        self.vision, self.mark = vision, mark
        self._choices = [_first(vision, word) for word in ("True", "False")]

    def scores(self, pixels: NDArray[np.uint8], instruction: str, points: Sequence[Point]) -> list[float]:
        """P(True) / (P(True) + P(False)) for each place on a picture."""
        return [self._score(marked_crop(pixels, point, self.mark), instruction) for point in points]

    def _score(self, crop: NDArray[np.uint8], instruction: str) -> float:
        vision = self.vision
        picture = vision.picture(crop, VERIFY.before)
        words = vision.ids(instruction, special=False)
        row = [*vision.ids(QUESTION[0]), *words, *vision.ids(QUESTION[1] + VERIFY.after)]
        state = vision.read(picture, [row]).states[0, -1]
        with torch.inference_mode():
            logits = vision.model.lm_head(state)[self._choices].float()
            return float(logits.softmax(-1)[0])


def marked_crop(pixels: NDArray[np.uint8], point: Point, mark: CircleMark) -> NDArray[np.uint8]:
    """A place with its circle, and the picture around it as far as it reaches.

    Raises:
        MissingExtra: Pillow is not installed.
    """
    needs("screen", "PIL")
    from PIL import Image, ImageDraw

    picture = Image.fromarray(pixels)
    x, y, radius, reach = point.x, point.y, mark.radius, mark.reach
    ImageDraw.Draw(picture).ellipse((x - radius, y - radius, x + radius, y + radius), outline="red", width=mark.width)
    left, top = max(0, int(x - reach)), max(0, int(y - reach))
    right, bottom = max(left + 1, int(x + reach)), max(top + 1, int(y + reach))
    return np.asarray(picture)[top:bottom, left:right]


def open_verifier(
    name: str, *, mark: CircleMark | None = None, device: str = "auto", dtype: str = "auto"
) -> CircleVerifier:
    """Open a verifier that is laid out like `microsoft/GUI-Actor-Verifier-2B`.

    mark -- how places are marked; as the authors do if there is none

    Arguments and errors else are those of `open_vision`.
    """
    return CircleVerifier(open_vision(name, device=device, dtype=dtype), mark or CircleMark())


def _first(vision: VisionModel, word: str) -> int:
    """The first token of a word, as the authors take it."""
    ids = vision.ids(word, special=False)
    if not ids:
        raise ModelCorrupt(f"The tokenizer of {vision.name!r} has no token for {word!r}.")
    return ids[0]
