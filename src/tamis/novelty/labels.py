"""Names of intents as text: `card_arrival` says what is meant, once it is spelled as words.

Joined words are cut where a vocabulary has both parts: "createoradd" -> "create or add".
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from math import log

from tamis.models.encoder import MINI

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=\d)")
_BETWEEN = re.compile(r"[\s_/.\-:]+")
SHORTEST = 6  # letters of a name that may be two words
COST = 8.0  # of a word more, in log ranks: "before" stays "before", not "be fore"
USUAL = 5_600  # ranks of words of three letters that may be parts
_SMALL = frozenset(
    ["an", "as", "at", "by", "do", "go", "in", "is", "it", "me", "my", "no", "of", "on", "or", "to", "up"]
)  # parts may be these, or longer
_JOINED = {"dont": "don't", "cant": "can't", "wont": "won't", "whats": "what's", "qa": "question"}


def label_text(label: str) -> str:
    """What a label says, as words in lower case.

    Example: "iot/hue_lighton" -> "iot hue light on"
    """
    parts = _BETWEEN.split(_CAMEL.sub(" ", label))
    return " ".join(word for part in parts if part for word in _split(part.lower()))


@lru_cache(maxsize=4096)
def _split(word: str) -> tuple[str, ...]:
    """The words that a name is made of: itself if the vocabulary has it, or nothing better is there."""
    costs = _word_costs()
    if word in _JOINED:
        return (_JOINED[word],)
    if word in costs or len(word) < SHORTEST or not word.isalpha():
        return (word,)
    best: list[tuple[float, tuple[str, ...]]] = [(0.0, ())]
    for end in range(1, len(word) + 1):
        ways = [
            (best[start][0] + costs[word[start:end]] + COST, (*best[start][1], word[start:end]))
            for start in range(max(0, end - 20), end)
            if word[start:end] in costs and (start == 0 or best[start][1])
        ]
        best.append(min(ways, default=(float("inf"), ())))
    return tuple(_JOINED.get(part, part) for part in best[-1][1]) or (word,)


@lru_cache(maxsize=1)
def _word_costs() -> dict[str, float]:
    """Log ranks of the whole words in the vocabulary of `mini`, which is sorted by frequency."""
    vocabulary = json.loads((MINI / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    costs = {
        word: log(number + 1)
        for word, number in vocabulary.items()
        if word.isascii()
        and word.isalpha()
        and (len(word) > 3 or word in _SMALL or (len(word) == 3 and number < USUAL))
    }
    return costs | {word: costs["can"] for word in _JOINED if len(word) > 2}
