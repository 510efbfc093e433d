"""Everything known of one scope, in memory: what ranks its turns for every kind of store.

Fed by the changes of a store and by nothing else, so two stores that hold the same give the same ranking, and what is
deleted in one process is gone from the index of another at its next look. A turn is a number from 0 on; what was
removed keeps its number, is not `alive`, and disappears when a fifth of all is gone. A window is a run of up to
`WINDOW` turns of a session; its vector is the sum of theirs, so nothing is encoded twice.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from tamis.core import Bools, Ints
from tamis.memory.recall.grown import Grown
from tamis.memory.recall.terms import date_terms, terms
from tamis.memory.recall.wide import Signs
from tamis.memory.types import Changes, Entry, Segment, Turn

WINDOW = 4  # turns: overlapping windows of four beat every unsupervised segmentation (specification, 3.2)
GONE = 0.2  # share of removed turns at which the index is built anew
NONE = -1
ENTRY = 1_500  # bytes of a turn's Python objects, measured: values, postings, the vector as it is stored

Array32 = NDArray[np.float32]
Numbers = NDArray[np.int32]


class Index:
    """The turns of one scope. Not thread-safe by itself: `Memory` holds a lock."""

    def __init__(self, language: str = "english") -> None:
        self.language = language
        self.version = 0
        self._clear()

    def _clear(self) -> None:
        self.entries: list[Entry] = []
        self.number: dict[str, int] = {}
        self.postings: dict[str, tuple[array[int], array[int]]] = {}
        self.alive, self.lengths, self.times = Grown(np.bool_), Grown(np.int32), Grown(np.float64)
        self.expires, self.spans = Grown(np.float64), Grown(np.float32)
        self.session, self.speaker, self.segment = Grown(np.int32), Grown(np.int32), Grown(np.int32)
        self.after, self.before = Grown(np.int32, WINDOW), Grown(np.int32, WINDOW)
        self.vectors: Grown | None = None
        self.encoder = ""
        self.sessions: dict[str, int] = {}
        self.speakers: dict[str, int] = {}
        self.segments: dict[str, tuple[int, Segment]] = {}
        self.segment_name: dict[int, str] = {}
        self._last: dict[int, int] = {}  # of each session: its last turn
        self._removed = self._places = self._words = self._characters = 0
        self._signs: Signs | None = None

    def __len__(self) -> int:
        return len(self.entries) - self._removed

    @property
    def bytes(self) -> int:
        """What it takes, roughly."""
        grown = [x for x in vars(self).values() if isinstance(x, Grown)]
        return sum(x.bytes for x in grown) + ENTRY * len(self.entries) + 2 * self._characters

    @property
    def mean_length(self) -> float:
        """Terms of a living turn."""
        return max(self._words / max(len(self), 1), 1e-9)

    def signs(self) -> Signs:
        """Of the vectors, for very large scopes; made when first asked for."""
        assert self.vectors is not None
        if self._signs is None:
            self._signs = Signs(self.vectors.rows)
        self._signs.sync(self.vectors.rows)
        return self._signs

    def last(self, session: str) -> int:
        """The last turn of a session; NONE where it has none."""
        return self._last.get(self.sessions.get(session, NONE), NONE)

    def turn(self, number: int) -> Turn:
        """The turn of a number."""
        return self.entries[number].turn

    def apply(self, changes: Changes) -> None:
        """Take in what happened."""
        if changes.reset:
            self._clear()
        for ident in changes.removed:
            self._remove(ident)
        self._add(changes.added)
        for ident in changes.dropped:
            self.segments.pop(ident, None)
        self._place(changes.segments)
        self.version = changes.version
        if self._removed > max(64, GONE * len(self.entries)):
            self._compact()

    def _add(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            if entry.turn.id in self.number:  # the same turn by another encoder
                self._revector(entry)
        fresh = [entry for entry in entries if entry.turn.id not in self.number]
        if not fresh:
            return
        first = len(self.entries)
        if self.vectors is None:
            self.encoder, self.vectors = fresh[-1].encoder, Grown(np.float32, fresh[-1].vector.size)
        self.vectors.append(np.stack([self._fitting(entry) for entry in fresh]))
        self._append_columns([self._note(number, entry) for number, entry in enumerate(fresh, first)])
        added = np.arange(first, len(self.entries))
        for session in np.unique(self.session.rows[first:]).tolist():
            self._link(session, added[self.session.rows[first:] == session].tolist())
        self._measure(added)

    def _note(self, number: int, entry: Entry) -> tuple[float, ...]:
        """Note the words of a turn; its values in the columns."""
        turn = entry.turn
        self.entries.append(entry)
        self.number[turn.id] = number
        self._characters += len(turn.text)
        stems = terms(f"{turn.speaker} {entry.key}", self.language) + date_terms(turn.time, self.language)
        for term, count in Counter(stems).items():
            if term not in self.postings:
                self.postings[term] = (array("i"), array("i"))
            ids, counts = self.postings[term]
            ids.append(number)
            counts.append(count)
        return (
            len(stems),
            np.nan if turn.time is None else turn.time.timestamp(),
            np.inf if entry.expires is None else entry.expires.timestamp(),
            self.sessions.setdefault(turn.session, len(self.sessions)),
            self.speakers.setdefault(turn.speaker, len(self.speakers)),
        )

    def _append_columns(self, rows: list[tuple[float, ...]]) -> None:
        count = len(rows)
        columns = (self.lengths, self.times, self.expires, self.session, self.speaker)
        for column, values in zip(columns, zip(*rows, strict=True), strict=True):
            column.append(values)
        self._words += int(sum(values[0] for values in rows))
        self.alive.append(np.ones(count, np.bool_))
        self.segment.append(np.full(count, NONE))
        self.spans.append(np.zeros(count))
        for neighbours in (self.after, self.before):
            neighbours.append(np.full((count, WINDOW), NONE))

    def _link(self, session: int, new: list[int]) -> None:
        """Join new turns of a session to its last ones."""
        old = _real(self.before.rows[self._last[session]])[: WINDOW - 1][::-1] if session in self._last else []
        self._relink([*old, *new], ahead=len(old) + len(new), behind=len(old))
        self._last[session] = new[-1]

    def _relink(self, run: list[int], *, ahead: int, behind: int) -> None:
        """Write the windows of turns side by side in a session.

        `after[i]` (WINDOW,) is the window that begins with i, `before[i]` the beginnings of the windows that hold i.

        ahead -- the windows that begin with the first so many are written
        behind -- from this turn of the run on, what windows hold it is written
        """
        turns, none = np.array(run, np.int32), np.full(WINDOW - 1, NONE, np.int32)
        following = sliding_window_view(np.concatenate([turns, none]), WINDOW)
        self.after.rows[turns[:ahead]] = following[:ahead]
        preceding = sliding_window_view(np.concatenate([none, turns]), WINDOW)[:, ::-1]
        self.before.rows[turns[behind:]] = preceding[behind:]

    def _measure(self, new: Ints) -> None:
        """The lengths of the vector sums of all windows that hold one of these turns."""
        assert self.vectors is not None
        starts = np.unique(self.before.rows[new])
        starts = starts[starts != NONE]
        vectors, after = self.vectors.rows, self.after.rows
        for part in np.array_split(starts, max(1, len(starts) // 4096)):
            sums = np.zeros((len(part), vectors.shape[1]), np.float32)
            for step in range(WINDOW):
                members = after[part, step]
                sums[members != NONE] += vectors[members[members != NONE]]
            self.spans.rows[part] = np.linalg.norm(sums, axis=1)

    def _fitting(self, entry: Entry) -> Array32:
        """The vector; nothing for one of another encoder, which cannot be compared (its words still count)."""
        assert self.vectors is not None
        width = self.vectors.rows.shape[1]
        if entry.encoder != self.encoder or entry.vector.size != width:
            return np.zeros(width, np.float32)
        return entry.vector.astype(np.float32)

    def _revector(self, entry: Entry) -> None:
        number = self.number[entry.turn.id]
        self.entries[number] = entry
        assert self.vectors is not None
        if entry.encoder != self.encoder:  # the scope goes over to another encoder: so do we, turn by turn
            self._go_over(entry)
        self.vectors.rows[number] = self._fitting(entry)
        self._signs = None
        self._measure(np.array([number]))

    def _go_over(self, latest: Entry) -> None:
        self.encoder = latest.encoder
        self.vectors = Grown(np.float32, latest.vector.size)
        self.vectors.append(np.stack([self._fitting(other) for other in self.entries]))
        self._measure(np.arange(len(self.entries)))

    def _remove(self, ident: str) -> None:
        number = self.number.pop(ident, None)
        if number is None:
            return
        self.alive.rows[number] = False
        self._words -= int(self.lengths.rows[number])
        self._removed += 1
        self._unlink(number)

    def _unlink(self, number: int) -> None:
        """Its neighbours become neighbours."""
        session = int(self.session.rows[number])
        left, right = _real(self.before.rows[number])[1:][::-1], _real(self.after.rows[number])[1:]
        if self._last[session] == number:
            self._last.pop(session)
            if left:
                self._last[session] = left[-1]
        if left or right:
            self._relink([*left, *right], ahead=len(left), behind=len(left))
        self.after.rows[number], self.before.rows[number] = NONE, NONE
        self._measure(np.array(left, np.int64))

    def _place(self, segments: Sequence[Segment]) -> None:
        for segment in segments:
            place, _ = self.segments.get(segment.id, (self._places, segment))
            self._places = max(self._places, place + 1)
            self.segments[segment.id], self.segment_name[place] = (place, segment), segment.id
            numbers = [self.number[ident] for ident in segment.turns if ident in self.number]
            self.segment.rows[numbers] = place

    def _compact(self) -> None:
        entries = [entry for entry, alive in zip(self.entries, self.alive.rows, strict=True) if alive]
        segments = tuple(segment for _, segment in self.segments.values())
        self.apply(Changes(self.version, reset=True, added=tuple(entries), segments=segments))

    def posting(self, term: str) -> tuple[Numbers, Numbers]:
        """The living turns that have a term, and how often."""
        if term not in self.postings:
            return np.zeros(0, np.int32), np.zeros(0, np.int32)
        ids, counts = (np.array(part, np.int32) for part in self.postings[term])
        if self._removed:
            living = self.alive.rows[ids]
            ids, counts = ids[living], counts[living]
        return ids, counts

    def living(self, now: float) -> Bools:
        """(n,) which turns are neither removed nor expired; now -- seconds since 1970."""
        return np.asarray(self.alive.rows & (self.expires.rows > now))

    def by_session(self) -> dict[str, list[int]]:
        """The living turns of each session, in order."""
        sessions: dict[str, list[int]] = defaultdict(list)
        for number in np.flatnonzero(self.alive.rows).tolist():
            sessions[self.turn(number).session].append(number)
        return dict(sessions)


def _real(neighbours: Numbers) -> list[int]:
    """The turns among them."""
    return [x for x in neighbours.tolist() if x != NONE]
