"""Tiny models of transformers with random weights: one maker for the tests of attention, caches and hooks.

Two sizes: `made` is 32 wide, of 64 tokens, three of them special; `wide` is 64 wide, of 100 tokens. Two layers each.
"""

from __future__ import annotations

from typing import Any

import torch
import transformers

SMALL: dict[str, Any] = {
    "vocab_size": 64, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 2, "head_dim": 8, "max_position_embeddings": 1024, "pad_token_id": 0, "bos_token_id": 1,
    "eos_token_id": 2,
}  # fmt: skip
WIDE: dict[str, Any] = {
    "vocab_size": 100, "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 2, "max_position_embeddings": 512,
}  # fmt: skip
GPT2: dict[str, Any] = {
    "vocab_size": 64, "n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 1024, "bos_token_id": 1,
    "eos_token_id": 2, "pad_token_id": 0,
}  # fmt: skip
CONFIGS: dict[str, Any] = {
    "llama": transformers.LlamaConfig, "qwen2": transformers.Qwen2Config, "qwen3": transformers.Qwen3Config,
    "mistral": transformers.MistralConfig, "gemma2": transformers.Gemma2Config,
    "gemma3": transformers.Gemma3TextConfig, "phi3": transformers.Phi3Config, "glm4": transformers.Glm4Config,
    "gpt2": transformers.GPT2Config,
}  # fmt: skip


def opened(config: Any, *, seed: int = 0, implementation: str | None = None) -> Any:
    """A causal model of that configuration, its weights drawn from the seed; the family's own attention if not said."""
    torch.manual_seed(seed)
    options = {} if implementation is None else {"attn_implementation": implementation}
    return transformers.AutoModelForCausalLM.from_config(config, **options).eval()


def made(family: str = "llama", implementation: str | None = "sdpa", *, seed: int = 0, **more: Any) -> Any:
    """A model 32 wide, two layers of four heads over two, three special tokens; `more` sizes and settings."""
    sizes = GPT2 if family == "gpt2" else SMALL
    return opened(CONFIGS[family](**{**sizes, **more}), seed=seed, implementation=implementation)


def wide(family: str = "llama", implementation: str | None = None, *, seed: int = 0, **more: Any) -> Any:
    """A model 64 wide, two layers of four heads over two; Mistral without a window unless `more` has one."""
    window = {"sliding_window": None} if family == "mistral" else {}
    return opened(CONFIGS[family](**{**WIDE, **window, **more}), seed=seed, implementation=implementation)


def ids(length: int = 60, batch: int = 2, seed: int = 1, *, low: int = 1, high: int = 100) -> torch.Tensor:
    """(batch, length) tokens for a model that is `wide`, from the seed."""
    return torch.randint(low, high, (batch, length), generator=torch.Generator().manual_seed(seed))


def plain_ids(length: int = 640, batch: int = 2, seed: int = 1) -> torch.Tensor:
    """(batch, length) tokens for a model that is `made`, none of them special."""
    return ids(length, batch, seed, low=3, high=64)
