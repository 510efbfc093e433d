"""What a memory holds, in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tamis.memory.recall.index import Index
from tamis.memory.types import Turn


@dataclass(frozen=True, slots=True)
class SessionOverview:
    """One conversation.

    Attributes:
        name: "" for turns that name none.
        turns, segments: how many.
        speakers: in order of appearance.
        start, end: earliest and latest time; None where no turn has one.
    """

    name: str
    turns: int
    segments: int
    speakers: tuple[str, ...] = ()
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Overview:
    """What a scope holds.

    Attributes:
        turns, sessions, segments: how many.
        speakers: turns of each.
        flags: how often the guard noticed what.
        start, end: earliest and latest time.
        encoder: that made the vectors.
        stale: turns whose vector another encoder made; `reembed` makes them anew.
        bytes: that the scope takes in memory.
    """

    turns: int
    sessions: int
    segments: int
    speakers: dict[str, int] = field(default_factory=dict)
    flags: dict[str, int] = field(default_factory=dict)
    start: datetime | None = None
    end: datetime | None = None
    encoder: str = ""
    stale: int = 0
    bytes: int = 0


def sessions(index: Index) -> tuple[SessionOverview, ...]:
    """The sessions, by their first time, those without one last, then as they came."""
    segments = Counter(segment.session for _, segment in index.segments.values())
    rows = [
        _session(name, [index.turn(number) for number in numbers], segments[name])
        for name, numbers in index.by_session().items()
    ]
    return tuple(sorted(rows, key=lambda row: (row.start is None, row.start and row.start.timestamp())))


def _session(name: str, turns: Sequence[Turn], segments: int) -> SessionOverview:
    speakers = tuple(dict.fromkeys(turn.speaker for turn in turns if turn.speaker))
    return SessionOverview(name, len(turns), segments, speakers, *_ends(turns))


def _ends(turns: Sequence[Turn]) -> tuple[datetime | None, datetime | None]:
    times = [turn.time for turn in turns if turn.time is not None]
    return min(times, default=None), max(times, default=None)


def overview(index: Index, encoder: str) -> Overview:
    """All of a scope."""
    entries = [index.entries[number] for numbers in index.by_session().values() for number in numbers]
    return Overview(
        len(entries),
        len({entry.turn.session for entry in entries}),
        len(index.segments),
        dict(Counter(entry.turn.speaker for entry in entries).most_common()),
        dict(Counter(flag for entry in entries for flag in entry.flags).most_common()),
        *_ends([entry.turn for entry in entries]),
        index.encoder,
        sum(entry.encoder != encoder for entry in entries),
        index.bytes,
    )
