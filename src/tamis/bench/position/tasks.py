"""Lookups for a model: the same pairs, the one that is asked for in another place each time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from random import Random
from typing import Any

from tamis.attention.position import Lookup, lookups
from tamis.attention.position.pairs import spread
from tamis.bench.scbench.wording import WORDS
from tamis.errors import InvalidInput


def position_lookups(
    tokenizer: Any, *, pairs: int = 50, places: int = 5, samples: int = 10, seed: int = 0, micro: bool = False
) -> list[Lookup]:
    """Lookups in the tokens of a model, behind the tokens that it expects first.

    Args:
        tokenizer: of transformers.
        pairs: in a JSON object.
        places: where the pair stands that is asked for, evenly apart from first to last.
        samples: sets of pairs.
        seed: of what is drawn.
        micro: in the words of the micro model, as it learnt to be asked; else random UUIDs.

    Raises:
        InvalidInput: no samples, no pairs, or no places among them.
    """
    if min(pairs, places, samples) < 1:
        raise InvalidInput(f"{samples} samples of {pairs} pairs in {places} places.", hint="At least one of each.")

    def encode(text: str) -> list[int]:
        return list(tokenizer(text, add_special_tokens=False).input_ids)

    questions = (
        _micro(encode, pairs, spread(pairs, places), samples, seed)
        if micro
        else lookups(encode, pairs=pairs, places=places, samples=samples, seed=seed)
    )
    first = _first_tokens(tokenizer, encode("a"))
    return [Lookup((*first, *one.prompt), one.answer, one.place, one.pairs, one.sample) for one in questions]


def _first_tokens(tokenizer: Any, plain: Sequence[int]) -> tuple[int, ...]:
    """What the tokenizer puts in front of a text."""
    whole = list(tokenizer("a").input_ids)
    return tuple(whole[: max(0, len(whole) - len(plain))]) if whole[-len(plain) :] == plain else ()


def _micro(encode: Any, pairs: int, places: Sequence[int], samples: int, seed: int) -> list[Lookup]:
    if 2 * pairs > len(WORDS):
        raise InvalidInput(f"{pairs} pairs of words.", hint=f"The micro model knows {len(WORDS) // 2} pairs at most.")
    lookups = []
    for sample in range(samples):
        key, value, *others = Random(f"position:{seed}:{sample}").sample(WORDS, 2 * pairs)
        rest = list(zip(others[::2], others[1::2], strict=True))
        for place in places:
            table = json.dumps(dict([*rest[:place], (key, value), *rest[place:]]), indent=0)
            prompt = f'{table}\nQuestion: What is the value of the key "{key}"?\nAnswer:'
            lookups.append(Lookup(tuple(encode(prompt)), tuple(encode(f" {value}")), place, pairs, sample))
    return lookups
