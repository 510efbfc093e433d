"""Places in a text: what is free, and what is near."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, TypeVar


class Stretch(Protocol):
    """What has a place."""

    @property
    def start(self) -> int:
        """Its first character."""

    @property
    def end(self) -> int:
        """The character behind its last one."""


P = TypeVar("P", bound=Stretch)
Q = TypeVar("Q", bound=Stretch)
REACH = 60  # characters between what can belong together


def apart(ranked: Iterable[P]) -> list[P]:
    """Those that overlap none before them in the ranking, in the order of the text."""
    taken: list[tuple[int, int]] = []
    kept: list[P] = []
    for one in ranked:
        place = bisect_left(taken, (one.start, one.end))
        if (place and taken[place - 1][1] > one.start) or (place < len(taken) and taken[place][0] < one.end):
            continue
        taken.insert(place, (one.start, one.end))
        kept.append(one)
    return sorted(kept, key=lambda one: one.start)


def longest(candidates: Iterable[P]) -> list[P]:
    """Those that overlap no longer one, in the order of the text."""
    return apart(sorted(candidates, key=lambda one: (one.start - one.end, one.start)))


def near(one: Stretch, ordered: Sequence[Q]) -> Iterator[Q]:
    """Those of an ordered sequence that begin or end within reach of a place."""
    low = bisect_left(ordered, one.start - 2 * REACH, key=lambda other: other.start)
    for other in ordered[low:]:
        if other.start > one.end + REACH:
            return
        yield other
