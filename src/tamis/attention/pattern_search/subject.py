"""What is searched for: a model's shape, its tokenizer, and the digest by which texts are known again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from tamis.attention.pattern_search.texts import Tokenizer
from tamis.errors import InvalidInput, UnsupportedModel
from tamis.models.transformers.hooks import attention_modules
from tamis.models.transformers.shape import AttentionShape


@dataclass(frozen=True, slots=True)
class Subject:
    """The attention of a model.

    Attributes:
        layers: whose attention goes through transformers' registry: all of them.
        shape: sizes of one layer.
        dtype: of the weights.
    """

    layers: int
    shape: AttentionShape
    dtype: torch.dtype

    @classmethod
    def of(cls, model: Any) -> Subject:
        """Look at a model.

        Raises:
            InvalidInput: it is in training mode.
            UnsupportedModel: its attention does not go through transformers' registry, or not that of all layers.
        """
        modules = attention_modules(model)
        if model.training:
            raise InvalidInput("The model is in training mode.", hint="model.eval()")
        numbers = sorted({int(module.layer_idx) for module in modules})
        if numbers != list(range(len(numbers))):
            raise UnsupportedModel(f"Only layers {numbers} go through AttentionInterface.", hint="All of them must.")
        return cls(len(numbers), AttentionShape.of(modules[0].config), next(model.parameters()).dtype)


def text_digest(lists: Sequence[Sequence[int]]) -> str:
    """A digest of all tokens."""
    return hashlib.sha256(json.dumps(lists).encode()).hexdigest()[:16]


def own_tokenizer(model: Any) -> Tokenizer:
    """The tokenizer in the folder that a model was loaded from; nothing is fetched.

    Raises:
        InvalidInput: there is none.
    """
    from transformers import AutoTokenizer

    place = str(getattr(model.config, "_name_or_path", "") or "")
    try:
        if not place or not Path(place).is_dir():
            raise OSError(f"no folder {place!r}")
        tokenizer: Tokenizer = AutoTokenizer.from_pretrained(place, local_files_only=True)
    except (OSError, ValueError) as error:
        hint = "Give SearchOptions(tokenizer=...), or the texts as lists of tokens."
        raise InvalidInput(f"No tokenizer beside the model: {error}.", hint=hint) from error
    return tokenizer
