"""Where memories are kept: one protocol, SQLite and PostgreSQL."""

from __future__ import annotations

import os

from tamis.io.database import SERVERS, open_database
from tamis.memory.store import schema
from tamis.memory.store.protocol import Store
from tamis.memory.store.sql import SqlStore


def open_store(
    path_or_url: str | os.PathLike[str], *, read_only: bool = False, password: str | None = None
) -> SqlStore:
    """Open a memory: a SQLite file (made where there is none), ":memory:", or "postgresql://user@host/database".

    password -- encrypts a file, and opens an encrypted one (a server encrypts its own disks)

    Raises:
        StoreCorrupt: a file that is damaged, or no memory.
        StoreTooNew: a later version of tamis wrote it.
        StoreUnavailable: it cannot be opened or reached.
        MissingExtra: the extra `postgres` for a server, or `encrypted` for a password, is not installed.
    """
    return SqlStore(open_database(path_or_url, schema.TABLES, read_only=read_only, password=password))


__all__ = ["SERVERS", "SqlStore", "Store", "open_store"]
