"""Tables in one SQLite file: WAL, every acknowledged write on the disk, deleted bytes overwritten."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tamis.errors import StoreCorrupt, StoreError, StoreUnavailable, missing_extra
from tamis.io.database.tables import Tables

MEMORY = ":memory:"
PATIENCE = 30.0  # seconds that a write waits for another process's
_DAMAGED = ("malformed", "not a database", "corrupt", "no such table", "no such column")


class SqliteDriver:
    """One connection, used by one thread at a time; opened anew in a forked process."""

    blob, serial, batch = "BLOB", "INTEGER PRIMARY KEY AUTOINCREMENT", 500
    lock = exclusive = ""  # BEGIN IMMEDIATE

    def __init__(self, path: str, tables: Tables, *, read_only: bool, password: str | None = None) -> None:
        self.path, self.tables, self.read_only, self._password = path, tables, read_only, password
        self._sqlite = _engine(encrypted=password is not None)
        self._open()

    def _open(self) -> None:
        self._process = os.getpid()
        self._lock = threading.RLock()  # a forked process may have inherited one that is held for ever
        with self._translated():
            target = f"{Path(self.path).resolve().as_uri()}?mode=ro" if self.read_only else self.path
            self._connection = self._sqlite.connect(target, uri=self.read_only, timeout=PATIENCE, **_OPTIONS)
            self._unlock()
            if not self.read_only:
                self._run("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA secure_delete = ON")
                self._run("PRAGMA temp_store = MEMORY")  # no copy of a text in a file that nobody overwrites
            self._run("PRAGMA foreign_keys = ON", "SELECT count(*) FROM sqlite_master")

    def _unlock(self) -> None:
        """Give SQLCipher the password, from which it derives the key (PBKDF2)."""
        if self._password is None:
            return
        quoted = self._password.replace("'", "''")
        self._run("PRAGMA cipher_log_level = NONE", f"PRAGMA key = '{quoted}'")
        try:
            self._run("SELECT count(*) FROM sqlite_master")
        except self._sqlite.DatabaseError as error:
            self._connection.close()
            hint = f"Is the password right? A {self.tables.what} that is not encrypted opens without one."
            raise StoreUnavailable(f"{self.path!r} cannot be decrypted.", hint=hint) from error

    def _run(self, *statements: str) -> None:
        for statement in statements:
            self._connection.execute(statement).fetchall()

    def has_tables(self) -> bool:
        """Whether the owner's tables are there; `StoreCorrupt` where there are only others."""
        with self.reading() as s:
            names = {name for (name,) in s.all("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if names and self.tables.meta not in names:
            message = f"{self.path!r} is a database, but not a {self.tables.what} of tamis."
            raise StoreCorrupt(message, hint="Name another file.")
        return bool(names)

    @contextmanager
    def reading(self) -> Iterator[_Statements]:
        """One state of everything."""
        with self._transaction("BEGIN") as statements:
            yield statements

    @contextmanager
    def writing(self) -> Iterator[_Statements]:
        """Alone among all who write."""
        if self.read_only:
            raise StoreUnavailable(f"{self.path!r} was opened for reading only.", hint="Open it without read_only.")
        with self._transaction("BEGIN IMMEDIATE") as statements:
            yield statements

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[_Statements]:
        if self._process != os.getpid():
            self._parents = self._connection  # kept: to close it would drop the parent's locks on the file
            self._open()
        with self._lock, self._translated():
            self._connection.execute(begin)
            try:
                yield _Statements(self._connection)
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(self._sqlite.Error):  # what failed may have rolled back by itself
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """SQLite's errors as ours."""
        try:
            yield
        except self._sqlite.Error as error:
            reason, what = str(error), self.tables.what
            if any(word in reason for word in _DAMAGED):
                message = f"{self.path!r} is damaged, or no {what} of tamis: {reason}."
                raise StoreCorrupt(message, hint=self.tables.rescue) from error
            raise StoreUnavailable(f"{self.path!r} cannot be used: {reason}.", hint=_advice(reason, what)) from error

    def scrub(self) -> None:
        """Write the file anew from its living rows, and empty the write-ahead log.

        `secure_delete` is not enough: a row that SQLite moves to another page while it balances a tree leaves its old
        bytes in the page that it was in, which nothing overwrites when the row is deleted later. Costs a copy of the
        file, in memory for the while: 0.05 s for 1 MB, 3 s for 140 MB.

        Raises:
            StoreUnavailable: there is no room for the copy, or another process is reading an old state.
        """
        if self.path == MEMORY:
            return
        with self._lock, self._translated():
            self._run("VACUUM")
            ((busy, *_),) = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        if busy:
            message = f"What was deleted is still in the journal of {self.path!r}: another process reads an old state."
            raise StoreUnavailable(message, hint="Delete it once more when that process is done.")

    def damage(self) -> list[str]:
        """What SQLite's own check says."""
        try:
            with self.reading() as s:
                faults = [str(row[0]) for row in s.all("PRAGMA integrity_check(20)")]
        except StoreError as error:
            return [str(error)]
        return [] if faults == ["ok"] else faults

    def close(self) -> None:
        """Close the file."""
        with self._lock, suppress(self._sqlite.Error):
            self._connection.close()


class _Statements:
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def all(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = self._connection.execute(sql, values).fetchall()
        return rows

    def run(self, sql: str, *values: Any) -> int:
        return int(self._connection.execute(sql, values).rowcount)

    def many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        self._connection.executemany(sql, rows)


_OPTIONS: dict[str, Any] = {"isolation_level": None, "check_same_thread": False}


def _engine(*, encrypted: bool) -> Any:
    """The module that opens files: Python's own, or SQLCipher's, which is used alike."""
    if not encrypted:
        return sqlite3
    try:
        from sqlcipher3 import dbapi2
    except ImportError as error:
        raise missing_extra("encrypted", "sqlcipher3") from error
    return dbapi2


def _advice(reason: str, what: str) -> str:
    table = {
        "locked": "Another process has been writing for long; try again.",
        "full": "Nothing was lost or half written. Make room, then write again.",
        "readonly": "Check the permissions of the file and its folder, or open it with read_only=True.",
        "unable to open": "Check that its folder exists and may be written to.",
        "closed": f"The {what} was closed; open it again.",
    }
    return next((advice for word, advice in table.items() if word in reason), "Nothing was half written.")
