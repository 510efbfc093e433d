"""A small model of random weights, and tokens, queries, keys and values for it: the same each time."""

from __future__ import annotations

from functools import cache
from typing import Any

from .places import resolve

CONFIG = {
    "vocab_size": 64, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 3, "num_attention_heads": 4,
    "num_key_value_heads": 2, "head_dim": 8, "max_position_embeddings": 2048, "pad_token_id": 0, "bos_token_id": 1,
    "eos_token_id": 2,
}  # fmt: skip


@cache
def tiny(family: str = "llama") -> Any:
    """A small model of random weights, the same each time; heads look somewhere."""
    import torch

    transformers = resolve("transformers")
    torch.set_num_threads(1)
    torch.manual_seed(0)
    config = {"llama": transformers.LlamaConfig, "qwen2": transformers.Qwen2Config}[family](**CONFIG)
    model = transformers.AutoModelForCausalLM.from_config(config, attn_implementation="sdpa").eval()
    with torch.no_grad():
        for name, weight in model.named_parameters():
            weight.mul_(12 if "q_proj" in name or "k_proj" in name else 1)
    return model


def ids(n: int = 500, items: int = 1) -> Any:
    """(items, n) tokens."""
    import torch

    return torch.randint(3, 64, (items, n), generator=torch.Generator().manual_seed(1))


def padded(n: int, left: int) -> dict[str, Any]:
    """Two prompts of n tokens, of which the first has `left` tokens of padding in front."""
    batch = {"input_ids": ids(n, 2), "attention_mask": (ids(n, 2) > 0).long()}
    batch["attention_mask"][0, :left] = 0
    return batch


def tensors(n: int = 300, keys: int = 300) -> tuple[Any, Any, Any]:
    """Queries, keys, values."""
    import torch

    generator = torch.Generator().manual_seed(2)
    shapes = ((1, 4, n, 16), (1, 2, keys, 16), (1, 2, keys, 16))
    q, k, v = (torch.randn(shape, generator=generator) for shape in shapes)
    return q, k, v
