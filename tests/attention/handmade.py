"""A small Llama with weights set by hand: it looks up values, and one hidden dimension makes it prefer late pairs.

A pair is one token: a code of its key in some dimensions, of its value in others. Layer 0 looks at all tokens alike and
writes what it saw of the first one, which gets rarer, into `KNOWN`: so the causal mask alone writes the position. The
last layer finds the pair whose key has the code that is asked for, but adds what `KNOWN` says of its position.
"""

from __future__ import annotations

from random import Random
from typing import Any

import torch

from tamis.attention.position import Lookup

KEYS, VALUES = 24, 8
KNOWN, FIRST, QUERY = 66, 65, 67
CODE = 32  # dimensions of a code: keys at 0, values at 32, what is asked for at 80
ASKED = 80
MATCH, BIAS = 60.0, 90.0


def handmade() -> Any:
    import transformers

    rope = {"rope_type": "default", "rope_theta": 1e12}  # so slow in the upper half that positions are nearly the same
    config = transformers.LlamaConfig(
        vocab_size=1 + KEYS * VALUES + KEYS + VALUES, hidden_size=128, intermediate_size=8, num_hidden_layers=3,
        num_attention_heads=1, num_key_value_heads=1, head_dim=128, max_position_embeddings=2048, bos_token_id=0,
        rope_parameters=rope, tie_word_embeddings=False,
    )  # fmt: skip
    model = transformers.AutoModelForCausalLM.from_config(config, attn_implementation="sdpa").eval()
    with torch.no_grad():
        for layer in model.model.layers:
            for projection in (*layer.self_attn.children(), layer.mlp.down_proj):
                projection.weight.zero_()
        _embed(model)
        writes = model.model.layers[0].self_attn
        writes.v_proj.weight[0, FIRST] = 1.0
        writes.o_proj.weight[KNOWN, 0] = -4.0
        _look_up(model.model.layers[2].self_attn)
    return model


def _embed(model: Any) -> None:
    made = torch.Generator().manual_seed(0)
    keys, values = _codes(KEYS, made), _codes(VALUES, made)
    table = model.model.embed_tokens.weight.zero_()
    table[0, FIRST] = 1.4
    for key in range(KEYS):
        for value in range(VALUES):
            table[pair(key, value), :CODE] = keys[key]
            table[pair(key, value), CODE : 2 * CODE] = values[value]
        table[asked(key), ASKED : ASKED + CODE] = keys[key]
        table[asked(key), QUERY] = 1.0
    model.lm_head.weight.zero_()
    for value in range(VALUES):
        model.lm_head.weight[answer(value), CODE : 2 * CODE] = values[value]


def _look_up(attention: Any) -> None:
    slow = torch.arange(64 - CODE, 64)  # dimensions of a head that hardly turn
    codes = torch.arange(CODE)
    attention.q_proj.weight[slow, ASKED + codes] = MATCH
    attention.k_proj.weight[slow, codes] = 1.0
    attention.q_proj.weight[127, QUERY] = BIAS
    attention.k_proj.weight[127, KNOWN] = 1.0
    attention.v_proj.weight[codes, CODE + codes] = 1.0
    attention.o_proj.weight[CODE + codes, codes] = 1.0


def _codes(count: int, made: torch.Generator) -> torch.Tensor:
    return (torch.randint(2, (count, CODE), generator=made) * 2 - 1) / CODE**0.5


def pair(key: int, value: int) -> int:
    return 1 + key * VALUES + value


def asked(key: int) -> int:
    return 1 + KEYS * VALUES + key


def answer(value: int) -> int:
    return 1 + KEYS * VALUES + KEYS + value


def questions(*, pairs: int = 16, places: tuple[int, ...] = (0, 5, 10, 15), samples: int = 6, seed: int = 0) -> Any:
    made = []
    for sample in range(samples):
        random = Random(f"{seed}:{sample}")
        keys = random.sample(range(KEYS), pairs)
        tokens = [pair(key, random.randrange(VALUES)) for key in keys]
        gold, rest = tokens[0], tokens[1:]
        for place in places:
            prompt = (0, *rest[:place], gold, *rest[place:], asked(keys[0]))
            made.append(Lookup(prompt, (answer((gold - 1) % VALUES),), place, pairs, sample))
    return made
