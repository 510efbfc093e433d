"""What a model of transformers is, by numbers: sizes of its attention, kinds of its layers, marks of its weights."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from tamis.errors import UnsupportedModel
from tamis.models.transformers.hooks import attention_modules

DENSE = "full_attention"
SAMPLE = 16  # numbers of each weight: a fine-tuned model differs in most of them


@dataclass(frozen=True, slots=True)
class AttentionShape:
    """Sizes of a model's attention.

    Attributes:
        layers: of the text model.
        heads: query heads of a layer.
        kv_heads: key/value heads of a layer.
        head_size: numbers of a head.
    """

    layers: int
    heads: int
    kv_heads: int
    head_size: int

    @classmethod
    def of(cls, config: Any) -> AttentionShape:
        """The sizes that a configuration of transformers says."""
        text = text_config(config)
        heads = text.num_attention_heads
        kv_heads = getattr(text, "num_key_value_heads", None) or heads
        size = getattr(text, "head_dim", None) or text.hidden_size // heads
        return cls(int(text.num_hidden_layers), int(heads), int(kv_heads), int(size))


def text_config(config: Any) -> Any:
    """The part of a configuration that is of the text model: itself, mostly."""
    return config.get_text_config() if hasattr(config, "get_text_config") else config


def must_see_all(model: nn.Module) -> None:
    """Check that every layer attends to all that came before.

    Raises:
        UnsupportedModel: some slide, are chunked or keep a state instead.
    """
    for module in attention_modules(model):
        kinds = getattr(module.config, "layer_types", None)
        kind = kinds[module.layer_idx] if kinds else DENSE
        if not kinds and getattr(module.config, "sliding_window", None) is not None:
            kind = "sliding_attention"
        if kind != DENSE:
            raise UnsupportedModel(
                f"Layer {module.layer_idx} of {type(model).__name__} is of type {kind}; its cache is not compressed.",
                hint="Models whose layers all see the whole text: Llama, Qwen2, Qwen3, Mistral without a window.",
            )
    _no_other_layers(model)


def _no_other_layers(model: Any) -> None:
    kinds = getattr(text_config(model.config), "layer_types", None) or ()
    other = sorted({kind for kind in kinds if kind != DENSE})
    if other:
        raise UnsupportedModel(
            f"{type(model).__name__} has layers of type {', '.join(other)} beside attention to the whole text.",
            hint="Models whose layers all see the whole text: Llama, Qwen2, Qwen3, Mistral without a window.",
        )


# --- marks of weights ---------------------------------------------------------------------------------------------


def fingerprint(model: nn.Module) -> str:
    """A line that says what the model is, and differs for other weights, dtypes or rotations.

    It looks at some numbers of each weight, so that a large model takes no longer than a moment.

    Example: llama, 2 layers, 2 heads of 16, 3f1c0e9a7b52
    """
    config, shape = text_config(model.config), AttentionShape.of(model.config)
    digest = hashlib.sha256(repr((getattr(config, "rope_parameters", None), config.model_type)).encode())
    for name, weight in sorted(model.named_parameters()):
        digest.update(f"{name} {weight.dtype} {tuple(weight.shape)}".encode())
        digest.update(_sample(weight).numpy().tobytes())
    heads = f"{shape.kv_heads} heads of {shape.head_size}"
    return f"{config.model_type}, {shape.layers} layers, {heads}, {digest.hexdigest()[:12]}"


def weight_digest(model: nn.Module) -> str:
    """The same for the same weights, whatever their dtype: a digest of the first numbers of each.

    Searches are known by it (`tamis.attention.search`): another digest would orphan the states of those under way.
    """
    digest = hashlib.sha256(type(model).__name__.encode())
    for name, weight in model.named_parameters():
        some = weight.detach().flatten()[:SAMPLE].double().tolist()
        digest.update(f"{name} {tuple(weight.shape)} {some}".encode())
    return digest.hexdigest()[:16]


def _sample(weight: Tensor) -> Tensor:
    """SAMPLE numbers of a weight, evenly apart, as float64."""
    flat = weight.detach().flatten()
    return flat[:: max(len(flat) // SAMPLE, 1)][:SAMPLE].to("cpu", torch.float64)
