"""A Qwen2-VL or Qwen2.5-VL that reads one picture and then many texts behind it.

The picture, and the prompt before it, are read once; its cache is then shared by all instructions, which are a batch of
short rows, padded on the left. What is said about a picture is never read as a special token.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tamis.errors import ModelCorrupt, UnsupportedModel
from tamis.models.causal.hf import copied
from tamis.models.gui_actor.patches import Grid, Patching
from tamis.models.gui_actor.prompts import IMAGE, VISION
from tamis.models.transformers.hub import (
    Place,
    bare,
    check_vocabulary,
    dtype_of,
    fast_tokenizer,
    imports,
    opened,
    placed,
)

FAMILIES: Mapping[str, str] = {  # model type of a configuration: class of transformers
    "qwen2_vl": "Qwen2VLForConditionalGeneration",
    "qwen2_5_vl": "Qwen2_5_VLForConditionalGeneration",
}


@dataclass(frozen=True, eq=False)
class PictureContext:
    """A picture that a model has read.

    Attributes:
        tokens: (m, d) as they enter the language model.
        grid: their rows and columns.
        cache: of the prompt and the picture.
        length: of the cache, in tokens.
        following: the position of the next token.
    """

    tokens: Tensor
    grid: Grid
    cache: Any
    length: int
    following: int


@dataclass(frozen=True, eq=False)
class RowStates:
    """Rows that were read behind a picture, padded on the left.

    Attributes:
        ids: (n, s).
        mask: (n, s) False where it is padding.
        states: (n, s, d) the last hidden states.
        cache: grown by s.
    """

    ids: Tensor
    mask: Tensor
    states: Tensor
    cache: Any


@dataclass(frozen=True, eq=False)
class VisionModel:
    """A model, its tokenizer and its image processor; obtained from `open_vision`.

    Attributes:
        family: the model type, a key of `FAMILIES`.
        marked: the tokenizer that reads special tokens.
        plain: the same, to which special tokens are text.
    """

    name: str
    family: str
    model: Any
    marked: Any
    plain: Any
    patching: Patching

    def ids(self, text: str, *, special: bool = True) -> list[int]:
        """The tokens of a text."""
        tokenizer = self.marked if special else self.plain
        return list(tokenizer.encode(text, add_special_tokens=False).ids)

    def token(self, text: str) -> int:
        """The id of a token.

        Raises:
            ModelCorrupt: the model does not have it.
        """
        number: int | None = self.marked.token_to_id(text)
        if number is None or number >= self.model.get_input_embeddings().num_embeddings:
            hint = "Is it a checkpoint of GUI-Actor? `python -m training screen tune` makes one of a Qwen2-VL."
            raise ModelCorrupt(f"{self.name!r} has no token {text!r}.", hint=hint)
        return number

    def before(self, prompt: str) -> list[int]:
        """The tokens of what stands before a picture, and of the mark that begins it."""
        return self.ids(prompt + VISION[0])

    def look(self, pixels: NDArray[np.uint8]) -> tuple[Tensor, Grid]:
        """The visual tokens of a picture, (m, d), and their grid; gradients flow where they are on."""
        patches, (rows, columns) = self.patching(pixels)
        merge = self.patching.merge
        grid = torch.tensor([[1, rows * merge, columns * merge]], device=self.model.device)
        tower = self.model.model.visual
        values = torch.from_numpy(patches).to(self.model.device, tower.dtype)
        output = tower(values, grid_thw=grid)
        return getattr(output, "pooler_output", output), (rows, columns)

    @torch.inference_mode()
    def picture(self, pixels: NDArray[np.uint8], prompt: str) -> PictureContext:
        """A picture, read behind a prompt."""
        tokens, grid = self.look(pixels)
        before, after = self.before(prompt), self.ids(VISION[1])
        places = positions(len(before), grid, len(after))
        embeds = self.embeds(before, tokens, after)
        output = self._run(embeds[None], places[:, None], None, None)
        return PictureContext(tokens, grid, output.past_key_values, embeds.shape[0], int(places.max()) + 1)

    @torch.inference_mode()
    def read(self, picture: PictureContext, rows: Sequence[Sequence[int]]) -> RowStates:
        """Rows of tokens, each read behind the picture."""
        width = max(map(len, rows))
        ids = torch.zeros(len(rows), width, dtype=torch.long, device=self.model.device)
        mask = torch.zeros_like(ids, dtype=torch.bool)
        for line, row in enumerate(rows):
            ids[line, width - len(row) :] = torch.tensor(row, device=ids.device)
            mask[line, width - len(row) :] = True
        return self._behind(picture, ids, mask, copied(picture.cache, len(rows)), mask)

    @torch.inference_mode()
    def go_on(self, picture: PictureContext, reading: RowStates, ids: Tensor) -> RowStates:
        """One more token for each row; its states are of that token only.

        ids -- (n, 1)
        """
        mask = torch.cat([reading.mask, torch.ones_like(ids, dtype=torch.bool)], 1)
        return self._behind(picture, ids, mask, reading.cache, mask[:, -1:])

    def whole(self, tokens: Tensor, grid: Grid, before: Sequence[int], after: Sequence[int]) -> Tensor:
        """(s, d): the last hidden states of a whole text with its picture; gradients flow where they are on."""
        embeds = self.embeds(before, tokens, after)
        places = positions(len(before), grid, len(after))[:, None].to(embeds.device)
        states: Tensor = self.model.model(inputs_embeds=embeds[None], position_ids=places, use_cache=False)[0][0]
        return states

    def embeds(self, before: Sequence[int], tokens: Tensor, after: Sequence[int]) -> Tensor:
        """(s, d): what enters the language model."""
        table = self.model.get_input_embeddings()
        parts = [
            table(torch.tensor(list(ids), dtype=torch.long, device=table.weight.device)) for ids in (before, after)
        ]
        return torch.cat([parts[0], tokens.to(parts[0].dtype), parts[1]])

    def _behind(self, picture: PictureContext, ids: Tensor, mask: Tensor, cache: Any, now: Tensor) -> RowStates:
        """`ids` are the last columns of the rows whose padding is `mask`."""
        places = picture.following + (mask.long().cumsum(1) - 1).clamp_min(0)[:, -ids.shape[1] :]
        seen = torch.cat([torch.ones(len(ids), picture.length, dtype=torch.bool, device=ids.device), mask], 1)
        embeds = self.model.get_input_embeddings()(ids)
        output = self._run(embeds, places[None].expand(3, -1, -1), seen, cache)
        return RowStates(ids, mask, output[0], output.past_key_values)

    def _run(self, embeds: Tensor, places: Tensor, mask: Tensor | None, cache: Any) -> Any:
        places = places.to(embeds.device)
        seen = None if mask is None else mask.long()
        return self.model.model(
            inputs_embeds=embeds, position_ids=places, attention_mask=seen, past_key_values=cache, use_cache=True
        )


def positions(before: int, grid: Grid, after: int) -> Tensor:
    """(3, s): time, row and column of each token of a text with a picture in it (M-RoPE of Qwen2-VL, section 2.1).

    Counted here, because some versions of transformers 5 (5.5 is one) place pictures of Qwen2.5-VL at another time than
    those that the checkpoints were trained with, and the newest ones.

    before, after -- tokens of text on both sides of the picture
    """
    rows, columns = grid
    text = torch.arange(before)
    down, across = torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij")
    cells = torch.stack([torch.zeros(rows * columns, dtype=torch.long), down.reshape(-1), across.reshape(-1)])
    rest = before + max(grid) + torch.arange(after)
    return torch.cat([text.expand(3, -1), before + cells, rest.expand(3, -1)], 1)


def open_vision(name: str, *, device: str = "auto", dtype: str = "auto", pixels: int | None = None) -> VisionModel:
    """Open a Qwen2-VL or Qwen2.5-VL.

    Args:
        name: a folder, or a hub id as owner/name.
        device: "auto" (cuda, then mps, else cpu) or torch's name of one.
        dtype: "auto" (bfloat16 on a GPU that computes in it, else float32) or torch's name of one.
        pixels: that a picture is resized to at most; what the checkpoint says if there is none.

    Raises:
        ModelNotFound: there is none.
        ModelCorrupt: a file or a tensor is missing.
        UnsupportedModel: it is a model of another architecture.
        MissingExtra: transformers is not installed.
    """
    _, transformers = imports()
    place = Place(device, dtype)
    family = str(opened(name, transformers.AutoConfig, place).model_type)
    if family not in FAMILIES:
        hint = f"GUI-Actor's backbones are {', '.join(FAMILIES)}."
        raise UnsupportedModel(f"{name!r} is a model of the architecture {family!r}.", hint=hint)
    model = _weights(name, getattr(transformers, FAMILIES[family]), place)
    tokenizer = fast_tokenizer(name, place)
    check_vocabulary(tokenizer, model, name)
    settings = _image_settings(name)
    marked = bare(tokenizer)
    plain = type(marked).from_str(marked.to_str())
    plain.encode_special_tokens = True
    vision = VisionModel(name, family, placed(model, place), marked, plain, Patching.of(settings, most=pixels))
    for token in (IMAGE, *VISION):
        vision.token(token)
    return vision


def _weights(name: str, kind: Any, place: Place) -> Any:
    """The model alone; that a head is left over is no news."""
    import transformers

    logging: Any = transformers.utils.logging
    level = logging.get_verbosity()
    logging.set_verbosity_error()
    try:
        model, report = opened(name, kind, place, dtype=dtype_of(place), output_loading_info=True)
    finally:
        logging.set_verbosity(level)
    missing = sorted(report["missing_keys"])
    if missing:
        hint = "Download or copy the model's files again."
        raise ModelCorrupt(f"{name!r} lacks {len(missing)} tensors, {missing[0]!r} among them.", hint=hint)
    return model


def checkpoint_file(name: str, file: str) -> Path | None:
    """A file of a checkpoint, from its folder or the hub; None where it has no such file."""
    from transformers.utils.hub import cached_file

    path: Any = cached_file(name, file, _raise_exceptions_for_missing_entries=False)
    return None if path is None else Path(path)


def _image_settings(name: str) -> Mapping[str, Any]:
    """Of the image processor, from the file of old or new versions; those of Qwen2-VL where there is neither."""
    for file in ("preprocessor_config.json", "processor_config.json"):
        path = checkpoint_file(name, file)
        if path is not None:
            settings = _json(path, f"{file} of {name!r}")
            inner: Mapping[str, Any] = settings.get("image_processor", settings)
            return inner
    return {}


def _json(path: Path, what: str) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelCorrupt(f"{what} is no JSON: {error}.", hint="Copy the checkpoint's files again.") from error
    return value if isinstance(value, dict) else {}
