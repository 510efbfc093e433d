"""A store in tables: one set of statements for every SQL database. `protocol.Store` says what the methods promise."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from tamis.errors import DuplicateTurn, InvalidTurn, StaleVersion, UnknownScope
from tamis.io.database import Driver, Statements
from tamis.memory.store import rows
from tamis.memory.store.integrity import faults, torn
from tamis.memory.store.protocol import unknown_scope
from tamis.memory.types import Changes, Entry, Receipt, Scope, Segment, Turn, Vector

_ENTRY = ", ".join(rows.COLUMNS)
_VERSIONS = 1 << 32  # a scope begun anew has another number: its versions are above all of the old one's


class SqlStore:
    """Turns, vectors and segments in a database. Thread-safe as far as its driver is."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver

    def __enter__(self) -> SqlStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # scopes

    def create(self, scope: Scope) -> None:
        """Open a scope; one that is open stays as it is."""
        with self.driver.writing() as s:
            _open(s, scope)

    def scopes(self, under: Scope | None = None) -> tuple[Scope, ...]:
        """The known scopes, sorted."""
        with self.driver.reading() as s:
            names = [Scope.of(name) for (name,) in s.all("SELECT name FROM scopes")]
        return tuple(sorted(scope for scope in names if under is None or under.covers(scope)))

    def version(self, scope: Scope) -> int:
        """The number of the scope's last change."""
        with self.driver.reading() as s:
            return _public(*_number(s, scope))

    # writing

    def add(
        self, scope: Scope, entries: Sequence[Entry], segments: Sequence[Segment], *, since: int | None = None
    ) -> None:
        """Add turns and the segments that they open or extend, in one transaction.

        since -- the version that the segments were cut at; `StaleVersion` where another has written meanwhile
        """
        _check_tiling(entries, segments)
        with self.driver.writing() as s:
            _open(s, scope)
            number, version = _next_version(s, scope, self.driver.lock)
            if since is not None and since != _public(number, version - 1) and (since or version > 1):
                raise StaleVersion(f"{str(scope)!r} was written to meanwhile.", hint="Try again.")
            self._refuse_duplicates(s, scope, number, [entry.turn.id for entry in entries])
            _refuse_torn(s, number, segments)
            places = self._segments(s, (number, version), segments)
            s.many(
                f"INSERT INTO turns (scope, segment, changed, {_ENTRY}) VALUES ({_marks(3 + len(rows.COLUMNS))})",
                [(number, places[entry.turn.id], version, *rows.row(entry)) for entry in entries],
            )

    def replace_tail(self, scope: Scope, segments: Sequence[Segment]) -> None:
        """Cut stored turns anew: they go over to these segments, and segments without turns are gone."""
        with self.driver.writing() as s:
            number, version = _next_version(s, scope, self.driver.lock)
            self._touch(s, (number, version), [ident for segment in segments for ident in segment.turns])
            places = self._segments(s, (number, version), segments)
            for ident, segment in places.items():
                moved = s.run("UPDATE turns SET segment = ? WHERE scope = ? AND id = ?", segment, number, ident)
                if not moved:
                    raise InvalidTurn(f"There is no turn {ident!r} in {str(scope)!r}.", hint="Add it first.")
            self._drop_empty(s, number, version)
            wrong = torn(s, number) or s.all(
                "SELECT 1 FROM turns t JOIN segments g ON g.number = t.segment WHERE t.scope = ? "
                "AND g.session <> t.session LIMIT 1",
                number,
            )
            if wrong:
                hint = "Segments hold turns that are side by side in one session."
                raise InvalidTurn("These segments would tear others apart, or reach into another session.", hint=hint)

    def revector(self, scope: Scope, encoder: str, vectors: Sequence[tuple[str, Vector]]) -> None:
        """Replace the vectors of turns by those of another encoder."""
        with self.driver.writing() as s:
            number, version = _next_version(s, scope, self.driver.lock)
            s.many(
                "UPDATE turns SET encoder = ?, vector = ?, changed = ? WHERE scope = ? AND id = ?",
                [(encoder, v.astype("float16").tobytes(), version, number, ident) for ident, v in vectors],
            )

    def delete(self, scope: Scope, ids: Sequence[str]) -> Receipt:
        """Remove turns and what is derived from them."""
        with self.driver.writing() as s:
            number, version = _next_version(s, scope, self.driver.lock)
            receipt = self._deleted(s, (number, version), scope, ids)
            _record(s, receipt)
        self.driver.scrub()
        return receipt

    def delete_under(self, scope: Scope) -> Receipt:
        """Remove a scope and those under it, with all that they hold."""
        removed: dict[str, tuple[str, ...]] = {}
        counts = {"turns": 0, "vectors": 0, "segments": 0, "scopes": 0}
        with self.driver.writing() as s:
            scopes = [(n, Scope.of(name)) for n, name in s.all("SELECT number, name FROM scopes")]
            covered = [(n, other) for n, other in scopes if scope.covers(other)]
            if not covered:
                raise _unknown(s, scope)
            for _, other in sorted(covered, key=lambda pair: pair[1]):  # who writes to them waits, always in this order
                _number(s, other, self.driver.lock)
            for number, other in covered:
                ids = s.all("SELECT id FROM turns WHERE scope = ? ORDER BY number", number)
                removed[str(other)] = tuple(ident for (ident,) in ids)
                s.run("DELETE FROM turns WHERE scope = ?", number)
                counts["turns"] += len(ids)
                counts["vectors"] += len(ids)
                counts["segments"] += s.run("DELETE FROM segments WHERE scope = ?", number)
                s.run("DELETE FROM gone WHERE scope = ?", number)
                counts["scopes"] += s.run("DELETE FROM scopes WHERE number = ?", number)
            receipt = Receipt(removed, counts)
            _record(s, receipt)
        self.driver.scrub()
        return receipt

    def expire(self, now: datetime) -> Receipt:
        """Remove what has expired, in every scope."""
        moment = rows.utc(now)
        assert moment is not None
        total = Receipt()
        query = "SELECT s.name, t.id FROM turns t JOIN scopes s ON s.number = t.scope WHERE t.expires <= ? ORDER BY 1"
        with self.driver.reading() as s:
            if not s.all(f"{query} LIMIT 1", moment.timestamp()):
                return total
        with self.driver.writing() as s:
            due: dict[str, list[str]] = {}
            for name, ident in s.all(query, moment.timestamp()):
                due.setdefault(name, []).append(ident)
            for name, ids in due.items():
                scope = Scope.of(name)
                receipt = self._deleted(s, _next_version(s, scope, self.driver.lock), scope, ids)
                total = _sum(total, receipt)
            _record(s, total)
        self.driver.scrub()
        return total

    # reading

    def changes(self, scope: Scope, since: int = 0) -> Changes:
        """What happened in a scope since a version."""
        with self.driver.reading() as s:
            number, version = _number(s, scope)
            incarnation, since = divmod(since, _VERSIONS)
            if incarnation != number or since > version:  # a scope of that name was deleted and begun anew
                since = 0
            if since == version:
                return Changes(_public(number, version), since == 0)
            query = f"SELECT {_ENTRY} FROM turns WHERE scope = ? AND changed > ? ORDER BY number"
            added = tuple(map(rows.entry, s.all(query, number, since)))
            erased = s.all("SELECT kind, id FROM gone WHERE scope = ? AND version > ?", number, since) if since else []
            segments = _read_segments(s, "g.scope = ? AND g.changed > ?", number, since)
        removed = tuple(ident for kind, ident in erased if kind == "turn")
        dropped = tuple(ident for kind, ident in erased if kind == "segment")
        return Changes(_public(number, version), since == 0, added, removed, segments, dropped)

    def turns(self, scope: Scope, ids: Sequence[str]) -> tuple[Turn, ...]:
        """The turns of these ids, in this order; one that is gone is left out."""
        by_id: dict[str, Turn] = {}
        with self.driver.reading() as s:
            number, _ = _number(s, scope)
            for part in _parts(list(dict.fromkeys(ids)), self.driver.batch):
                query = f"SELECT {_ENTRY} FROM turns WHERE scope = ? AND id IN ({_marks(len(part))})"
                by_id |= {entry.turn.id: entry.turn for entry in map(rows.entry, s.all(query, number, *part))}
        return tuple(by_id[ident] for ident in ids if ident in by_id)

    def segments(self, scope: Scope, session: str | None = None) -> tuple[Segment, ...]:
        """The segments of the scope or of one session, in the order of their turns."""
        with self.driver.reading() as s:
            number, _ = _number(s, scope)
            if session is None:
                return _read_segments(s, "g.scope = ?", number)
            return _read_segments(s, "g.scope = ? AND g.session = ?", number, session)

    def tail(self, scope: Scope, session: str) -> tuple[Entry, ...]:
        """The entries of the last segment of a session."""
        with self.driver.reading() as s:
            number, _ = _number(s, scope)
            last = s.all(_LAST, number, session)
            if not last:
                return ()
            query = f"SELECT {_ENTRY} FROM turns WHERE segment = ? ORDER BY number"
            return tuple(map(rows.entry, s.all(query, last[0][0])))

    def receipts(self) -> tuple[dict[str, Any], ...]:
        """What was deleted, and when (seconds since 1970), oldest first."""
        with self.driver.reading() as s:
            records = s.all("SELECT at, receipt FROM receipts ORDER BY number")
        return tuple({"at": at, **json.loads(record)} for at, record in records)

    def export(self, scope: Scope) -> Iterator[dict[str, Any]]:
        """Every entry and then every segment, as JSON values."""
        return rows.lines(self.changes(scope))

    def check(self) -> tuple[str, ...]:
        """What is inconsistent, in words."""
        damage = self.driver.damage()
        if damage:
            return tuple(damage)
        with self.driver.reading() as s:
            return tuple(faults(s))

    def close(self) -> None:
        """Let go of the database."""
        self.driver.close()

    # parts of a transaction

    def _refuse_duplicates(self, s: Statements, scope: Scope, number: int, ids: Sequence[str]) -> None:
        for part in _parts(ids, self.driver.batch):
            query = f"SELECT id FROM turns WHERE scope = ? AND id IN ({_marks(len(part))}) ORDER BY id"
            for (ident,) in s.all(query, number, *part):
                raise _duplicate(ident, f"in {str(scope)!r} already")

    def _segments(self, s: Statements, revision: tuple[int, int], segments: Sequence[Segment]) -> dict[str, int]:
        """Write the segments; the number of that of each turn."""
        places: dict[str, int] = {}
        for segment in segments:
            inserted = s.all(
                "INSERT INTO segments (scope, id, session, changed) VALUES (?, ?, ?, ?) ON CONFLICT (scope, id) "
                "DO UPDATE SET changed = excluded.changed RETURNING number",
                *(revision[0], segment.id, segment.session, revision[1]),
            )
            places |= dict.fromkeys(segment.turns, int(inserted[0][0]))
        return places

    def _deleted(self, s: Statements, revision: tuple[int, int], scope: Scope, ids: Sequence[str]) -> Receipt:
        erased: list[str] = []
        self._touch(s, revision, ids)
        for part in _parts(list(dict.fromkeys(ids)), self.driver.batch):
            marks = _marks(len(part))
            erased += [
                i
                for (i,) in s.all(
                    f"DELETE FROM turns WHERE scope = ? AND id IN ({marks}) RETURNING id", revision[0], *part
                )
            ]
        s.many("INSERT INTO gone VALUES (?, ?, 'turn', ?)", [(*revision, ident) for ident in erased])
        segments = self._drop_empty(s, *revision)
        kept = set(erased)
        ordered = tuple(ident for ident in dict.fromkeys(ids) if ident in kept)
        return Receipt({str(scope): ordered}, {"turns": len(erased), "vectors": len(erased), "segments": segments})

    def _touch(self, s: Statements, revision: tuple[int, int], ids: Sequence[str]) -> None:
        """Mark the segments of turns as changed."""
        for part in _parts(ids, self.driver.batch):
            s.run(
                "UPDATE segments SET changed = ? WHERE number IN "
                f"(SELECT segment FROM turns WHERE scope = ? AND id IN ({_marks(len(part))}))",
                *(revision[1], revision[0], *part),
            )

    def _drop_empty(self, s: Statements, number: int, version: int) -> int:
        empty = s.all(
            "DELETE FROM segments WHERE scope = ? AND changed = ? AND NOT EXISTS "
            "(SELECT 1 FROM turns WHERE turns.segment = segments.number) RETURNING id",
            *(number, version),
        )
        s.many("INSERT INTO gone VALUES (?, ?, 'segment', ?)", [(number, version, ident) for (ident,) in empty])
        return len(empty)


