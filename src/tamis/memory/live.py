"""A scope in use: its index and what the guard knows of it, kept up with the store."""

from __future__ import annotations

from collections.abc import Sequence
from threading import RLock

import numpy as np

from tamis.errors import UnknownScope
from tamis.memory.guard import Delivered, Screened, Seen, WriteGuard, WriteVerdict, judge
from tamis.memory.recall.index import NONE, Index
from tamis.memory.segment.protocol import Segmenter, Vectors
from tamis.memory.store.protocol import FullStore
from tamis.memory.types import Changes, Scope, Segment, Turn

COMPARED = 2_000  # turns, the last ones, that new ones are compared with for near copies


class Live:
    """What is in memory of one scope. Whoever uses it holds its lock."""

    def __init__(self, scope: Scope, language: str) -> None:
        self.scope = scope
        self.lock = RLock()
        self.index = Index(language)
        self.seen, self.delivered = Seen(), Delivered()

    def sync(self, store: FullStore, *, new: bool = False) -> None:
        """Take in what was written since the last time, by anyone.

        new -- a scope that was never written to is no error, it is empty

        Raises:
            UnknownScope: it was never written to, or was deleted meanwhile.
        """
        try:
            if store.version(self.scope) == self.index.version:
                return
            changes = store.changes(self.scope, self.index.version)
        except UnknownScope:
            self._apply(Changes(0, reset=True))
            if not new:
                raise
            return
        self._apply(changes)

    def _apply(self, changes: Changes) -> None:
        self.index.apply(changes)
        if changes.reset:
            self.seen = Seen()
        self.seen.forget(frozenset(changes.removed))
        late = len(changes.added) - COMPARED
        for place, entry in enumerate(changes.added):
            self.seen.note(entry.turn, recent=place >= late)

    def judge(self, turns: Sequence[Screened], guard: WriteGuard) -> list[WriteVerdict]:
        """What the guard says of each turn, those before it in the list taken as said."""
        batch, verdicts = Seen(), []
        for turn in turns:
            verdict = judge(turn, guard, (self.seen, batch), self.delivered)
            if not verdict.skipped:
                batch.note(verdict.turn)
            verdicts.append(verdict)
        return verdicts

    def cut(self, turns: Sequence[Turn], vectors: Vectors, segmenter: Segmenter) -> list[Segment]:
        """The segments that these turns, in order and with ids, open or extend: new turns only, session by session."""
        sessions: dict[str, list[int]] = {}
        for place, turn in enumerate(turns):
            sessions.setdefault(turn.session, []).append(place)
        used: set[str] = set()
        return [
            segment
            for session, places in sessions.items()
            for segment in self._cut(session, [turns[p] for p in places], vectors[places], segmenter, used)
        ]

    def _cut(
        self, session: str, turns: Sequence[Turn], vectors: Vectors, segmenter: Segmenter, used: set[str]
    ) -> list[Segment]:
        before = self._last(session, segmenter.context)
        stored, length = len(before), 0
        open_segment = self._open(before[-1]) if before else None
        if open_segment is not None:
            length = len(open_segment.turns)
        if before:
            assert self.index.vectors is not None
            vectors = np.concatenate([self.index.vectors.rows[before], vectors])
        session_turns = [*(self.index.turn(number) for number in before), *turns]
        opens = segmenter.cut(session_turns, vectors, known=stored, length=length)
        tiles: list[Segment] = []
        for turn, new in zip(turns, opens.tolist(), strict=True):
            if tiles and not new:
                tiles[-1] = Segment(tiles[-1].id, session, (*tiles[-1].turns, turn.id))
            elif not tiles and not new and open_segment is not None:
                tiles.append(Segment(open_segment.id, session, (turn.id,)))
            else:
                tiles.append(Segment(self._unused(turn.id, used), session, (turn.id,)))
        return tiles

    def _last(self, session: str, count: int) -> list[int]:
        """Numbers of the last turns of a session, in order; at least one, if it has one, to know what is open."""
        index, number = self.index, self.index.last(session)
        numbers: list[int] = []
        while number != NONE and len(numbers) < max(count, 1):
            numbers.append(number)
            number = int(index.before.rows[number][1])
        return numbers[::-1]

    def _open(self, number: int) -> Segment | None:
        place = int(self.index.segment.rows[number])
        return None if place == NONE else self.index.segments[self.index.segment_name[place]][1]

    def _unused(self, ident: str, used: set[str]) -> str:
        """An id for a segment after its first turn's; that of a segment whose first turn was deleted is taken."""
        candidate, number = ident, 2
        while candidate in used or candidate in self.index.segments:
            candidate, number = f"{ident}-{number}", number + 1
        used.add(candidate)
        return candidate
