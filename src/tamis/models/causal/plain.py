"""A causal language model as `transformers` has it, with its tokenizer: for what looks into its attention and cache."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tamis.errors import ModelNotFound
from tamis.models.causal.hf import causal_weights, check_tokens
from tamis.models.encoder import WEIGHTS
from tamis.models.transformers.hub import Place, dtype_of, fast_tokenizer


def open_plain(name: str | Path, *, device: str = "auto", dtype: str = "auto") -> tuple[Any, Any]:
    """(model, tokenizer) of an embedded model by name, a folder, or a hub id; nothing is changed in them.

    Raises:
        MissingExtra: torch or transformers is not installed.
        ModelNotFound: no such folder, or the hub cannot be reached or has no such model.
        ModelCorrupt: files are missing or cut short, the tokenizer is slow or another model's.
        InvalidInput: unknown device or dtype.
    """
    place = Place(device, dtype)
    dtype_of(place)
    source = _source(str(name))
    tokenizer = fast_tokenizer(source, place)
    model = causal_weights(source, place)
    check_tokens(tokenizer, model, source)
    return model, tokenizer


def _source(name: str) -> str:
    embedded = WEIGHTS / name
    folder = embedded if embedded.is_dir() else Path(name).expanduser()
    if folder.is_dir():
        return str(folder.resolve())
    if name.count("/") != 1 or name.startswith((".", "~", "/")):
        hint = "Name micro (embedded), a folder, or a hub id as in owner/name."
        raise ModelNotFound(f"There is no causal language model {name!r}.", hint=hint)
    return name