def _sum(receipt: Receipt, further: Receipt) -> Receipt:
    counts = {name: receipt.removed.get(name, 0) + count for name, count in further.removed.items()}
    return Receipt(receipt.turns | further.turns, receipt.removed | counts)


def _refuse_torn(s: Statements, number: int, segments: Sequence[Segment]) -> None:
    """A known segment may grow only at the end of its session."""
    for place, segment in enumerate(segments):
        matches = s.all("SELECT number, session FROM segments WHERE scope = ? AND id = ?", number, segment.id)
        if not matches:
            continue
        last = s.all(_LAST, number, segment.session)
        before = any(other.session == segment.session for other in segments[:place])
        if before or matches[0][1] != segment.session or not last or last[0][0] != matches[0][0]:
            hint = "Only the last segment of a session grows; give others an id of their own."
            raise InvalidTurn(f"The segment {segment.id!r} is not the last of session {segment.session!r}.", hint=hint)


_LAST = "SELECT segment FROM turns WHERE scope = ? AND session = ? ORDER BY number DESC LIMIT 1"


def _check_tiling(entries: Sequence[Entry], segments: Sequence[Segment]) -> None:
    """The segments hold the new turns and nothing else, session by session in the same order."""
    for ident, count in Counter(entry.turn.id for entry in entries).items():
        if count > 1:
            raise _duplicate(ident, "in what is added already")
    tiles: dict[str, list[str]] = {}
    for segment in segments:
        tiles.setdefault(segment.session, []).extend(segment.turns)
    turns: dict[str, list[str]] = {}
    for entry in entries:
        turns.setdefault(entry.turn.session, []).append(entry.turn.id)
        if not entry.turn.id or not entry.vector.size:
            raise InvalidTurn(f"The turn {entry.turn.id!r} has no id or no vector.")
    if len({segment.id for segment in segments}) < len(segments) or not all(segment.turns for segment in segments):
        raise InvalidTurn("Two segments have one id, or one has no turn.")
    if tiles != turns:
        wrong = next(name for name in [*turns, *tiles] if tiles.get(name) != turns.get(name))
        hint = "Segments tile what is added: each turn is in one, in order."
        raise InvalidTurn(f"The segments of session {wrong!r} do not hold its new turns in order.", hint=hint)


