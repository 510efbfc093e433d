"""What keys, names and numbers of the tasks look like: as published, or in the few words that the micro model knows."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from random import Random

LETTERS = "abcdefghijklmnopqrstuvwxyz"
SYLLABLES = tuple(a + b for a, b in product("bdklmnrt", "aeio"))
WORDS = tuple(a + b for a, b in product(SYLLABLES, SYLLABLES))  # each is one token of the micro model


@dataclass(frozen=True, slots=True)
class Wording:
    """How the parts of a task are drawn; every function gives so many different strings.

    Attributes:
        keys: keys and values of pairs.
        names: of variables, persons, links of a chain.
        numbers: passkeys and values of variables.
        start, middle: the ends of a word of `prefix_suffix`, and what stands between.
        joint: between the parts of such a word.
    """

    keys: Callable[[Random, int], list[str]]
    names: Callable[[Random, int], list[str]]
    numbers: Callable[[Random, int], list[str]]
    ends: Callable[[Random], str]
    middle: Callable[[Random], str]
    joint: str


def letters(random: Random, length: int) -> str:
    """So many random letters."""
    return "".join(random.choices(LETTERS, k=length))


def _different(draw: Callable[[Random], str]) -> Callable[[Random, int], list[str]]:
    def drawn(random: Random, count: int) -> list[str]:
        texts: dict[str, None] = {}
        while len(texts) < count:
            texts[draw(random)] = None
        return list(texts)

    return drawn


def _uuid(random: Random) -> str:
    return str(uuid.UUID(int=random.getrandbits(128), version=4))


def _words(random: Random, count: int) -> list[str]:
    """Words while they last, then pairs of words."""
    if count <= len(WORDS):
        return random.sample(WORDS, count)
    return _different(lambda r: f"{r.choice(WORDS)}-{r.choice(WORDS)}")(random, count)


PLAIN = Wording(
    keys=_different(_uuid),
    names=_different(lambda random: letters(random, 8)),
    numbers=_different(lambda random: str(random.randrange(10_000, 100_000))),
    ends=lambda random: letters(random, 4),
    middle=lambda random: letters(random, 16),
    joint="",
)
MICRO = Wording(
    keys=_words,
    names=_words,
    numbers=_different(lambda random: str(random.randrange(100, 1_000))),
    ends=lambda random: random.choice(WORDS),
    middle=lambda random: random.choice(WORDS),
    joint="-",
)
WORDINGS: Mapping[str, Wording] = {"plain": PLAIN, "micro": MICRO}
