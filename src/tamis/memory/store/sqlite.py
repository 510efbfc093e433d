"""A memory in one SQLite file: WAL, every acknowledged write on the disk, deleted bytes overwritten."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tamis.errors import StoreCorrupt, StoreError, StoreUnavailable
from tamis.memory.store.schema import prepare
from tamis.memory.store.sql import SqlStore

PATIENCE = 30.0  # seconds that a write waits for another process's
MEMORY = ":memory:"
_DAMAGED = ("malformed", "not a database", "corrupt", "no such table", "no such column")
_BACK = "Restore it from a backup, or export what can still be read with `tamis memory export`."


class SqliteDriver:
    """One connection, used by one thread at a time; opened anew in a forked process."""

    blob, serial, batch = "BLOB", "INTEGER PRIMARY KEY AUTOINCREMENT", 500
    lock = alone = ""  # BEGIN IMMEDIATE

    def __init__(self, path: str, *, read_only: bool) -> None:
        self.path, self.read_only = path, read_only
        self._lock = threading.RLock()
        self._open()

    def _open(self) -> None:
        self._process = os.getpid()
        with _translated(self.path):
            if self.read_only:
                where = f"{Path(self.path).resolve().as_uri()}?mode=ro"
                self._connection = sqlite3.connect(where, uri=True, timeout=PATIENCE, **_OPTIONS)
            else:
                self._connection = sqlite3.connect(self.path, timeout=PATIENCE, **_OPTIONS)
                self._run("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA secure_delete = ON")
            self._run("PRAGMA foreign_keys = ON", "SELECT count(*) FROM sqlite_master")

    def _run(self, *statements: str) -> None:
        for statement in statements:
            self._connection.execute(statement).fetchall()

    def filled(self) -> bool:
        """Whether there are tables of ours; `StoreCorrupt` where there are only others."""
        with self.reading() as s:
            names = {name for (name,) in s.all("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if names and "tamis_meta" not in names:
            raise StoreCorrupt(f"{self.path!r} is a database, but not a memory of tamis.", hint="Name another file.")
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
        with self._lock, _translated(self.path):
            if self._process != os.getpid():
                self._open()
            self._connection.execute(begin)
            try:
                yield _Statements(self._connection)
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # what failed may have rolled back by itself
                    self._connection.execute("ROLLBACK")
                raise

    def erased(self) -> None:
        """Empty the write-ahead log, which may still hold what was deleted; a reader of old state may delay that."""
        with self._lock, _translated(self.path):
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def damage(self) -> list[str]:
        """What SQLite's own check says."""
        try:
            with self.reading() as s:
                said = [str(row[0]) for row in s.all("PRAGMA integrity_check(20)")]
        except StoreError as error:
            return [str(error)]
        return [] if said == ["ok"] else said

    def close(self) -> None:
        """Close the file."""
        with self._lock, suppress(sqlite3.Error):
            self._connection.close()


class _Statements:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def all(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, values).fetchall()

    def run(self, sql: str, *values: Any) -> int:
        return self._connection.execute(sql, values).rowcount

    def many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        self._connection.executemany(sql, rows)


_OPTIONS: dict[str, Any] = {"isolation_level": None, "check_same_thread": False}


@contextmanager
def _translated(path: str) -> Iterator[None]:
    """SQLite's errors as ours."""
    try:
        yield
    except sqlite3.Error as error:
        said = str(error)
        if any(word in said for word in _DAMAGED):
            raise StoreCorrupt(f"{path!r} is damaged, or no memory of tamis: {said}.", hint=_BACK) from error
        raise StoreUnavailable(f"{path!r} cannot be used: {said}.", hint=_advice(said)) from error


def _advice(said: str) -> str:
    table = {
        "locked": "Another process has been writing for long; try again.",
        "full": "Nothing was lost or half written. Make room, then write again.",
        "readonly": "Check the permissions of the file and its folder, or open it with read_only=True.",
        "unable to open": "Check that its folder exists and may be written to.",
        "closed": "The memory was closed; open it again.",
    }
    return next((advice for word, advice in table.items() if word in said), "Nothing was half written.")


def open_sqlite(path: str | os.PathLike[str], *, read_only: bool = False) -> SqlStore:
    """Open a memory in a file, or one that ends with the process (":memory:"); a file that is not there is made.

    Raises:
        StoreCorrupt: the file is damaged, or something else.
        StoreTooNew: a later version of tamis wrote it.
        StoreUnavailable: it cannot be opened or written, or does not exist and `read_only` is set.
    """
    driver = SqliteDriver(os.fspath(path), read_only=read_only)
    try:
        prepare(driver, exists=driver.filled(), write=not read_only)
    except BaseException:
        driver.close()
        raise
    return SqlStore(driver)
