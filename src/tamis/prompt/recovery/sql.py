"""Originals in a database of their own: a SQLite file, or a PostgreSQL server.

Every text that was put is on the disk before `put` returns (a transaction with `synchronous = FULL`), so whoever is
killed in between has handed out nothing that points to it.
"""

from __future__ import annotations

import re
import shlex
import time
import zlib
from collections.abc import Callable
from hashlib import sha256

from tamis.errors import StoreCorrupt
from tamis.io.database import Driver, Statements, Tables
from tamis.prompt.recovery.excerpt import excerpt
from tamis.prompt.recovery.originals import (
    CAP,
    FRESH,
    TTL,
    Filing,
    Holdings,
    LineRanges,
    ambiguous,
    check_limits,
    checked_id,
    encoded,
    no_room,
    original_id,
    unknown_original,
    verified,
)

LEVEL = 3  # of zlib: tool results become a fourth of their size; more takes time and saves little

_PASSWORD = re.compile(r"(://[^/@:]*):[^@/]*@")  # of a URL

TABLES = Tables(
    what="store of originals",
    version=1,
    definitions=(
        "CREATE TABLE originals (id TEXT PRIMARY KEY, digest TEXT NOT NULL, size BIGINT NOT NULL, "
        "filed DOUBLE PRECISION NOT NULL, expires DOUBLE PRECISION, body {blob} NOT NULL)",
        "CREATE INDEX originals_filed ON originals (filed, size, id)",
        "CREATE INDEX originals_expires ON originals (expires) WHERE expires IS NOT NULL",
    ),
    meta="tamis_originals_meta",
    sensitive=("originals",),
    rescue="Name another file; what it held can be had again only from where it came.",
)


class SqlOriginals:
    """Originals in an open database. Thread-safe; several processes may use one file."""

    def __init__(
        self,
        driver: Driver,
        *,
        place: str = "",
        ttl: float | None = TTL,
        cap: int = CAP,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Use a database.

        place -- how notes name it; "" for the one that is found without a name
        ttl -- seconds that a text is kept after it was last put; None for ever
        cap -- bytes that all texts may take; the oldest go first
        """
        check_limits(ttl, cap)
        self._driver, self._place, self._ttl, self._cap, self._clock = driver, place, ttl, cap, clock

    def put(self, text: str) -> str:
        """Keep a text; see `Originals.put`."""
        return self.file(text).id

    def file(self, text: str, besides: frozenset[str] = frozenset()) -> Filing:
        """Keep a text, and say what had to go for it; see `Originals.file`."""
        data, ident, now = encoded(text), original_id(text), self._clock()
        digest = sha256(data).hexdigest()
        if self._fresh(ident, digest, now):
            return Filing(ident)
        body = zlib.compress(data, LEVEL)
        if len(body) > self._cap:
            raise no_room(len(body), self._cap)
        expires = None if self._ttl is None else now + self._ttl
        with self._driver.writing() as s:
            if self._driver.exclusive:
                s.all(self._driver.exclusive)
            _purge(s, now)
            evicted = _make_room(s, len(body), self._cap, besides | {ident})
            _check_same(s, ident, digest)
            s.run("DELETE FROM originals WHERE id = ?", ident)
            row = (ident, digest, len(body), now, expires, body)
            s.run("INSERT INTO originals VALUES (?, ?, ?, ?, ?, ?)", *row)
        return Filing(ident, evicted)

    def _fresh(self, ident: str, digest: str, now: float) -> bool:
        """Whether the text is there, and was put so lately that it need not be noted again."""
        with self._driver.reading() as s:
            rows = s.all("SELECT digest, filed FROM originals WHERE id = ?", ident)
        lately = FRESH if self._ttl is None else min(FRESH, self._ttl / 10)
        return bool(rows) and rows[0][0] == digest and 0 <= now - rows[0][1] <= lately

    def get(self, ident: str, *, lines: LineRanges | None = None, query: str | None = None) -> str:
        """The text, or some of its lines; see `Originals.get`."""
        known, body = self._row(checked_id(ident))
        try:
            data = zlib.decompress(body)
        except zlib.error as error:
            raise StoreCorrupt(f"The original {known} is damaged: {error}.", hint=TABLES.rescue) from error
        return excerpt(verified(known, data), lines, query)

    def _row(self, digits: str) -> tuple[str, bytes]:
        with self._driver.reading() as s:
            query = "SELECT id, body FROM originals WHERE id LIKE ? AND (expires IS NULL OR expires > ?)"
            rows = s.all(query, f"{digits}%", self._clock())
        if not rows:
            raise unknown_original(digits)
        if len(rows) > 1:
            raise ambiguous(digits, [row[0] for row in rows])
        return rows[0][0], bytes(rows[0][1])

    def expire(self) -> tuple[str, ...]:
        """Remove what has expired; the ids."""
        with self._driver.writing() as s:
            gone = _purge(s, self._clock())
        if gone:
            self._driver.scrub()
        return gone

    def holdings(self) -> Holdings:
        """How much is in it."""
        with self._driver.reading() as s:
            (row,) = s.all("SELECT count(*), coalesce(sum(size), 0), min(filed), max(filed) FROM originals")
        return Holdings(int(row[0]), int(row[1]), row[2], row[3], self._cap)

    def pointer(self, ident: str, lines: str = "") -> str:
        """The command that prints these lines."""
        place = _PASSWORD.sub(r"\1@", self._place)  # (notes go to the provider of a model)
        where = f" --store {shlex.quote(place)}" if place else ""
        return f"tamis restore {ident}{where}" + (f" --lines {lines}" if lines else "")

    def close(self) -> None:
        """Close the database."""
        self._driver.close()


def _purge(s: Statements, now: float) -> tuple[str, ...]:
    """Remove what has expired."""
    return tuple(row[0] for row in s.all("DELETE FROM originals WHERE expires <= ? RETURNING id", now))


def _make_room(s: Statements, size: int, cap: int, besides: frozenset[str]) -> tuple[str, ...]:
    """Remove the oldest texts until so many bytes fit; `StoreUnavailable` where too much of it may not go."""
    rows = s.all("SELECT id, size FROM originals ORDER BY filed, id")
    free = cap - sum(row[1] for row in rows)
    gone: list[str] = []
    for ident, taken in rows:
        if free >= size:
            break
        if ident not in besides:
            gone.append(ident)
            free += taken
    if free < size:
        raise no_room(size, cap)
    for ident in gone:
        s.run("DELETE FROM originals WHERE id = ?", ident)
    return tuple(gone)


def _check_same(s: Statements, ident: str, digest: str) -> None:
    """Raise where another text has the same id: it would be lost."""
    rows = s.all("SELECT digest FROM originals WHERE id = ?", ident)
    if rows and rows[0][0] != digest:
        raise StoreCorrupt(f"Another text is kept as {ident}.", hint="Two texts met in 48 bits; this one stays whole.")
