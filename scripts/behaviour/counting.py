"""Tokenizers: what they count, and compressions to budgets that they measure."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from .compress import compression
from .inputs import CHINESE, ENGLISH, ODD, TEXTS
from .outcomes import Calls
from .places import resolve

NAMES = ("o200k_base", "cl100k_base", "gpt-4o", "gpt-4", "gpt-3.5-turbo", "words", "chars")


def counting(_: Path) -> Calls:
    """Tokenizers."""
    for name in NAMES:
        yield f"{name}/tokens", partial(compression, ENGLISH, tokens=60, tokenizer=name)
        for text in ("zh", "emoji", "code"):
            yield f"{name}/{text}", partial(compression, TEXTS[text], rate=0.5, tokenizer=name)
        yield f"{name}/counts", partial(counts, name)
    yield "bytes", partial(compression, CHINESE, tokens=60, tokenizer=lambda text: len(text.encode()))
    yield "unknown", partial(compression, ENGLISH, tokenizer="gpt-0")
    yield "missing", partial(compression, ENGLISH, tokenizer="/nowhere/tokenizer.json")
    yield "negative", partial(compression, ENGLISH, tokenizer=lambda text: -1)
    yield "text", partial(compression, ENGLISH, tokenizer=lambda text: "many")


def counts(tokenizer: str) -> list[int]:
    """How many tokens each of the texts has."""
    count = resolve("counter")(tokenizer)
    return [count(text) for text in (*TEXTS.values(), ODD)]
