"""A memory in one SQLite file: WAL, every acknowledged write on the disk, deleted bytes overwritten."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tamis.errors import StoreCorrupt, StoreError, StoreUnavailable, missing_extra
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

    def __init__(self, path: str, *, read_only: bool, password: str | None = None) -> None:
        self.path, self.read_only, self._password = path, read_only, password
        self._sqlite = _engine(encrypted=password is not None)
        self._open()

    def _open(self) -> None:
        self._process = os.getpid()
        self._lock = threading.RLock()  # a forked process may have inherited one that is held for ever
        with self._translated():
            where = f"{Path(self.path).resolve().as_uri()}?mode=ro" if self.read_only else self.path
            self._connection = self._sqlite.connect(where, uri=self.read_only, timeout=PATIENCE, **_OPTIONS)
            self._unlock()
            if not self.read_only:
                self._run("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA secure_delete = ON")
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
            hint = "Is the password right? A memory that is not encrypted opens without one."
            raise StoreUnavailable(f"{self.path!r} cannot be decrypted.", hint=hint) from error

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
            said = str(error)
            if any(word in said for word in _DAMAGED):
                raise StoreCorrupt(f"{self.path!r} is damaged, or no memory of tamis: {said}.", hint=_BACK) from error
            raise StoreUnavailable(f"{self.path!r} cannot be used: {said}.", hint=_advice(said)) from error

    def erased(self) -> None:
        """Empty the write-ahead log, which may still hold what was deleted; a reader of old state may delay that."""
        with self._lock, self._translated():
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
        with self._lock, suppress(self._sqlite.Error):
            self._connection.close()


class _Statements:
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def all(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self._connection.execute(sql, values).fetchall()
        return found

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


def _advice(said: str) -> str:
    table = {
        "locked": "Another process has been writing for long; try again.",
        "full": "Nothing was lost or half written. Make room, then write again.",
        "readonly": "Check the permissions of the file and its folder, or open it with read_only=True.",
        "unable to open": "Check that its folder exists and may be written to.",
        "closed": "The memory was closed; open it again.",
    }
    return next((advice for word, advice in table.items() if word in said), "Nothing was half written.")


def open_sqlite(path: str | os.PathLike[str], *, read_only: bool = False, password: str | None = None) -> SqlStore:
    """Open a memory in a file, or one that ends with the process (":memory:"); a file that is not there is made.

    password -- encrypts the file, and is needed ever after; extra `encrypted` (SQLCipher, AES-256)

    Raises:
        MissingExtra: there is a password, and SQLCipher is not installed.
        StoreCorrupt: the file is damaged, encrypted, or something else.
        StoreTooNew: a later version of tamis wrote it.
        StoreUnavailable: it cannot be opened, written or decrypted, or does not exist and `read_only` is set.
    """
    driver = SqliteDriver(os.fspath(path), read_only=read_only, password=password)
    try:
        prepare(driver, exists=driver.filled(), write=not read_only)
    except BaseException:
        driver.close()
        raise
    return SqlStore(driver)
