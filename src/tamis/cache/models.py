"""Which model a cache belongs to: its shape, and a fingerprint of its weights."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from tamis.cache.layer import RaggedLayer
from tamis.errors import InvalidPlan

if TYPE_CHECKING:
    from tamis.cache.ragged import RaggedCache

SAMPLE = 16  # numbers of each weight: a fine-tuned model differs in most of them


def fingerprint(model: nn.Module) -> str:
    """A line that says what the model is, and differs for other weights, dtypes or rotations.

    It looks at some numbers of each weight, so that a large model takes no longer than a moment.

    Example: llama, 2 layers, 2 heads of 16, 3f1c0e9a7b52
    """
    config: Any = _text(model)
    layers, heads, size = shape(model)
    mark = hashlib.sha256(repr((getattr(config, "rope_parameters", None), config.model_type)).encode())
    for name, weight in sorted(model.named_parameters()):
        mark.update(f"{name} {weight.dtype} {tuple(weight.shape)}".encode())
        mark.update(_sample(weight).numpy().tobytes())
    return f"{config.model_type}, {layers} layers, {heads} heads of {size}, {mark.hexdigest()[:12]}"


def shape(model: nn.Module) -> tuple[int, int, int]:
    """Layers, key/value heads, and size of a head."""
    config: Any = _text(model)
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    return int(config.num_hidden_layers), int(heads), int(size)


def must_be_shape(cache: RaggedCache, model: nn.Module) -> None:
    """Check that a model could read a cache, as far as shapes can tell.

    Raises:
        InvalidPlan: it has other layers, heads or head sizes.
    """
    tails = [layer.keys for layer in cache.layers if isinstance(layer, RaggedLayer) and layer.keys is not None]
    found = {(int(keys.shape[1]), int(keys.shape[3])) for keys in tails}
    layers, heads, size = shape(model)
    if tails and (found != {(heads, size)} or len(tails) != layers):
        raise InvalidPlan(
            f"A cache of {len(tails)} layers, (heads, size) {sorted(found)}, does not fit {type(model).__name__}.",
            hint=f"It has {layers} layers with {heads} key/value heads of {size}.",
        )


def _text(model: nn.Module) -> Any:
    config: Any = model.config
    return config.get_text_config() if hasattr(config, "get_text_config") else config


def _sample(weight: Tensor) -> Tensor:
    flat = weight.detach().flatten()
    return flat[:: max(len(flat) // SAMPLE, 1)][:SAMPLE].to("cpu", torch.float64)
