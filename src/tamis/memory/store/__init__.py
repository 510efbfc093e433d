"""Where memories are kept: one protocol, SQLite and PostgreSQL."""

from __future__ import annotations

import os

from tamis.errors import InvalidInput
from tamis.memory.store.protocol import Store
from tamis.memory.store.sql import SqlStore

SERVERS = ("postgres://", "postgresql://")


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
    if str(path_or_url).startswith(SERVERS):
        if password is not None:
            hint = "Put the server's own password into the URL; its disks are encrypted by the server."
            raise InvalidInput("A password encrypts files, not servers.", hint=hint)
        from tamis.memory.store.postgres import open_postgres

        return open_postgres(str(path_or_url), read_only=read_only)
    from tamis.memory.store.sqlite import open_sqlite

    return open_sqlite(path_or_url, read_only=read_only, password=password)


__all__ = ["SqlStore", "Store", "open_store"]
