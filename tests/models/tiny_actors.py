"""Tiny GUI-Actors with random weights, saved as the published checkpoints are laid out, and their formulas in NumPy."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers
from safetensors.torch import load_file, save_file
from tokenizers import ByteLevelBPETokenizer

from tamis.models.gui_actor.head import NAME, ActionHead
from tamis.models.gui_actor.prompts import ADDED, IMAGE, VISION

QWEN = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", *VISION, IMAGE, "<|video_pad|>")
WIDTH = 32
_TEXT = {
    "hidden_size": WIDTH, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 2, "max_position_embeddings": 4096, "initializer_range": 0.2, "bos_token_id": 0,
    "eos_token_id": 2, "rope_parameters": {"rope_type": "default", "mrope_section": [1, 1, 2], "rope_theta": 1e4},
}  # fmt: skip
_VISION = {
    "qwen2_vl": {"depth": 2, "embed_dim": 32, "hidden_size": WIDTH, "num_heads": 2, "mlp_ratio": 2},
    "qwen2_5_vl": {"depth": 2, "hidden_size": 32, "intermediate_size": 48, "num_heads": 2, "out_hidden_size": WIDTH,
                   "fullatt_block_indexes": [1], "window_size": 56},
}  # fmt: skip
_CONFIGS: dict[str, Any] = {"qwen2_vl": transformers.Qwen2VLConfig, "qwen2_5_vl": transformers.Qwen2_5_VLConfig}
_MODELS: dict[str, Any] = {
    "qwen2_vl": transformers.Qwen2VLForConditionalGeneration,
    "qwen2_5_vl": transformers.Qwen2_5_VLForConditionalGeneration,
}


def tokenizer(*, special: tuple[str, ...] = (*QWEN, *ADDED)) -> Any:
    """A byte-level tokenizer whose special tokens are those of Qwen2-VL and of GUI-Actor."""
    trained = ByteLevelBPETokenizer()
    trained.train_from_iterator(["pyautogui.click(x) True False"], vocab_size=280, special_tokens=list(special))
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=trained._tokenizer, eos_token="<|im_end|>", pad_token="<|endoftext|>"
    )


def backbone(family: str, words: Any, *, seed: int = 0) -> Any:
    numbers = {
        name: words.convert_tokens_to_ids(token)
        for name, token in zip(
            ("image_token_id", "video_token_id", "vision_start_token_id", "vision_end_token_id"),
            (IMAGE, "<|video_pad|>", *VISION),
            strict=True,
        )
    }
    text = {**_TEXT, "vocab_size": len(words), "pad_token_id": 0}
    config = _CONFIGS[family](text_config=text, vision_config=_VISION[family], **numbers)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return _MODELS[family](config).eval()


def saved(folder: Path, family: str, *, head: bool = True, words: Any = None, most: int = 28 * 28 * 40) -> Path:
    """A checkpoint of random weights."""
    words = tokenizer() if words is None else words
    model = backbone(family, words)
    model.save_pretrained(folder)
    words.save_pretrained(folder)
    settings = {"patch_size": 14, "merge_size": 2, "temporal_patch_size": 2, "min_pixels": 3136, "max_pixels": most}
    (folder / "preprocessor_config.json").write_text(json.dumps(settings))
    if head:
        with torch.random.fork_rng():
            torch.manual_seed(1)
            add_head(folder, ActionHead(WIDTH))
    return folder


def add_head(folder: Path, head: ActionHead) -> None:
    """Put a head's tensors beside the backbone's, under the published names, with weights that are not near zero."""
    tensors = load_file(folder / "model.safetensors")
    for name, tensor in head.state_dict().items():
        tensors[f"{NAME}.{name}"] = (3 * tensor if tensor.ndim == 2 else tensor + 0.1).contiguous()
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def published_attention(tensors: dict[str, np.ndarray], tokens: np.ndarray, states: np.ndarray) -> np.ndarray:
    """(n, m): equations 2 to 5 with the residual and the layer norm of the code, by hand, in float64."""
    t = {name: np.asarray(value, np.float64) for name, value in tensors.items()}
    tokens, states = np.asarray(tokens, np.float64), np.asarray(states, np.float64)
    width = tokens.shape[1]
    query, key, value = np.split(
        tokens @ t["self_attention.in_proj_weight"].T + t["self_attention.in_proj_bias"], 3, axis=1
    )
    size, mixed = width // 8, []
    for first in range(0, width, size):
        part = slice(first, first + size)
        weights = query[:, part] @ key[:, part].T / np.sqrt(size)
        mixed.append(_softmax(weights) @ value[:, part])
    out = np.concatenate(mixed, 1) @ t["self_attention.out_proj.weight"].T + t["self_attention.out_proj.bias"]
    rows = tokens + out
    rows = (rows - rows.mean(1, keepdims=True)) / np.sqrt(rows.var(1, keepdims=True) + 1e-5)
    rows = rows * t["layer_norm.weight"] + t["layer_norm.bias"]
    keys, queries = _mlp(t, "projection_enc", rows), _mlp(t, "projection_dec", states)
    return _softmax(queries @ keys.T / np.sqrt(width))


def _mlp(t: dict[str, np.ndarray], name: str, rows: np.ndarray) -> np.ndarray:
    erf = np.vectorize(math.erf, otypes=[float])
    hidden = rows @ t[f"{name}.0.weight"].T + t[f"{name}.0.bias"]
    return (hidden * (1 + erf(hidden / np.sqrt(2))) / 2) @ t[f"{name}.2.weight"].T + t[f"{name}.2.bias"]


def _softmax(rows: np.ndarray) -> np.ndarray:
    shares = np.exp(rows - rows.max(1, keepdims=True))
    return shares / shares.sum(1, keepdims=True)
