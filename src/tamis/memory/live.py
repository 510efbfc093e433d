"""A scope in use: its index and what the guard knows of it, kept up with the store."""

from __future__ import annotations

from collections.abc import Sequence
from threading import RLock

import numpy as np

from tamis.errors import UnknownScope
from tamis.memory.guard import Delivered, Guard, Screened, Seen, Verdict, judge
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
        for place, one in enumerate(changes.added):
            self.seen.note(one.turn, recent=place >= late)

    def judge(self, turns: Sequence[Screened], guard: Guard) -> list[Verdict]:
        """What the guard says of each turn, those before it in the list taken as said."""
        batch, found = Seen(), []
        for one in turns:
            verdict = judge(one, guard, (self.seen, batch), self.delivered)
            if not verdict.skipped:
                batch.note(verdict.turn)
            found.append(verdict)
        return found

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
        known, length = len(before), 0
        open_ = self._open(before[-1]) if before else None
        if open_ is not None:
            length = len(open_.turns)
        if before:
            assert self.index.vectors is not None
            vectors = np.concatenate([self.index.vectors.rows[before], vectors])
        said = [*(self.index.turn(number) for number in before), *turns]
        opens = segmenter.cut(said, vectors, known=known, length=length)
        found: list[Segment] = []
        for turn, new in zip(turns, opens.tolist(), strict=True):
            if found and not new:
                found[-1] = Segment(found[-1].id, session, (*found[-1].turns, turn.id))
            elif not found and not new and open_ is not None:
                found.append(Segment(open_.id, session, (turn.id,)))
            else:
                found.append(Segment(self._unused(turn.id, used), session, (turn.id,)))
        return found

    def _last(self, session: str, count: int) -> list[int]:
        """Numbers of the last turns of a session, in order; at least one, if it has one, to know what is open."""
        index, number = self.index, self.index.last(session)
        found: list[int] = []
        while number != NONE and len(found) < max(count, 1):
            found.append(number)
            number = int(index.before.rows[number][1])
        return found[::-1]

    def _open(self, number: int) -> Segment | None:
        place = int(self.index.segment.rows[number])
        return None if place == NONE else self.index.segments[self.index.segment_name[place]][1]

    def _unused(self, ident: str, used: set[str]) -> str:
        """An id for a segment after its first turn's; that of a segment whose first turn was deleted is taken."""
        found, number = ident, 2
        while found in used or found in self.index.segments:
            found, number = f"{ident}-{number}", number + 1
        used.add(found)
        return found
