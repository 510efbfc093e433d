"""Which store a place means: a file, or what the scheme of a URL names. A new kind is a file of its own and a line."""

from __future__ import annotations

import os
from typing import Protocol

from tamis.io.database import open_database
from tamis.memory.store import schema
from tamis.memory.store.adapter import adapt
from tamis.memory.store.protocol import FullStore, Store
from tamis.memory.store.sql import SqlStore


class Opener(Protocol):
    """What opens the stores of one kind."""

    def __call__(self, place: str | os.PathLike[str], *, read_only: bool, password: str | None) -> Store:
        """The store at a place; `StoreError` where it cannot be opened."""
        ...


def open_sql(place: str | os.PathLike[str], *, read_only: bool, password: str | None) -> SqlStore:
    """The memory in a database: a SQLite file, or a PostgreSQL server."""
    return SqlStore(open_database(place, schema.TABLES, read_only=read_only, password=password))


STORES: dict[str, Opener] = {
    "postgres://": open_sql,
    "postgresql://": open_sql,
}
"""By how a URL begins; every other place is a SQLite file."""

SERVERS = tuple(STORES)
"""How places begin that are no files."""


def open_store(
    path_or_url: str | os.PathLike[str], *, read_only: bool = False, password: str | None = None
) -> FullStore:
    """Open a memory: a SQLite file (made where there is none), ":memory:", or "postgresql://user@host/database".

    password -- encrypts a file, and opens an encrypted one (a server encrypts its own disks)

    Raises:
        StoreCorrupt: a file that is damaged, or no memory.
        StoreTooNew: a later version of tamis wrote it.
        StoreUnavailable: it cannot be opened or reached.
        MissingExtra: the extra `postgres` for a server, or `encrypted` for a password, is not installed.
    """
    openers = (opener for scheme, opener in STORES.items() if str(path_or_url).startswith(scheme))
    return adapt(next(openers, open_sql)(path_or_url, read_only=read_only, password=password))
