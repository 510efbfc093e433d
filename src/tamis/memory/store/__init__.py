"""Where memories are kept: one protocol, SQLite and PostgreSQL."""

from __future__ import annotations

import os

from tamis.memory.store.protocol import Store
from tamis.memory.store.sql import SqlStore

SERVERS = ("postgres://", "postgresql://")


def open_store(path_or_url: str | os.PathLike[str], *, read_only: bool = False) -> SqlStore:
    """Open a memory: a SQLite file (made where there is none), ":memory:", or "postgresql://user@host/database".

    Raises:
        StoreCorrupt: a file that is damaged, or no memory.
        StoreTooNew: a later version of tamis wrote it.
        StoreUnavailable: it cannot be opened or reached.
        MissingExtra: a server is named, and the extra `postgres` is not installed.
    """
    if str(path_or_url).startswith(SERVERS):
        from tamis.memory.store.postgres import open_postgres

        return open_postgres(str(path_or_url), read_only=read_only)
    from tamis.memory.store.sqlite import open_sqlite

    return open_sqlite(path_or_url, read_only=read_only)


__all__ = ["SqlStore", "Store", "open_store"]
