"""What a database has to offer: transactions, and errors as those of tamis."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol


class Statements(Protocol):
    """An open transaction. SQL is written with `?` for values."""

    def all(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows of a query, or of a change that returns some."""
        ...

    def run(self, sql: str, *values: Any) -> int:
        """Make a change; how many rows it touched."""
        ...

    def many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Make a change for each row of values."""
        ...


class Driver(Protocol):
    """An open database.

    Attributes:
        blob: the column type of bytes.
        serial: the column type of a row's own rising number.
        lock: what ends a query whose rows must not change until the transaction ends.
        exclusive: a query that lets one transaction pass at a time, until it ends; empty where that is so anyway.
        batch: how many values one query may have.
    """

    blob: str
    serial: str
    lock: str
    exclusive: str
    batch: int

    def has_tables(self) -> bool:
        """Whether the owner's tables are there.

        Raises:
            StoreCorrupt: a file that holds only the tables of others.
            StoreUnavailable: a server that holds none, and is opened for reading only.
        """
        ...

    def reading(self) -> AbstractContextManager[Statements]:
        """A transaction that sees one state of everything."""
        ...

    def writing(self) -> AbstractContextManager[Statements]:
        """A transaction that is durable when it ends, or has changed nothing if it raises."""
        ...

    def scrub(self) -> None:
        """See to it that the bytes of deleted rows are gone, as far as this database can."""
        ...

    def damage(self) -> list[str]:
        """What the database itself finds broken."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...
