"""The shape of the micro model, what it knows before training, and batches of lessons as tensors."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

import torch
from torch import Tensor

from training.micro.lessons import lesson
from training.micro.words import BEGIN, END, PAD, WORDS, vocabulary

REACH = 4096
IGNORED = -100
CODE = 32  # numbers that stand for a token
HEADS, SHARED, SIZE = 8, 4, 64  # query heads, key/value heads, head size
BACK = (1, 2, 3, 4, 6, 7, 10)  # how far the heads of the first layer look back
THETA = 1e8  # RoPE: half of each head turns so slowly that it does not tell places apart
SHARP, PEAK = 5, 10.0  # the fastest pairs of RoPE take part in looking back, so strongly
FOUND = 2.5  # of queries and keys: how sharply a token is found again
NOW, OUT = 0, len(BACK) + 1  # slots of the residual stream: the token itself, those before it, what comes next
WIDTH = CODE * (len(BACK) + 2)


def slot_of(back: int) -> int:
    """The slot that holds the token so many places before."""
    return NOW if not back else 1 + BACK.index(back)


# (query head; the token so far back is looked for; among tokens so far back of each key; what stands so far back of
# the key found is what comes next): a pair's value behind its key, the chain goes on, a variable of a value, ...
MATCHES = (
    (0, 4, 2, 0),
    (0, 7, 4, 0),
    (1, 1, 2, 0),
    (2, 4, 0, 2),
    (4, 6, 0, 2),
    (4, 1, 4, 2),
    (6, 1, 0, 3),
)


def shape() -> Any:
    """Two layers, eight query heads on four key/value heads."""
    from transformers import LlamaConfig

    return LlamaConfig(
        vocab_size=len(vocabulary()),
        hidden_size=WIDTH,
        intermediate_size=256,
        num_hidden_layers=2,
        num_attention_heads=HEADS,
        num_key_value_heads=SHARED,
        head_dim=SIZE,
        max_position_embeddings=REACH,
        rope_parameters={"rope_type": "default", "rope_theta": THETA},
        tie_word_embeddings=False,
        attention_bias=True,
        bos_token_id=BEGIN,
        eos_token_id=END,
        pad_token_id=PAD,
    )


def begun() -> Any:
    """The model before training: what a lookup needs is laid out, all else is random.

    The residual stream has slots. A token's code stands in the first; heads of the first layer copy the codes of the
    tokens 1, 2, 3, ... places before into the next ones (their queries and keys are biases, turned against each other
    by the angles of RoPE). Heads of the second layer begin as lookups (`MATCHES`), and write into the last slot, which
    the output reads. What is asked where, and how answers are put, is learnt.
    """
    from transformers import LlamaForCausalLM

    model = LlamaForCausalLM(shape())
    with torch.no_grad():
        codes = torch.randn(len(vocabulary()), CODE)
        for table, slot, scale in ((model.model.embed_tokens, NOW, 1.0), (model.lm_head, OUT, 0.5)):
            table.weight.zero_()
            table.weight[:, _slot(slot)] = scale * codes
        _look_back(model.model.layers[0].self_attn)
        _look_up(model.model.layers[1].self_attn)
    return model


def _look_back(attention: Any) -> None:
    half = SIZE // 2
    angles = THETA ** (-torch.arange(SHARP) / half)
    for part in (attention.q_proj, attention.k_proj):
        part.weight.mul_(0.05)
    for head, back in enumerate(BACK):
        at = head * SIZE
        attention.q_proj.bias[at : at + SHARP] = (angles * back).cos() * PEAK
        attention.q_proj.bias[at + half : at + half + SHARP] = -(angles * back).sin() * PEAK
        _copy(attention.o_proj.weight.t(), at, _slot(slot_of(back)), (CODE / WIDTH) ** 0.5)  # undoes the norm before
    for head in range(SHARED):
        attention.k_proj.bias[head * SIZE : head * SIZE + SHARP] = PEAK
        attention.v_proj.weight[head * SIZE : (head + 1) * SIZE] = 0
        _copy(attention.v_proj.weight, head * SIZE, _slot(NOW), 1.0)


def _look_up(attention: Any) -> None:
    half, group = SIZE // 2, HEADS // SHARED
    slow = torch.cat([torch.arange(half - CODE // 2, half), torch.arange(SIZE - CODE // 2, SIZE)])
    turns: dict[tuple[int, int], Tensor] = {}  # two conditions of a head must not mix
    for head, query_back, key_back, value_back in MATCHES:
        shared = head // group * SIZE
        turn = turns.setdefault((shared, key_back), FOUND * torch.linalg.qr(torch.randn(CODE, CODE))[0])
        attention.q_proj.weight[head * SIZE + slow, _slot(slot_of(query_back))] = turn
        attention.k_proj.weight[shared + slow, _slot(slot_of(key_back))] = turn
        attention.v_proj.weight[shared : shared + CODE] = 0
        _copy(attention.v_proj.weight, shared, _slot(slot_of(value_back)), 1.0)
        _copy(attention.o_proj.weight.t(), head * SIZE, _slot(OUT), 1.0 if head < group else 0.5)


def _slot(number: int) -> slice:
    return slice(number * CODE, (number + 1) * CODE)


def _copy(weight: Tensor, row: int, columns: slice, scale: float) -> None:
    """Let rows of a matrix, from `row` on, read or write a slot."""
    weight[row : row + CODE] = 0
    weight[row : row + CODE, columns] = scale * torch.eye(CODE)


@dataclass(frozen=True)
class Batch:
    """Token ids (b, t), and targets (b, t): the next token where it is to be learnt, else `IGNORED`."""

    ids: Tensor
    targets: Tensor


def batch(random: Random, tokenizer: Any, *, length: int, items: int, copies: float) -> Batch:
    """So many texts of about `length` tokens; a share of `copies` repeats random words."""
    rows = [
        _copied(random, tokenizer, length) if random.random() < copies else _taught(random, tokenizer, length)
        for _ in range(items)
    ]
    longest = max(len(ids) for ids, _ in rows)
    ids = torch.full((items, longest), PAD)
    targets = torch.full((items, longest), IGNORED)
    for row, (tokens, learnt) in enumerate(rows):
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
