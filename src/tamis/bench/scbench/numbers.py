"""Tasks over the whole context: numbers, needles, frequent words (arXiv 2412.10319, table 2; RULER, 2404.06654)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from random import Random
from statistics import median_low

from tamis.bench.scbench.session import Turn
from tamis.bench.scbench.strings import NOISE, Made, distinct, spread

ASKED: Mapping[str, Callable[[list[int]], int]] = {  # what math_find asks, in turn
    "largest number": max,
    "smallest number": min,
    "median (the lower of two)": median_low,
    "second largest of the different numbers": lambda numbers: sorted(set(numbers))[-2],
    "second smallest of the different numbers": lambda numbers: sorted(set(numbers))[1],
}
COMMON = 3  # words that frequent_words asks for
OFTEN = 6  # how often each stands in the text; the others once


def math_find(random: Random, units: int, turns: int) -> Made:
    """Numbers from 0 to 999; each turn asks for one of their order statistics."""
    numbers = [random.randrange(1_000) for _ in range(units)]
    numbers[:2] = random.sample(range(1_000), 2)  # at least two different ones
    kinds = list(ASKED)
    asked = [
        Turn(f"What is the {kind}?", (str(ASKED[kind](numbers)),), "number")
        for kind in (kinds[i % len(kinds)] for i in range(turns))
    ]
    return ", ".join(map(str, numbers)), tuple(asked)


def needles(random: Random, units: int, turns: int) -> Made:
    """One passkey a turn, at depths from first to last, in `units` lines of filler."""
    names = distinct(random, turns, 6)
    keys = [str(key) for key in random.sample(range(10_000, 100_000), turns)]
    lines = [NOISE] * units
    for place, name, key in sorted(zip(spread(units + 1, turns), names, keys, strict=True), reverse=True):
        lines.insert(place, f"The passkey of {name} is {key}.")
    return "\n".join(lines), tuple(
        Turn(f"What is the passkey of {name}?", (key,), "number") for name, key in zip(names, keys, strict=True)
    )


def frequent_words(random: Random, units: int, turns: int) -> Made:
    """Words in random order, three of them six times, the others once; every turn asks for the three."""
    names = distinct(random, units + COMMON, 6)
    words = names[COMMON:] + names[:COMMON] * OFTEN
    random.shuffle(words)
    gold = tuple(word for word, _ in Counter(words).most_common(COMMON))
    return " ".join(words), (Turn(f"Which {COMMON} words are the most frequent?", gold, "share"),) * turns
