"""Tables on a PostgreSQL server: the same statements as for a file. Extra `postgres`."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from tamis.errors import StoreCorrupt, StoreUnavailable, missing_extra
from tamis.io.database.tables import Tables

_RETRY = "Nothing was half written. Check that the server runs and can be reached, then try again."


class PostgresDriver:
    """One connection, used by one thread at a time; opened anew after it was lost."""

    blob, serial, batch = "BYTEA", "BIGSERIAL PRIMARY KEY", 5_000
    lock, exclusive = " FOR UPDATE", "SELECT pg_advisory_xact_lock(8315162)"

    def __init__(self, url: str, tables: Tables, *, read_only: bool) -> None:
        try:
            import psycopg
        except ImportError as error:
            raise missing_extra("postgres", "psycopg") from error
        self._psycopg, self._url, self.tables, self.read_only = psycopg, url, tables, read_only
        self._connection: Any = None
        self._adopt()

    def _adopt(self) -> None:
        """A forked process must neither speak on its parent's connection nor wait for a lock that none will open."""
        self._process = os.getpid()
        self._lock = threading.RLock()
        self._parents, self._connection = self._connection, None  # kept: closing it would end the parent's session

    def has_tables(self) -> bool:
        """Whether the owner's tables are there; `StoreUnavailable` where they are not and may not be made."""
        with self.reading() as s:
            exists = s.all("SELECT to_regclass(?)", self.tables.meta) != [(None,)]
        if self.read_only and not exists:
            raise StoreUnavailable(
                f"There is no {self.tables.what} in this database.", hint="Open it once for writing."
            )
        return exists

    @contextmanager
    def reading(self) -> Iterator[_Statements]:
        """One state of everything."""
        with self._transaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") as statements:
            yield statements

    @contextmanager
    def writing(self) -> Iterator[_Statements]:
        """Whoever writes to one scope does so alone: each such transaction locks the scope's row first."""
        if self.read_only:
            message = f"This {self.tables.what} was opened for reading only."
            raise StoreUnavailable(message, hint="Open it without read_only.")
        with self._transaction("BEGIN ISOLATION LEVEL READ COMMITTED") as statements:
            yield statements

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[_Statements]:
        if self._process != os.getpid():
            self._adopt()
        with self._lock, self._translated():
            connection = self._begin(begin)
            try:
                yield _Statements(connection)
                connection.execute("COMMIT")
            except BaseException:
                with suppress(self._psycopg.Error):
                    connection.execute("ROLLBACK")
                raise

    def _begin(self, begin: str) -> Any:
        """The connection with a transaction begun; a connection that was lost while idle is opened anew, once."""
        if self._connection is not None and not self._connection.closed:
            try:
                self._connection.execute(begin)
            except self._psycopg.OperationalError:
                self._drop()
            else:
                return self._connection
        self._connection = self._psycopg.connect(self._url, autocommit=True, connect_timeout=10)
        self._connection.execute(begin)
        return self._connection

    def _drop(self) -> None:
        with suppress(self._psycopg.Error):
            self._connection.close()
        self._connection = None

    @contextmanager
    def _translated(self) -> Iterator[None]:
        errors = self._psycopg.errors
        try:
            yield
        except (errors.UndefinedTable, errors.UndefinedColumn) as error:
            hint = "Name another database, or restore this one from a backup."
            message = f"This database holds no {self.tables.what} of tamis, or a damaged one: {error}"
            raise StoreCorrupt(message, hint=hint) from error
        except self._psycopg.Error as error:
            reason = str(error).strip().splitlines() or [type(error).__name__]
            message = f"The {self.tables.what}'s server failed: {reason[0]}."
            raise StoreUnavailable(message, hint=_RETRY) from error

    def scrub(self) -> None:
        """Old row versions go with the server's vacuum; asked for here, as far as the role may."""
        with self._lock, suppress(self._psycopg.Error):
            for table in self.tables.sensitive:
                self._connection.execute(f"VACUUM {table}")

    def damage(self) -> list[str]:
        """The server looks after its own files."""
        return []

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            if self._connection is not None:
                self._drop()


class _Statements:
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def all(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        cursor = self._connection.execute(_translate(sql), values)
        return [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in cursor.fetchall()]

    def run(self, sql: str, *values: Any) -> int:
        return int(self._connection.execute(_translate(sql), values).rowcount)

    def many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        with self._connection.cursor() as cursor:
            cursor.executemany(_translate(sql), rows)


def _translate(sql: str) -> str:
    """Our statements hold no question mark but those for values."""
    return sql.replace("?", "%s")
