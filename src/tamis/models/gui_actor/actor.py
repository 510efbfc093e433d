"""A published GUI-Actor: a picture and instructions in, the attention of its pointers out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tamis.errors import ModelCorrupt
from tamis.models.gui_actor.head import NAME, ActionHead, head_of
from tamis.models.gui_actor.prompts import ADDED, END, ENDS, PAD, PROMPTS, ActorPrompt
from tamis.models.gui_actor.vision import PictureContext, RowStates, VisionModel, checkpoint_file, open_vision

_ROWS = 8  # instructions of a batch


@dataclass(frozen=True, eq=False)
class ActorView:
    """A picture that an actor has read, and the keys of its visual tokens."""

    picture: PictureContext
    keys: Tensor


@dataclass(frozen=True, eq=False)
class ActorAnswer:
    """What a GUI-Actor answers.

    Attributes:
        text: with its pointer tokens, as written.
        attention: (pointers, rows, columns), float32; each pointer's sum is 1.
    """

    text: str
    attention: NDArray[np.float32]


class GuiActor:
    """A checkpoint that was opened; obtained from `open_actor`.

    Attributes:
        vision: the backbone.
        head: the action head.
        prompt: that it was trained with.
    """

    def __init__(self, vision: VisionModel, head: ActionHead, prompt: ActorPrompt) -> None:
        self.vision, self.head, self.prompt = vision, head, prompt
        self._pad, self._end = vision.token(PAD), vision.token(END)
        self._ends = [number for token in ENDS if (number := vision.marked.token_to_id(token)) is not None]

    def view(self, pixels: NDArray[np.uint8]) -> ActorView:
        """A picture of (height, width, 3), read once for all instructions."""
        picture = self.vision.picture(pixels, self.prompt.before)
        with torch.inference_mode():
            return ActorView(picture, self.head.keys(picture.tokens.to(self._dtype)))

    def points(self, view: ActorView, instructions: Sequence[str], *, batch: int = _ROWS) -> list[ActorAnswer]:
        """The answer with one pointer to each instruction: one pass, nothing is written (placeholder mode)."""
        click = self.vision.ids(self.prompt.click)
        rows = [[*self._asked(text), *click] for text in instructions]
        return [answer for some in _batches(rows, batch) for answer in self._pointed(view, some)]

    def answers(
        self, view: ActorView, instructions: Sequence[str], *, most: int = 256, batch: int = _ROWS
    ) -> list[ActorAnswer]:
        """The answer that the model writes to each instruction, with as many pointers as it likes.

        A pointer is always closed. The likeliest token is taken, as by the authors.

        most -- tokens of an answer
        """
        rows = [self._asked(text) for text in instructions]
        return [answer for some in _batches(rows, batch) for answer in self._written(view, some, most)]

    @property
    def _dtype(self) -> torch.dtype:
        return self.head.layer_norm.weight.dtype

    def _asked(self, instruction: str) -> list[int]:
        return [*self.vision.ids(instruction, special=False), *self.vision.ids(self.prompt.after)]

    @torch.inference_mode()
    def _attention(self, view: ActorView, states: Tensor) -> NDArray[np.float32]:
        logits = self.head.logits(view.keys, states.to(self._dtype)).float()
        result: NDArray[np.float32] = logits.softmax(-1).cpu().numpy().reshape(len(states), *view.picture.grid)
        return result

    def _pointed(self, view: ActorView, rows: Sequence[Sequence[int]]) -> list[ActorAnswer]:
        reading = self.vision.read(view.picture, rows)
        pads = reading.ids == self._pad
        return [
            ActorAnswer(self.prompt.click, self._attention(view, states[mask]))
            for states, mask in zip(reading.states, pads, strict=True)
        ]

    def _written(self, view: ActorView, rows: Sequence[Sequence[int]], most: int) -> list[ActorAnswer]:
        """Greedy, all rows at once, until each has ended."""
        reading = self.vision.read(view.picture, rows)
        tokens: list[list[int]] = [[] for _ in rows]
        states: list[list[Tensor]] = [[] for _ in rows]
        going = set(range(len(rows)))
        for _ in range(most):
            following = self._following(reading)
            going -= {row for row in going if int(following[row]) in self._ends}
            if not going:
                break
            reading = self.vision.go_on(view.picture, reading, following[:, None])
            for row in going:
                tokens[row].append(int(following[row]))
                if tokens[row][-1] == self._pad:
                    states[row].append(reading.states[row, -1])
        return [self._answer(view, *one) for one in zip(tokens, states, strict=True)]

    @torch.inference_mode()
    def _following(self, reading: RowStates) -> Tensor:
        """(n,) the likeliest token of each row; the end of a pointer behind a pointer."""
        likeliest: Tensor = self.vision.model.lm_head(reading.states[:, -1]).argmax(-1)
        return torch.where(reading.ids[:, -1] == self._pad, self._end, likeliest)

    def _answer(self, view: ActorView, tokens: Sequence[int], states: Sequence[Tensor]) -> ActorAnswer:
        text: str = self.vision.marked.decode(list(tokens), skip_special_tokens=False)
        if not states:
            return ActorAnswer(text, np.zeros((0, *view.picture.grid), np.float32))
        return ActorAnswer(text, self._attention(view, torch.stack(list(states))))


def open_actor(name: str, *, device: str = "auto", dtype: str = "auto", pixels: int | None = None) -> GuiActor:
    """Open a checkpoint that is laid out like `microsoft/GUI-Actor-7B-Qwen2.5-VL`.

    Args:
        name: a folder, or a hub id.
        device: as `open_vision` takes it.
        dtype: as `open_vision` takes it.
        pixels: that a picture is resized to at most; what the checkpoint says if there is none.

    Raises:
        ModelNotFound, UnsupportedModel, MissingExtra: as `open_vision`.
        ModelCorrupt: a file, the action head or a pointer token is missing.
    """
    vision = open_vision(name, device=device, dtype=dtype, pixels=pixels)
    for token in ADDED:
        vision.token(token)
    head = head_of(head_tensors(name), vision.model.get_input_embeddings().embedding_dim)
    head = head.eval().to(vision.model.device, vision.model.dtype)
    return GuiActor(vision, head, PROMPTS[vision.family])


def head_tensors(name: str) -> Mapping[str, Tensor]:
    """The head's tensors by name, from whichever file of the checkpoint they are in.

    Raises:
        ModelCorrupt: there are none, or a file cannot be read.
    """
    from safetensors import SafetensorError, safe_open

    tensors: dict[str, Tensor] = {}
    try:
        for file in _head_files(name):
            with safe_open(file, "pt") as weights:
                keys = [key for key in weights.keys() if key.startswith(f"{NAME}.")]  # noqa: SIM118 - no mapping
                tensors |= {key.removeprefix(f"{NAME}."): weights.get_tensor(key) for key in keys}
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise ModelCorrupt(f"The weights of {name!r} cannot be read: {error}.") from error
    if not tensors:
        hint = "A plain Qwen2-VL has none: `python -m training screen tune` adds and trains one."
        raise ModelCorrupt(f"{name!r} has no action head (no tensors {NAME!r}).", hint=hint)
    return tensors


def _head_files(name: str) -> list[Path]:
    index = checkpoint_file(name, "model.safetensors.index.json")
    if index is None:
        whole = checkpoint_file(name, "model.safetensors")
        return [] if whole is None else [whole]
    places: Mapping[str, str] = json.loads(index.read_text(encoding="utf-8"))["weight_map"]
    names = sorted({file for key, file in places.items() if key.startswith(f"{NAME}.")})
    return [path for file in names if (path := checkpoint_file(name, file)) is not None]


def _batches(rows: Sequence[list[int]], size: int) -> list[Sequence[list[int]]]:
    return [rows[start : start + max(1, size)] for start in range(0, len(rows), max(1, size))]
