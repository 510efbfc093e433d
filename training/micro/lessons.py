"""What the micro model learns from: contexts of made-up words and questions that some place in them answers.

Each kind has the very form of a task of `tamis.bench.scbench`, so that dense attention answers those without fault.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from training.micro.words import NUMBERS, WORDS

HOPS = 3
NOISE = "Rain fell on the quay, and the ferry left without a bell."
RELATIONS = ("home", "trade", "colour", "dish")


@dataclass(frozen=True, slots=True)
class Lesson:
    """A context and what is asked of it; `asked` holds pairs of a question and its answer."""

    context: str
    asked: tuple[tuple[str, str], ...]

    def parts(self) -> list[tuple[str, bool]]:
        """The text in pieces; True for those that are to be learnt."""
        pieces = [(f"{self.context}\n", False)]
        for question, answer in self.asked:
            pieces += [(f"Question: {question}\nAnswer:", False), (f" {answer}\n", True)]
        return pieces


def kv(random: Random, units: int, turns: int) -> Lesson:
    """A JSON object; the value of a key is asked for."""
    keys, values = _two(random, units)
    pairs = list(zip(keys, values, strict=True))
    context = "{\n" + ",\n".join(f'"{key}": "{value}"' for key, value in pairs) + "\n}"
    return Lesson(context, _asked([(f'What is the value of the key "{k}"?', v) for k, v in pairs], random, turns))


def hops(random: Random, units: int, turns: int) -> Lesson:
    """Assignments in random order that form chains; the three names behind a name are asked for."""
    names = random.sample(WORDS, min(units, len(WORDS) // (HOPS + 1)) * (HOPS + 1))
    chains = [names[i : i + HOPS + 1] for i in range(0, len(names), HOPS + 1)]
    lines = [f"{a} = {b}" for chain in chains for a, b in pairwise(chain)]
    random.shuffle(lines)
    pairs = [(f'Which three names come one after another from "{c[0]}"?', ", ".join(c[1:])) for c in chains]
    return Lesson("\n".join(lines), _asked(pairs, random, turns))


def ends(random: Random, units: int, turns: int) -> Lesson:
    """Words of three parts; the one with both ends is asked for, near others that share one end."""
    ends = [(random.choice(WORDS), random.choice(WORDS)) for _ in range(min(turns, units))]
    seen = set(ends)
    words = [(a, random.choice(WORDS), b) for a, b in seen]
    pairs = [(f'Which word starts with "{a}" and ends with "{b}"?', "-".join((a, m, b))) for a, m, b in words]
    while len(words) < units:
        a, b = random.choice(ends)
        a, b = random.choice([(a, random.choice(WORDS)), (random.choice(WORDS), b)])
        if (a, b) not in seen:
            seen.add((a, b))
            words.append((a, random.choice(WORDS), b))
    random.shuffle(words)
    return Lesson(" ".join("-".join(word) for word in words), _asked(pairs, random, turns))


def needles(random: Random, units: int, turns: int) -> Lesson:
    """Passkeys of three digits in filler."""
    names, keys = random.sample(WORDS, turns), random.sample(NUMBERS, turns)
    lines = [NOISE] * units + [f"The passkey of {n} is {k}." for n, k in zip(names, keys, strict=True)]
    random.shuffle(lines)
    pairs = [(f'What is the passkey of "{name}"?', key) for name, key in zip(names, keys, strict=True)]
    return Lesson("\n".join(lines), _asked(pairs, random, turns))


def facts(random: Random, units: int, turns: int) -> Lesson:
    """Sentences that give relations of names; one relation of one name is asked for."""
    names, values = _two(random, units)
    names = [names[i - i % len(RELATIONS)] for i in range(units)]
    rows = [(RELATIONS[i % len(RELATIONS)], name, v) for i, (name, v) in enumerate(zip(names, values, strict=True))]
    random.shuffle(rows)
    context = " ".join(f"The {relation} of {name} is {value}." for relation, name, value in rows)
    return Lesson(context, _asked([(f'What is the {r} of "{n}"?', v) for r, n, v in rows], random, turns))


def variables(random: Random, units: int, turns: int) -> Lesson:
    """Chains of variables in filler; all names of a value are asked for."""
    names, values = random.sample(WORDS, turns * HOPS), random.sample(NUMBERS, turns)
    chains = [names[i : i + HOPS] for i in range(0, len(names), HOPS)]
    heads = [f"VAR {c[0]} = {v}" for c, v in zip(chains, values, strict=True)]
    tails = [[f"VAR {b} = VAR {a}" for a, b in pairwise(chain)] for chain in chains]
    owners = [i for i, tail in enumerate(tails) for _ in range(len(tail) + 1)] + [-1] * units
    random.shuffle(owners)
    rest = [iter([head, *tail]) for head, tail in zip(heads, tails, strict=True)]
    lines = [NOISE if owner < 0 else next(rest[owner]) for owner in owners]
    pairs = [(f"Which variables have the value {v}?", ", ".join(c)) for c, v in zip(chains, values, strict=True)]
    return Lesson("\n".join(lines), _asked(pairs, random, turns))


LESSONS: Mapping[str, tuple[Callable[[Random, int, int], Lesson], float, int]] = {  # share, tokens of a unit
    "kv": (kv, 0.2, 4),
    "hops": (hops, 0.18, 12),
    "ends": (ends, 0.32, 5),
    "needles": (needles, 0.08, 14),
    "facts": (facts, 0.14, 7),
    "variables": (variables, 0.08, 14),
}
TURN = 24  # tokens of a question with its answer, about


def lesson(random: Random, length: int, turns: int) -> Lesson:
    """A lesson of about so many tokens."""
    kinds = list(LESSONS)
    kind = random.choices(kinds, weights=[LESSONS[name][1] for name in kinds])[0]
    make, _, size = LESSONS[kind]
    rest = length - turns * TURN
    if kind in ("needles", "variables"):
        rest -= turns * (8 if kind == "needles" else 17)
    return make(random, min(max(rest // size, turns, 2), 900), turns)


def _asked(pairs: list[tuple[str, str]], random: Random, turns: int) -> tuple[tuple[str, str], ...]:
    return tuple(random.sample(pairs, min(turns, len(pairs))))


def _two(random: Random, count: int) -> tuple[list[str], list[str]]:
    """Keys that differ from one another, and values."""
    return random.sample(WORDS, count), [random.choice(WORDS) for _ in range(count)]
