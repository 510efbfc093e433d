"""Texts to search on: key-value pairs and a question, as in arXiv 2407.02490, section 3.2; made here, none fetched.

Looking a pair up needs what sparse attention loses first: one place, far away, that nothing but the question tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any, Protocol

from torch import Tensor

from tamis.errors import InvalidInput

FRAME = "Extract the value of the key from the JSON object below.\n{{{pairs}}}\nThe value of the key {key!r} is "


class Tokenizer(Protocol):
    """What is needed of a tokenizer."""

    def encode(self, text: str) -> Sequence[int]:
        """The numbers of the text's tokens."""
        ...


def retrieval_texts(tokenizer: Tokenizer, *, tokens: int = 8192, texts: int = 1, seed: int = 0) -> list[list[int]]:
    """Texts of at most so many tokens, nearly as many: a JSON object of pairs, and one of its keys at the end.

    Args:
        tokenizer: of the model.
        tokens: of each text.
        texts: how many.
        seed: of what is drawn; each text has other pairs, and asks for one at another depth.

    Raises:
        InvalidInput: no texts, or not room for two pairs.
    """
    if texts < 1:
        raise InvalidInput(f"{texts} texts.", hint="At least 1.")
    return [_text(tokenizer, tokens, Random(f"retrieval:{seed}:{number}")) for number in range(texts)]


def _text(tokenizer: Tokenizer, tokens: int, random: Random) -> list[int]:
    pairs = [(_word(random), _word(random)) for _ in range(max(tokens // 8, 2))]  # a pair is longer than 8 tokens
    depth = random.random()
    fewest, most = 2, len(pairs)
    while fewest < most:
        middle = (fewest + most + 1) // 2
        fewest, most = (
            (middle, most) if len(_encoded(tokenizer, pairs[:middle], depth)) <= tokens else (fewest, middle - 1)
        )
    tokens_of_text = _encoded(tokenizer, pairs[:fewest], depth)
    if len(tokens_of_text) > tokens:
        raise InvalidInput(f"{tokens} tokens hold no two pairs.", hint=f"At least {len(tokens_of_text)}.")
    return tokens_of_text


def _encoded(tokenizer: Tokenizer, pairs: list[tuple[str, str]], depth: float) -> list[int]:
    listing = ", ".join(f'"{name}": "{value}"' for name, value in pairs)
    key = pairs[int(depth * len(pairs))][0]
    return [int(token) for token in tokenizer.encode(FRAME.format(pairs=listing, key=key))]


def _word(random: Random) -> str:
    return f"{random.getrandbits(64):016x}"


def token_lists(texts: Any, tokenizer: Tokenizer | None) -> list[list[int]]:
    """Texts, or what a tokenizer made of them, as lists of tokens.

    texts -- strings, lists of numbers, or a tensor (texts, tokens)

    Raises:
        InvalidInput: none, empty ones, or strings without a tokenizer.
    """
    if isinstance(texts, str) or (not isinstance(texts, Tensor) and not isinstance(texts, Sequence)):
        raise InvalidInput(f"Texts {texts!r:.60}.", hint="A list of strings, or of lists of tokens.")
    listed = texts.tolist() if isinstance(texts, Tensor) else list(texts)
    if any(isinstance(one, str) for one in listed) and tokenizer is None:
        raise InvalidInput("Strings, but no tokenizer.", hint="Give the model's tokenizer, or its tokens.")
    try:
        lists = [[int(t) for t in (tokenizer.encode(x) if tokenizer and isinstance(x, str) else x)] for x in listed]
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"Texts {listed!r:.60}.", hint="A list of strings, or of lists of tokens.") from error
    if not lists or not all(lists):
        raise InvalidInput(
            f"{len(lists)} texts, one of them empty." if lists else "No texts.", hint="Give at least one."
        )
    return lists
