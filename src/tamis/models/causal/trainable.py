"""`mini-lm` as a model of transformers, so that it can be trained: its 4-bit weights as floats again. Extra `train`.

It says what the embedded model says, to rounding; a test compares them. Everything is read from the ONNX file, which
`training/lm/graph.py` writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tamis.errors import needs
from tamis.models.encoder import WEIGHTS, read_config
from tamis.models.pieces import open_tokenizer

BLOCK, MIDDLE = 32, 8  # inputs that share a scale; the code of zero
Tensors = Mapping[str, NDArray[Any]]


def trainable_mini(folder: Path = WEIGHTS / "mini-lm") -> tuple[Any, Any]:
    """(`LlamaForCausalLM` in float32, tokenizer of `tokenizers`) of the embedded model.

    Raises:
        MissingExtra: torch, transformers or onnx is not installed.
        ModelCorrupt: a file is missing or cut short.
    """
    needs("train", "torch", "transformers", "onnx")
    import onnx
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    config = read_config(folder)
    graph = onnx.load(str(folder / "model.onnx")).graph
    tensors = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in graph.initializer}
    norm = next(node for node in graph.node if node.op_type == "SimplifiedLayerNormalization")
    epsilon = next(float(part.f) for part in norm.attribute if part.name == "epsilon")
    shape = LlamaConfig(**_shape(config, tensors), rms_norm_eps=epsilon, tie_word_embeddings=True)
    model = LlamaForCausalLM(shape)
    state = {name: torch.tensor(array) for name, array in _state(config, tensors).items()}
    model.load_state_dict(state, strict=False)
    model.tie_weights()
    return model, open_tokenizer(folder / "tokenizer.json")


def _shape(config: Mapping[str, Any], tensors: Tensors) -> dict[str, Any]:
    """What a `LlamaConfig` is told."""
    width, rates = tensors["words.codes"].shape[1], tensors["rates"].reshape(-1)
    size = int(config["head_size"])
    theta = float(rates[1]) ** (-size / 2)
    return {
        "vocab_size": int(config["vocabulary"]),
        "hidden_size": width,
        "intermediate_size": tensors["model.layers.0.wide.codes"].shape[0] // 2,
        "num_hidden_layers": int(config["layers"]),
        "num_attention_heads": width // size,
        "num_key_value_heads": int(config["kv_heads"]),
        "max_position_embeddings": int(config["window"]),
        "rope_parameters": {"rope_type": "default", "rope_theta": theta},
        "bos_token_id": int(config["begin"]),
        "eos_token_id": int(config["begin"]),
    }


def _state(config: Mapping[str, Any], tensors: Tensors) -> dict[str, NDArray[Any]]:
    """The weights by their names in transformers."""
    words = tensors["words.codes"].astype(np.float32) * tensors["words.scale"]
    state = {"model.embed_tokens.weight": words, "model.norm.weight": tensors["model.norm.weight"]}
    heads = words.shape[1]  # rows of the queries
    keys = int(config["kv_heads"]) * int(config["head_size"])
    for index in range(int(config["layers"])):
        name = f"model.layers.{index}"
        query, key, value = np.split(_floats(tensors, f"{name}.qkv"), [heads, heads + keys])
        gate, up = np.split(_floats(tensors, f"{name}.wide"), 2)
        state |= {f"{name}.{part}.weight": tensors[f"{name}.{part}.weight"] for part in _NORMS}
        state |= {
            f"{name}.self_attn.q_proj.weight": query * np.float32(int(config["head_size"]) ** 0.5),  # (scaled there)
            f"{name}.self_attn.k_proj.weight": key,
            f"{name}.self_attn.v_proj.weight": value,
            f"{name}.self_attn.o_proj.weight": _floats(tensors, f"{name}.o"),
            f"{name}.mlp.gate_proj.weight": gate,
            f"{name}.mlp.up_proj.weight": up,
            f"{name}.mlp.down_proj.weight": _floats(tensors, f"{name}.down"),
        }
    return state


_NORMS = ("input_layernorm", "post_attention_layernorm")


def _floats(tensors: Tensors, name: str) -> NDArray[np.float32]:
    """(out, in) of codes (out, in / 32, 16), two to a byte and the first in its low bits, and scales."""
    packed = tensors[f"{name}.codes"]
    codes = np.stack([packed & 15, packed >> 4], axis=-1).reshape(*packed.shape[:2], BLOCK).astype(np.float32) - MIDDLE
    scales = tensors[f"{name}.half"].astype(np.float32).reshape(packed.shape[:2])
    return np.asarray((codes * scales[..., None]).reshape(len(packed), -1), np.float32)
