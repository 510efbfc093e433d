"""Tasks that look up strings: key-value pairs, words by their ends, hops, variables (arXiv 2412.10319, table 2)."""

from __future__ import annotations

import json
from itertools import pairwise
from random import Random

from tamis.bench.scbench.sessions import Made, SessionTurn
from tamis.bench.scbench.wording import Wording

NOISE = "Rain fell on the quay, and the ferry left without a bell."
HOPS = 3


def spread(random: Random, units: int, turns: int) -> list[int]:
    """Places among the units, evenly apart from the first to the last, in random order; a single one is anywhere.

    Example: `spread(random, 9, 3)` is [0, 4, 8] in some order.
    """
    if turns == 1:
        return [random.randrange(units)]
    places = [round(i * (units - 1) / (turns - 1)) for i in range(turns)]
    random.shuffle(places)
    return places


def kv(random: Random, units: int, turns: int, words: Wording) -> Made:
    """A JSON object; each turn asks for the value of one key, at depths from first to last."""
    keys, values = words.keys(random, units), words.keys(random, units)
    questions = [
        SessionTurn(f'What is the value of the key "{keys[i]}"?', (values[i],), "contains")
        for i in spread(random, units, turns)
    ]
    return json.dumps(dict(zip(keys, values, strict=True)), indent=0), tuple(questions)


def hash_hop(random: Random, units: int, turns: int, words: Wording) -> Made:
    """Assignments in random order that form chains of three; each turn asks for the names up to a chain's end."""
    names = words.names(random, units * (HOPS + 1))
    chains = [names[i : i + HOPS + 1] for i in range(0, len(names), HOPS + 1)]
    lines = [f"{a} = {b}" for chain in chains for a, b in pairwise(chain)]
    random.shuffle(lines)
    questions = [
        SessionTurn(
            f'Which three names come one after another from "{chains[i][0]}"?',
            (chains[i][-1],),
            "contains",
            ", ".join(chains[i][1:]),
        )
        for i in spread(random, units, turns)
    ]
    return "\n".join(lines), tuple(questions)


def prefix_suffix(random: Random, units: int, turns: int, words: Wording) -> Made:
    """Words of three parts; each turn asks for the one with both ends, near others that share one end only."""
    places = spread(random, units, turns)
    ends: dict[tuple[str, str], None] = {}
    while len(ends) < turns:
        ends[words.ends(random), words.ends(random)] = None
    pairs = list(ends)
    by_place = {place: _within(random, pair, words) for place, pair in zip(places, pairs, strict=True)}
    for place in (i for i in range(units) if i not in by_place):
        pair = _near(random, pairs, words)
        while pair in ends:  # an answer is the only word with its two ends
            pair = _near(random, pairs, words)
        by_place[place] = _within(random, pair, words)
    questions = [
        SessionTurn(f'Which word starts with "{a}" and ends with "{b}"?', (by_place[i],), "contains")
        for i, (a, b) in zip(places, pairs, strict=True)
    ]
    return " ".join(by_place[i] for i in range(units)), tuple(questions)


def variables(random: Random, units: int, turns: int, words: Wording) -> Made:
    """One chain of variables a turn, in order among `units` lines of noise; asked for all names of a value."""
    names, values = words.names(random, turns * HOPS), words.numbers(random, turns)
    chains = [names[i : i + HOPS] for i in range(0, len(names), HOPS)]
    lines = [_assigned(chain, value) for chain, value in zip(chains, values, strict=True)]
    kept = woven(random, [*lines, [NOISE] * units])
    questions = [
        SessionTurn(f"Which variables have the value {value}?", tuple(chain), "share")
        for chain, value in zip(chains, values, strict=True)
    ]
    return "\n".join(kept), tuple(questions)


def woven(random: Random, ordered: list[list[str]]) -> list[str]:
    """All lines in random places; those of one list stay in their order."""
    owners = [i for i, lines in enumerate(ordered) for _ in lines]
    random.shuffle(owners)
    rest = [iter(lines) for lines in ordered]
    return [next(rest[owner]) for owner in owners]


def _assigned(chain: list[str], value: str) -> list[str]:
    return [f"VAR {chain[0]} = {value}", *(f"VAR {b} = VAR {a}" for a, b in pairwise(chain))]


def _near(random: Random, pairs: list[tuple[str, str]], words: Wording) -> tuple[str, str]:
    """Two ends, one of them mostly that of an answer."""
    a, b = random.choice(pairs)
    other = words.ends(random)
    return random.choice([(a, other), (other, b), (other, words.ends(random))])


def _within(random: Random, pair: tuple[str, str], words: Wording) -> str:
    return words.joint.join((pair[0], words.middle(random), pair[1]))
