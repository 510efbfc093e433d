"""The decoder of a language model: all but the logits, which of a long text take more memory than all else."""

from __future__ import annotations

from typing import Any


def decoder_of(model: Any) -> Any:
    """What reads tokens into hidden states and caches; the model itself if it has no parts."""
    return model.get_decoder() if hasattr(model, "get_decoder") else model
