"""The shape of the micro model, and batches of lessons as tensors."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

import torch
from torch import Tensor

from tamis.train.micro.lessons import lesson
from tamis.train.micro.words import BEGIN, END, PAD, WORDS, vocabulary

REACH = 4096
SHARED = 2  # key/value heads
IGNORED = -100
BACK = (1, 2, 3, 4)  # tokens that the heads of the first layer look back at first
SHARP, PEAK = 4, 6.5  # the fastest pairs of RoPE take part, so strongly


def shape() -> Any:
    """Three layers, 128 wide, four query heads on two key/value heads."""
    from transformers import LlamaConfig

    return LlamaConfig(
        vocab_size=len(vocabulary()),
        hidden_size=128,
        intermediate_size=256,
        num_hidden_layers=3,
        num_attention_heads=4,
        num_key_value_heads=SHARED,
        head_dim=32,
        max_position_embeddings=REACH,
        tie_word_embeddings=True,
        attention_bias=True,
        bos_token_id=BEGIN,
        eos_token_id=END,
        pad_token_id=PAD,
    )


def begun() -> Any:
    """The model before training: random, but the heads of the first layer look one to four tokens back.

    Queries and keys of those heads are their biases, turned against each other by the angles of RoPE; so what follows
    what is known from the first step on, and minutes of training are enough. All else is learnt.
    """
    from transformers import LlamaForCausalLM

    model = LlamaForCausalLM(shape())
    size = model.config.hidden_size // model.config.num_attention_heads
    half = size // 2
    with torch.no_grad():
        torch.nn.init.normal_(model.model.embed_tokens.weight, std=model.config.hidden_size**-0.5)
        angles = 10_000.0 ** (-torch.arange(half) / half)
        looks = model.model.layers[0].self_attn
        looks.q_proj.weight.mul_(0.1)
        looks.k_proj.weight.mul_(0.1)
        for head, back in enumerate(BACK):
            turned = angles[:SHARP] * back
            looks.q_proj.bias[head * size : head * size + SHARP] = turned.cos() * PEAK
            looks.q_proj.bias[head * size + half : head * size + half + SHARP] = -turned.sin() * PEAK
        for head in range(SHARED):
            looks.k_proj.bias[head * size : head * size + SHARP] = PEAK
    return model


@dataclass(frozen=True)
class Batch:
    """Token ids (b, t), and targets (b, t): the next token where it is to be learnt, else `IGNORED`."""

    ids: Tensor
    targets: Tensor


def batch(random: Random, tokenizer: Any, *, length: int, items: int, copies: float) -> Batch:
    """So many texts of about `length` tokens; a share of `copies` repeats random words."""
    made = [
        _copied(random, tokenizer, length) if random.random() < copies else _taught(random, tokenizer, length)
        for _ in range(items)
    ]
    longest = max(len(ids) for ids, _ in made)
    ids = torch.full((items, longest), PAD)
    targets = torch.full((items, longest), IGNORED)
    for row, (tokens, learnt) in enumerate(made):
        ids[row, : len(tokens)] = torch.tensor(tokens)
        after = torch.tensor([token if learn else IGNORED for token, learn in zip(tokens, learnt, strict=True)][1:])
        targets[row, : len(tokens) - 1] = after
    return Batch(ids[:, :-1], targets[:, :-1])


def _taught(random: Random, tokenizer: Any, length: int) -> tuple[list[int], list[bool]]:
    turns = random.randint(1, max(1, min(16, length // 32)))
    ids, learnt = [BEGIN], [False]
    for text, learn in lesson(random, length, turns).parts():
        tokens = tokenizer.encode(text, add_special_tokens=False).ids
        ids += tokens
        learnt += [learn] * len(tokens)
    return ids, learnt


def _copied(random: Random, tokenizer: Any, length: int) -> tuple[list[int], list[bool]]:
    """Random words, then pieces of them again: what follows a word is what followed it before."""
    words = random.sample(WORDS, min(len(WORDS), length // 2))
    start = random.randrange(len(words))
    again = [*words[start:], *words[:start]]
    ids = [BEGIN, *(tokenizer.token_to_id(word) for word in (*words, *again))]
    return ids, [False] * (len(words) + 2) + [True] * (len(words) - 1)