def _duplicate(ident: str, where: str) -> DuplicateTurn:
    hint = "Ids are unique in a scope; leave them out, and they are made."
    return DuplicateTurn(f"There is a turn {ident!r} {where}.", hint=hint)


def _open(s: Statements, scope: Scope) -> None:
    s.run("INSERT INTO scopes (name, version) VALUES (?, 0) ON CONFLICT (name) DO NOTHING", str(scope))


def _number(s: Statements, scope: Scope, lock: str = "") -> tuple[int, int]:
    """Number and version of a scope."""
    matches = s.all(f"SELECT number, version FROM scopes WHERE name = ?{lock}", str(scope))
    if not matches:
        raise _unknown(s, scope)
    return int(matches[0][0]), int(matches[0][1])


def _unknown(s: Statements, scope: Scope) -> UnknownScope:
    return unknown_scope(scope, (Scope.of(name) for (name,) in s.all("SELECT name FROM scopes ORDER BY name")))


def _next_version(s: Statements, scope: Scope, lock: str) -> tuple[int, int]:
    """Number of a scope and its next version, which is now its version."""
    number, version = _number(s, scope, lock)
    s.run("UPDATE scopes SET version = ? WHERE number = ?", version + 1, number)
    return number, version + 1


def _public(number: int, version: int) -> int:
    """The version as others see it: two scopes of one name, one after the other, share none."""
    return number * _VERSIONS + version


def _record(s: Statements, receipt: Receipt) -> None:
    """Keep what was deleted as counts and ids, without a word of it."""
    record = json.dumps({"turns": receipt.turns, "removed": receipt.removed})
    s.run("INSERT INTO receipts (at, receipt) VALUES (?, ?)", time.time(), record)


def _read_segments(s: Statements, where: str, *values: Any) -> tuple[Segment, ...]:
    pairs = s.all(
        "SELECT g.id, g.session, t.id FROM segments g JOIN turns t ON t.segment = g.number "
        f"WHERE {where} ORDER BY t.number",
        *values,
    )
    turns: dict[tuple[str, str], list[str]] = {}
    for ident, session, turn in pairs:
        turns.setdefault((ident, session), []).append(turn)
    return tuple(Segment(ident, session, tuple(members)) for (ident, session), members in turns.items())


def _marks(count: int) -> str:
    return ", ".join("?" * count)


def _parts(values: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]
