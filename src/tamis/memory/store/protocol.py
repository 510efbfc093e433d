"""What a store has to do. It keeps; it does not rank: one index in memory (`recall`) ranks for every store alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Protocol

from tamis.memory.types import Changes, Entry, Receipt, Scope, Segment, Turn, Vector


class Store(Protocol):
    """Where turns, their vectors and their segments are kept. Safe to share between threads and processes.

    A method that returns has made its change durable; one that raises has made none. Every method that reads, except
    `scopes` and `check`, raises `UnknownScope` for a scope that was never written to (`create` opens one).
    """

    def create(self, scope: Scope) -> None:
        """Open a scope, so that it is known; one that is open already stays as it is."""

    def scopes(self, under: Scope | None = None) -> tuple[Scope, ...]:
        """The known scopes (all, or the named one and those under it), sorted."""

    def add(
        self, scope: Scope, entries: Sequence[Entry], segments: Sequence[Segment], *, since: int | None = None
    ) -> None:
        """Add turns, and the segments that they open or extend, in one transaction; opens the scope if need be.

        The segments hold the new turns, each once, in order. One whose id is known grows: it must be the last of its
        session.

        since -- the version that the segments were cut at; None to write whatever others have written

        Raises:
            DuplicateTurn: a turn's id is taken.
            InvalidTurn: segments that do not tile the new turns, or would tear what is stored.
            StaleVersion: another has written since; nothing was written.
            StoreError: it could not be written; nothing was.
        """

    def revector(self, scope: Scope, encoder: str, vectors: Sequence[tuple[str, Vector]]) -> None:
        """Replace the vectors of turns, by id, by those of another encoder; ids that are gone are left out."""

    def replace_tail(self, scope: Scope, segments: Sequence[Segment]) -> None:
        """Replace the segments that cover these turns; used where the end of a session is cut anew."""

    def changes(self, scope: Scope, since: int = 0) -> Changes:
        """What happened since a version (0: everything). Expired turns count as removed."""

    def version(self, scope: Scope) -> int:
        """The version that `changes` would give now; cheap (asked at every recall)."""

    def turns(self, scope: Scope, ids: Sequence[str]) -> tuple[Turn, ...]:
        """The turns of these ids, in this order; a turn that is gone meanwhile is left out."""

    def segments(self, scope: Scope, session: str | None = None) -> tuple[Segment, ...]:
        """The segments of the scope or of one session, in the order of their turns."""

    def tail(self, scope: Scope, session: str) -> tuple[Entry, ...]:
        """The entries of the last segment of a session, in order; empty for a session that is new."""

    def delete(self, scope: Scope, ids: Sequence[str]) -> Receipt:
        """Remove turns and all that is derived from them; ids that are unknown are left out of the receipt."""

    def delete_under(self, scope: Scope) -> Receipt:
        """Remove the scope and everything under it, the scopes themselves included."""

    def expire(self, now: datetime) -> Receipt:
        """Remove what has expired, in every scope."""

    def receipts(self) -> tuple[dict[str, Any], ...]:
        """What was deleted, and when (seconds since 1970), oldest first: ids and counts, never words."""
        ...

    def export(self, scope: Scope) -> Iterator[dict[str, Any]]:
        """Every entry and segment as JSON values, one a line, from one consistent view."""

    def check(self) -> tuple[str, ...]:
        """What is inconsistent, in words; empty where all is well."""

    def close(self) -> None:
        """Let go of files and connections; what was acknowledged is safe already."""
