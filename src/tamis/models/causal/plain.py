"""A causal language model as `transformers` has it, with its tokenizer: for what looks into its attention and cache."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tamis.models.causal.hf import causal_weights, check_tokens
from tamis.models.causal.load import source_of_weights
from tamis.models.transformers.hub import Place, dtype_of, fast_tokenizer


def open_plain(name: str | Path, *, device: str = "auto", dtype: str = "auto") -> tuple[Any, Any]:
    """(model, tokenizer) of an embedded model by name, a folder, a GGUF file, or a hub id; nothing is changed in them.

    Raises:
        MissingExtra: torch or transformers is not installed.
        UnknownName: neither a path nor a hub id.
        ModelNotFound: no such folder, or the hub cannot be reached or has no such model.
        ModelCorrupt: files are missing or cut short, the tokenizer is slow or another model's.
        InvalidInput: unknown device or dtype.
    """
    place = Place(device, dtype)
    dtype_of(place)
    source = source_of_weights(str(name), embedded="micro")
    tokenizer = fast_tokenizer(source, place)
    model = causal_weights(source, place)
    check_tokens(tokenizer, model, source)
    return model, tokenizer
