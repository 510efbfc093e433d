"""A whole store of one that has the five methods of `Store`: what it lacks follows from what it has.

Nothing is kept here, so what follows is as dear as reading a scope whole. A store that is large, or written to by many
processes, has the methods of `FullStore` itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from tamis.errors import InvalidInput, StoreError
from tamis.memory.store import rows
from tamis.memory.store.protocol import FullStore, Store
from tamis.memory.types import Changes, Entry, Receipt, Scope, Segment, Turn, Vector

REQUIRED = ("add", "changes", "delete", "delete_under", "scopes")
OPTIONAL = ("create", "version", "turns", "segments", "revector", "expire", "receipts", "export", "check", "close")


def adapt(store: Store) -> FullStore:
    """The store itself if it can do everything, else with what it lacks.

    Raises:
        InvalidInput: it lacks one of the five methods that nothing else can stand for.
    """
    missing = [name for name in REQUIRED if not callable(getattr(store, name, None))]
    if missing or isinstance(store, type):
        hint = f"Give a path, a URL, or an object with the methods {', '.join(REQUIRED)} (tamis.memory.Store)."
        lack = f"it has no {', '.join(missing)}" if missing else "it is a class"
        raise InvalidInput(f"{store!r:.80} is no store: {lack}.", hint=hint)
    return store if isinstance(store, FullStore) else AdaptedStore(store)


class AdaptedStore:
    """A store of five methods as a `FullStore`; optional methods that it has are used."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._versions: dict[Scope, int] = {}
        for name in OPTIONAL:
            if callable(getattr(store, name, None)):
                setattr(self, name, getattr(store, name))

    def __enter__(self) -> AdaptedStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # the five

    def scopes(self, under: Scope | None = None) -> tuple[Scope, ...]:
        """See `FullStore`."""
        return tuple(sorted(scope for scope in self.store.scopes() if under is None or under.covers(scope)))

    def changes(self, scope: Scope, since: int = 0) -> Changes:
        """See `Store`."""
        return self.store.changes(scope, since)

    def add(
        self, scope: Scope, entries: Sequence[Entry], segments: Sequence[Segment], *, since: int | None = None
    ) -> None:
        """See `Store`."""
        self.store.add(scope, entries, segments, since=since)

    def delete(self, scope: Scope, ids: Sequence[str]) -> Receipt:
        """See `Store`."""
        return self.store.delete(scope, ids)

    def delete_under(self, scope: Scope) -> Receipt:
        """See `Store`."""
        return self.store.delete_under(scope)

    # what follows from them

    def create(self, scope: Scope) -> None:
        """See `FullStore`."""
        if scope not in self.store.scopes():
            self.store.add(scope, (), ())

    def version(self, scope: Scope) -> int:
        """The version of the changes since the last one that is known here: they are few."""
        version = self.store.changes(scope, self._versions.get(scope, 0)).version
        self._versions[scope] = version
        return version

    def turns(self, scope: Scope, ids: Sequence[str]) -> tuple[Turn, ...]:
        """See `FullStore`."""
        turns = {entry.turn.id: entry.turn for entry in self.changes(scope).added}
        return tuple(turns[ident] for ident in ids if ident in turns)

    def segments(self, scope: Scope, session: str | None = None) -> tuple[Segment, ...]:
        """See `FullStore`."""
        segments = in_order(self.changes(scope))
        return tuple(segment for segment in segments if session is None or segment.session == session)

    def revector(self, scope: Scope, encoder: str, vectors: Sequence[tuple[str, Vector]]) -> None:
        """Not possible: turns cannot be written again in their place.

        Raises:
            StoreError: always.
        """
        hint = "Export the memory and import it into a new store: that makes the vectors anew."
        raise StoreError(f"{type(self.store).__name__} has no `revector`, so vectors stay as they are.", hint=hint)

    def expire(self, now: datetime) -> Receipt:
        """See `FullStore`."""
        turns: dict[str, tuple[str, ...]] = {}
        counts: dict[str, int] = {}
        for scope in self.scopes():
            ids = [entry.turn.id for entry in self.changes(scope).added if entry.expires and entry.expires <= now]
            if ids:
                receipt = self.delete(scope, ids)
                turns |= receipt.turns
                counts = {name: counts.get(name, 0) + count for name, count in receipt.removed.items()}
        return Receipt(turns, counts)

    def receipts(self) -> tuple[dict[str, Any], ...]:
        """None: a store that keeps a record of deletions has this method."""
        return ()

    def export(self, scope: Scope) -> Iterator[dict[str, Any]]:
        """See `FullStore`."""
        return rows.lines(self.changes(scope))

    def check(self) -> tuple[str, ...]:
        """See `FullStore`."""
        return tuple(fault for scope in self.scopes() for fault in untiled(scope, self.changes(scope)))

    def close(self) -> None:
        """Nothing is open here."""


def in_order(whole: Changes) -> list[Segment]:
    """The segments of a scope in the order of their turns."""
    places = {entry.turn.id: place for place, entry in enumerate(whole.added)}
    return sorted(
        whole.segments, key=lambda segment: min((places.get(ident, -1) for ident in segment.turns), default=-1)
    )


def untiled(scope: Scope, whole: Changes) -> list[str]:
    """How the segments of a scope fail to tile the turns of its sessions, in words."""
    turns: dict[str, list[str]] = {}
    for entry in whole.added:
        turns.setdefault(entry.turn.session, []).append(entry.turn.id)
    tiles: dict[str, list[str]] = {}
    for segment in in_order(whole):
        tiles.setdefault(segment.session, []).extend(segment.turns)
    wrong = [session for session in {**turns, **tiles} if turns.get(session) != tiles.get(session)]
    return [f"{scope}: the segments of session {session!r} do not hold its turns in order" for session in wrong]
