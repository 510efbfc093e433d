"""Tasks over the whole context: numbers, needles, words, shots (arXiv 2412.10319, table 2; RULER, 2404.06654)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from statistics import median_low

from tamis.bench.scbench.sessions import Made, SessionTurn
from tamis.bench.scbench.strings import NOISE, spread
from tamis.bench.scbench.wording import Wording

ASKED: Mapping[str, Callable[[list[int]], int]] = {  # what math_find asks, in turn
    "largest number": max,
    "smallest number": min,
    "median (the lower of two)": median_low,
    "second largest of the different numbers": lambda numbers: sorted(set(numbers))[-2],
    "second smallest of the different numbers": lambda numbers: sorted(set(numbers))[1],
}
RANKS = (6, 4, 2)  # how often the words of frequent_words stand in the text, most frequent first; the others once
LABELS = ("low", "middle", "high")


def math_find(random: Random, units: int, turns: int, words: Wording) -> Made:
    """Numbers from 0 to 999; each turn asks for one of their order statistics."""
    numbers = [random.randrange(1_000) for _ in range(units)]
    numbers[:2] = random.sample(range(1_000), 2)  # at least two different ones
    kinds = [list(ASKED)[i % len(ASKED)] for i in range(turns)]
    questions = [SessionTurn(f"What is the {kind}?", (str(ASKED[kind](numbers)),), "number") for kind in kinds]
    return ", ".join(map(str, numbers)), tuple(questions)


def needles(random: Random, units: int, turns: int, words: Wording) -> Made:
    """One passkey a turn, at depths from first to last, in `units` lines of filler."""
    names, keys = words.names(random, turns), words.numbers(random, turns)
    lines = [NOISE] * units
    for place, name, key in sorted(zip(spread(random, units + 1, turns), names, keys, strict=True), reverse=True):
        lines.insert(place, f"The passkey of {name} is {key}.")
    return "\n".join(lines), tuple(
        SessionTurn(f'What is the passkey of "{name}"?', (key,), "number")
        for name, key in zip(names, keys, strict=True)
    )


def frequent_words(random: Random, units: int, turns: int, words: Wording) -> Made:
    """Words in random order, in as many groups as there are turns; each turn asks for the three frequent of a group."""
    questions, parts = [], []
    each = max(units // turns, 1)
    names = words.names(random, turns * (each + len(RANKS) + 1))
    for group in range(turns):
        label, *own = names[group * (each + len(RANKS) + 1) : (group + 1) * (each + len(RANKS) + 1)]
        often = own[: len(RANKS)]
        listed = own[len(RANKS) :] + [word for word, many in zip(often, RANKS, strict=True) for _ in range(many)]
        random.shuffle(listed)
        parts.append(f"{label}: {' '.join(listed)}")
        questions.append(SessionTurn(f'Which three words are the most frequent in "{label}"?', tuple(often), "share"))
    return "\n".join(parts), tuple(questions)


def many_shot(random: Random, units: int, turns: int, words: Wording) -> Made:
    """Numbers with labels by a rule that is not said; each turn asks for the label of another number."""
    first, second = sorted(random.sample(range(250, 750), 2))
    numbers = random.sample(range(100, 1_000), min(units, 700) + turns)

    def label(number: int) -> str:
        return LABELS[(number >= first) + (number >= second)]

    examples = [numbers[turns + i % (len(numbers) - turns)] for i in range(units)]
    lines = [f"Input {number} -> {label(number)}" for number in examples]
    questions = [
        SessionTurn(f"Which label belongs to the input {number}?", (label(number),), "contains")
        for number in numbers[:turns]
    ]
    return "\n".join(lines), tuple(questions)
