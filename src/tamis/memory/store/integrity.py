"""What may be wrong with stored memories, found by reading all of them."""

from __future__ import annotations

from typing import Any

from tamis.errors import StoreCorrupt
from tamis.io.database import Statements
from tamis.memory.store import rows


def faults(s: Statements) -> list[str]:
    """What is inconsistent, in words."""
    problems: list[str] = []
    for words, query in _CHECKS:
        problems += [f"{words}: {row[0]!r}" for row in s.all(query)]
    for scope, name in s.all("SELECT number, name FROM scopes ORDER BY number"):
        for values in s.all(f"SELECT {', '.join(rows.COLUMNS)} FROM turns WHERE scope = ?", scope):
            problems += _readable(values)
        problems += [f"{name}: {problem}" for problem in torn(s, scope)]
    return problems


def torn(s: Statements, scope: int) -> list[str]:
    """Segments of a scope whose turns are not side by side in their session."""
    open_segments: dict[str, int] = {}
    closed: set[int] = set()
    problems = []
    for session, segment in s.all("SELECT session, segment FROM turns WHERE scope = ? ORDER BY number", scope):
        if open_segments.get(session) != segment:
            if segment in closed:
                problems.append(f"the segment number {segment} of session {session!r} is torn")
            closed.add(segment)
            open_segments[session] = segment
    return problems


_CHECKS = (
    (
        "a segment without turns",
        "SELECT id FROM segments WHERE NOT EXISTS (SELECT 1 FROM turns WHERE turns.segment = segments.number)",
    ),
    (
        "a turn whose segment is of another scope or session, or missing",
        "SELECT t.id FROM turns t LEFT JOIN segments g ON g.number = t.segment "
        "WHERE g.number IS NULL OR g.scope <> t.scope OR g.session <> t.session",
    ),
    (
        "a change that is newer than its scope",
        "SELECT t.id FROM turns t JOIN scopes s ON s.number = t.scope WHERE t.changed > s.version",
    ),
    (
        "something of a scope that does not exist",
        "SELECT id FROM turns WHERE NOT EXISTS (SELECT 1 FROM scopes WHERE scopes.number = turns.scope)",
    ),
)


def _readable(values: tuple[Any, ...]) -> list[str]:
    try:
        entry = rows.entry(values)
    except StoreCorrupt as error:
        return [str(error)]
    return [] if entry.vector.size else [f"the turn {entry.turn.id!r} has no vector"]
