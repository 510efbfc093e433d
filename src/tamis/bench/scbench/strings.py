"""Tasks that look up strings: key-value pairs, words by their ends, hops, variables (arXiv 2412.10319, table 2)."""

from __future__ import annotations

import json
import uuid
from itertools import pairwise
from random import Random

from tamis.bench.scbench.session import Turn

LETTERS = "abcdefghijklmnopqrstuvwxyz"
NOISE = "Rain fell on the quay, and the ferry left without a bell."
WORD = 24  # letters of a word of prefix_suffix
END = 4  # letters of the prefix and of the suffix that are asked for
HOPS = 3

Made = tuple[str, tuple[Turn, ...]]


def spread(units: int, turns: int) -> list[int]:
    """Places among the units from the first to the last, evenly apart: depths of 0 to 100 %.

    Example: `spread(9, 3)` is [0, 4, 8].
    """
    return [round(i * (units - 1) / max(turns - 1, 1)) for i in range(turns)]


def kv(random: Random, units: int, turns: int) -> Made:
    """A JSON object of UUIDs; each turn asks for the value of one key, at depths from first to last."""
    pairs = [(_uuid(random), _uuid(random)) for _ in range(units)]
    asked = [
        Turn(f'What is the value of the key "{pairs[i][0]}"?', (pairs[i][1],), "contains")
        for i in _order(random, units, turns)
    ]
    return json.dumps(dict(pairs), indent=0), tuple(asked)


def hash_hop(random: Random, units: int, turns: int) -> Made:
    """Assignments in random order that form chains of three; each turn asks where one chain ends."""
    names = distinct(random, units * (HOPS + 1), 8)
    chains = [names[i : i + HOPS + 1] for i in range(0, len(names), HOPS + 1)]
    lines = [f"{a} = {b}" for chain in chains for a, b in pairwise(chain)]
    random.shuffle(lines)
    asked = [
        Turn(f"Follow {chains[i][0]} for {HOPS} steps. Where do you end?", (chains[i][-1],), "contains")
        for i in _order(random, units, turns)
    ]
    return "\n".join(lines), tuple(asked)


def prefix_suffix(random: Random, units: int, turns: int) -> Made:
    """Words of 24 letters; each turn asks for the one with both ends, near others that share one end only."""
    places = _order(random, units, turns)
    ends = [(_letters(random, END), _letters(random, END)) for _ in places]
    words = dict(zip(places, [_within(random, a, b) for a, b in ends], strict=True))
    taken = set(ends)
    while len(words) < units:
        place = next(i for i in range(units) if i not in words)
        a, b = _near(random, ends)
        if (a, b) not in taken:  # an answer is the only word with its two ends
            words[place] = _within(random, a, b)
    asked = [
        Turn(f'Which word starts with "{a}" and ends with "{b}"?', (words[i],), "contains")
        for i, (a, b) in zip(places, ends, strict=True)
    ]
    return " ".join(words[i] for i in range(units)), tuple(asked)


def variables(random: Random, units: int, turns: int) -> Made:
    """One chain of variables a turn, in order among `units` lines of noise; asked for all names of a value."""
    names = distinct(random, turns * HOPS, 5, upper=True)
    values = random.sample(range(10_000, 100_000), turns)
    chains = [names[i : i + HOPS] for i in range(0, len(names), HOPS)]
    lines = [_assigned(chain, value) for chain, value in zip(chains, values, strict=True)]
    kept = _woven(random, lines, [NOISE] * units)
    asked = [
        Turn(f"Which variables have the value {value}?", tuple(chain), "share")
        for chain, value in zip(chains, values, strict=True)
    ]
    return "\n".join(kept), tuple(asked)


def distinct(random: Random, count: int, length: int, *, upper: bool = False) -> list[str]:
    """So many different strings of letters."""
    found: dict[str, None] = {}
    while len(found) < count:
        found[_letters(random, length)] = None
    return [name.upper() if upper else name for name in found]


def _order(random: Random, units: int, turns: int) -> list[int]:
    """The places that are asked for, spread over the context, in random order."""
    places = spread(units, turns)
    random.shuffle(places)
    return places


def _assigned(chain: list[str], value: int) -> list[str]:
    return [f"VAR {chain[0]} = {value}", *(f"VAR {b} = VAR {a}" for a, b in pairwise(chain))]


def _woven(random: Random, ordered: list[list[str]], noise: list[str]) -> list[str]:
    """All lines in random places; those of one list stay in their order."""
    owners = [i for i, lines in enumerate(ordered) for _ in lines] + [-1] * len(noise)
    random.shuffle(owners)
    rest = [iter(lines) for lines in [*ordered, noise]]
    return [next(rest[owner]) for owner in owners]


def _near(random: Random, ends: list[tuple[str, str]]) -> tuple[str, str]:
    """Two ends, one of them mostly that of an answer."""
    a, b = random.choice(ends)
    kinds = [(a, _letters(random, END)), (_letters(random, END), b), (_letters(random, END), _letters(random, END))]
    return random.choice(kinds)


def _within(random: Random, start: str, end: str) -> str:
    return start + _letters(random, WORD - 2 * END) + end


def _letters(random: Random, length: int) -> str:
    return "".join(random.choices(LETTERS, k=length))


def _uuid(random: Random) -> str:
    return str(uuid.UUID(int=random.getrandbits(128), version=4))
