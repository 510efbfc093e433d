"""What a store has to do. It keeps; it does not rank: one index in memory (`recall`) ranks for every store alike.

Five methods make a store (`Store`): whatever else a memory asks of one follows from them (`adapter.adapt`). A store
that can do more of it by itself, faster or at all, has those methods of `FullStore` too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from tamis.errors import UnknownScope
from tamis.memory.types import Changes, Entry, Receipt, Scope, Segment, Turn, Vector


@runtime_checkable
class Store(Protocol):
    """Where turns, their vectors and their segments are kept. Shared between threads, and perhaps between processes.

    A method that returns has made its change, durable where the store is; one that raises has made none.
    """

    def scopes(self) -> tuple[Scope, ...]:
        """The known scopes: all that were ever written to and not deleted, empty ones included."""
        ...

    def changes(self, scope: Scope, since: int = 0) -> Changes:
        """What happened in a scope since a version (0: everything); asked at every recall.

        A store that keeps no history answers `Changes(version)` where nothing has happened, and otherwise all there is,
        with `reset`. Versions of a scope rise with every change, also when it is deleted and begun anew.

        Raises:
            UnknownScope: it was never written to, or was deleted; see `unknown_scope`.
        """
        ...

    def add(
        self, scope: Scope, entries: Sequence[Entry], segments: Sequence[Segment], *, since: int | None = None
    ) -> None:
        """Add turns, and the segments that they open or extend, in one change; opens the scope if need be.

        The segments hold the new turns, each once, in order. One whose id is known grows: it must be the last of its
        session. Without turns and segments, the scope is opened and nothing else.

        since -- the version that the segments were cut at; None to write whatever others have written

        Raises:
            DuplicateTurn: a turn's id is taken.
            InvalidTurn: segments that do not tile the new turns, or would tear what is stored.
            StaleVersion: another has written since; nothing was written.
            StoreError: it could not be written; nothing was.
        """
        ...

    def delete(self, scope: Scope, ids: Sequence[str]) -> Receipt:
        """Remove turns and all that is derived from them: segments lose them, and one without turns is gone.

        Ids that are unknown are left out of the receipt.

        Raises:
            UnknownScope: it was never written to.
        """
        ...

    def delete_under(self, scope: Scope) -> Receipt:
        """Remove the scope and everything under it, the scopes themselves included.

        Raises:
            UnknownScope: there is none of them.
        """
        ...


@runtime_checkable
class FullStore(Store, Protocol):
    """All that a memory asks of a store; `adapter.adapt` makes it of the five methods of `Store`.

    Every method that reads, except `scopes` and `check`, raises `UnknownScope` for a scope that was never written to.
    """

    def __enter__(self) -> FullStore: ...

    def __exit__(self, *_: object) -> None: ...

    def create(self, scope: Scope) -> None:
        """Open a scope, so that it is known; one that is open already stays as it is."""

    def scopes(self, under: Scope | None = None) -> tuple[Scope, ...]:
        """The known scopes (all, or the named one and those under it), sorted."""
        ...

    def version(self, scope: Scope) -> int:
        """The version that `changes` would give now; cheap (asked at every recall)."""
        ...

    def turns(self, scope: Scope, ids: Sequence[str]) -> tuple[Turn, ...]:
        """The turns of these ids, in this order; a turn that is gone meanwhile is left out."""
        ...

    def segments(self, scope: Scope, session: str | None = None) -> tuple[Segment, ...]:
        """The segments of the scope or of one session, in the order of their turns."""
        ...

    def revector(self, scope: Scope, encoder: str, vectors: Sequence[tuple[str, Vector]]) -> None:
        """Replace the vectors of turns, by id, by those of another encoder; ids that are gone are left out."""

    def expire(self, now: datetime) -> Receipt:
        """Remove what has expired, in every scope; asked at every `add`."""
        ...

    def receipts(self) -> tuple[dict[str, Any], ...]:
        """What was deleted, and when (seconds since 1970), oldest first: ids and counts, never words."""
        ...

    def export(self, scope: Scope) -> Iterator[dict[str, Any]]:
        """Every entry and segment as JSON values, one a line, from one consistent view."""
        ...

    def check(self) -> tuple[str, ...]:
        """What is inconsistent, in words; empty where all is well."""
        ...

    def close(self) -> None:
        """Let go of files and connections; what was acknowledged is safe already."""


def unknown_scope(scope: Scope, scopes: Iterable[Scope]) -> UnknownScope:
    """The error for a scope that is not among these; it names those of the same tenant only: others are private."""
    tenant = Scope(scope.levels[:1])
    siblings = ", ".join(repr(str(other)) for other in scopes if tenant.covers(other) and len(scope.levels) > 1)
    hint = f"Is the name right? Known in {str(tenant)!r}: {siblings:.200}." if siblings else "Is the name right?"
    return UnknownScope(
        f"Nothing was ever stored in {str(scope)!r}.", hint=f"{hint} `tamis memory ls --scopes` lists all."
    )
