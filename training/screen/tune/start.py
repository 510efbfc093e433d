"""Where training starts and what it leaves: checkpoints laid out as the published ones."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from tamis.errors import ModelCorrupt
from tamis.io.files import atomic_folder, write
from tamis.models.gui_actor.actor import head_tensors
from tamis.models.gui_actor.head import NAME, ActionHead, head_of
from tamis.models.gui_actor.prompts import ADDED, END, PAD, PROMPTS, START, ActorPrompt
from tamis.models.gui_actor.vision import VisionModel, open_vision
from tamis.models.transformers.hub import Place, bare, fast_tokenizer


@dataclass(frozen=True, eq=False)
class Learner:
    """A GUI-Actor that is being trained.

    Attributes:
        vision: the backbone, in float32.
        head: the action head.
        tokenizer: of transformers, with the added tokens.
        fresh: ids of the added tokens.
    """

    vision: VisionModel
    head: ActionHead
    tokenizer: Any
    fresh: tuple[int, ...]

    @property
    def prompt(self) -> ActorPrompt:
        """Of its backbone."""
        return PROMPTS[self.vision.family]


def open_learner(name: str, *, pixels: int | None = None, device: str = "auto", seed: int = 0) -> Learner:
    """A GUI-Actor, or a plain Qwen2-VL or Qwen2.5-VL that gets the tokens and a new head.

    New rows of the embeddings are the mean of the old ones, as by the authors.

    Raises:
        ModelNotFound, ModelCorrupt, UnsupportedModel: as `open_actor`.
    """
    vision = open_vision(name, device=device, dtype="float32", pixels=pixels)
    tokenizer = fast_tokenizer(name, Place())
    vision = _with_tokens(vision, tokenizer)
    width = vision.model.get_input_embeddings().embedding_dim
    try:
        head = head_of(head_tensors(name), width)
    except ModelCorrupt:
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            head = ActionHead(width)
    fresh = tuple(vision.token(token) for token in ADDED)
    return Learner(vision, head.to(vision.model.device), tokenizer, fresh)


def save_learner(learner: Learner, folder: Path) -> None:
    """Write a checkpoint that `ActorGrounder` opens: a whole folder or none.

    Raises:
        OutputError: it cannot be written.
    """
    model, patching = learner.vision.model, learner.vision.patching
    for name, token in (("start", START), ("end", END), ("pad", PAD)):
        setattr(model.config, f"pointer_{name}_token_id", learner.vision.token(token))
    setattr(model, NAME, learner.head)
    settings = {
        "image_processor_type": "Qwen2VLImageProcessor", "patch_size": patching.size, "merge_size": patching.merge,
        "temporal_patch_size": patching.frames, "min_pixels": patching.least, "max_pixels": patching.most,
        "image_mean": patching.mean, "image_std": patching.deviation,
    }  # fmt: skip
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with atomic_folder(folder) as temporary:
            model.save_pretrained(temporary)
            learner.tokenizer.save_pretrained(temporary)
            write(temporary / "preprocessor_config.json", json.dumps(settings, indent=2).encode())
    finally:
        delattr(model, NAME)


def _with_tokens(vision: VisionModel, tokenizer: Any) -> VisionModel:
    """The same with the added tokens, where it has not all of them."""
    missing = [token for token in ADDED if tokenizer.convert_tokens_to_ids(token) in (None, tokenizer.unk_token_id)]
    if not missing:
        return vision
    tokenizer.add_tokens(missing, special_tokens=True)
    model, old = vision.model, vision.model.get_input_embeddings().num_embeddings
    rows = [tokenizer.convert_tokens_to_ids(token) for token in missing]
    if len(tokenizer) > old:
        model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    known = min(rows)
    with torch.no_grad():
        for table in {model.get_input_embeddings().weight, model.get_output_embeddings().weight}:
            table[rows] = table[:known].mean(0)
    marked = bare(tokenizer)
    plain = type(marked).from_str(marked.to_str())
    plain.encode_special_tokens = True
    return VisionModel(vision.name, vision.family, model, marked, plain, vision.patching)
