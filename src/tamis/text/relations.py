"""What the structure of a text says of its units, before it becomes arrays: who is whole, who needs whom.

Does not read the text: `text/blocks.py` reads its lines and `text/pairs.py` what stands in pairs.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field

import numpy as np

from tamis.core import Bools, Ints
from tamis.text.units import Units, connected


@dataclass(frozen=True, slots=True)
class Relations:
    """Relations of units, by their numbers; ranges are half-open.

    Attributes:
        company: (unit, low, high): it stays just where something in the range stays.
        wholes: (low, high): the range goes or stays whole, its punctuation and light words too.
        ties: two units that go or stay together.
        needs: (low, high, head): the range stays only with its head.
        quiet: signs of links, which divide no sentence.
    """

    company: list[tuple[int, int, int]] = field(default_factory=list)
    wholes: list[tuple[int, int]] = field(default_factory=list)
    ties: list[tuple[int, int]] = field(default_factory=list)
    needs: list[tuple[int, int, int]] = field(default_factory=list)
    quiet: list[int] = field(default_factory=list)

    def accompany(self, units: range, low: int, high: int) -> None:
        """Say that all these units stay just where something in the range stays."""
        if low < high:
            self.company.extend((unit, low, high) for unit in units)


class Places:
    """Finds the units of places in the text."""

    def __init__(self, units: Units) -> None:
        self.starts, self.ends = units.starts.tolist(), units.ends.tolist()
        self.mark = units.punct.tolist()

    def units(self, start: int, end: int) -> range:
        """The units that characters from `start` to `end` belong to."""
        return range(bisect_right(self.ends, start), bisect_left(self.starts, end))

    def pure(self, unit: int, start: int, end: int) -> bool:
        """Whether a unit is just these characters, or punctuation."""
        return bool(self.mark[unit]) or (self.starts[unit] == start and self.ends[unit] == end)


def company_of(n: int, relations: Relations) -> tuple[Ints, Ints]:
    """Two (n,) arrays: the range of which something must stay for each unit to stay; empty where nothing must."""
    low, high = np.zeros(n, np.int64), np.zeros(n, np.int64)
    if relations.company:
        unit, start, end = np.array(relations.company, np.int64).T
        low[unit], high[unit] = start, end
    return low, high


def inside(n: int, ranges: list[tuple[int, int]]) -> Bools:
    """(n,) True for the units of the ranges."""
    steps = np.zeros(n + 1, np.int64)
    for start, end in ranges:
        steps[start] += 1
        steps[end] -= 1
    member: Bools = np.cumsum(steps[:-1]) > 0
    return member


def parents_of(n: int, relations: Relations) -> Ints:
    """(n,) the head that each unit needs, -1 for none; of several that of the smallest range."""
    parents = np.full(n, -1, np.int64)
    for start, end, head in sorted(relations.needs, key=lambda need: need[0] - need[1]):
        parents[start:end] = head
    parents[parents == np.arange(n)] = -1
    return parents


def bonds_of(n: int, relations: Relations) -> Ints:
    """(n,) the first unit of the group of each: all that hangs together by wholes and ties."""
    return connected(n, *_edges(relations))


def _edges(relations: Relations) -> tuple[Ints, Ints]:
    """Pairs of units that hang together: the first of each whole with all the others, and the ties."""
    wholes = np.array(relations.wholes, np.int64).reshape(-1, 2)
    ties = np.array(relations.ties, np.int64).reshape(-1, 2)
    sizes = wholes[:, 1] - wholes[:, 0]
    first = np.repeat(wholes[:, 0], sizes)
    offset = np.arange(first.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return np.concatenate([first, ties[:, 0]]), np.concatenate([first + offset, ties[:, 1]])
