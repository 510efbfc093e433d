"""A database that any room may keep its tables in: a SQLite file, or a PostgreSQL server.

Opening, encryption, transactions, lost connections and errors are settled here, the tables are their owner's
(`Tables`). Does not know what is kept: no query of a room stands here.
"""

from __future__ import annotations

import os

from tamis.errors import InvalidInput
from tamis.io.database.driver import Driver, Statements
from tamis.io.database.tables import Tables, prepare

SERVERS = ("postgres://", "postgresql://")


def open_database(
    path_or_url: str | os.PathLike[str], tables: Tables, *, read_only: bool = False, password: str | None = None
) -> Driver:
    """Open a SQLite file (made where there is none), ":memory:", or "postgresql://user@host/database".

    tables -- what is kept there: made in an empty database, brought up to date in an older one
    password -- encrypts a file, and opens an encrypted one (a server encrypts its own disks)

    Raises:
        StoreCorrupt: a file that is damaged, or something else.
        StoreTooNew: a later version of tamis wrote it.
        StoreUnavailable: it cannot be opened, reached, written or decrypted, or is empty and `read_only` is set.
        MissingExtra: the extra `postgres` for a server, or `encrypted` for a password, is not installed.
    """
    driver = _driver(path_or_url, tables, read_only=read_only, password=password)
    try:
        prepare(driver, tables, exists=driver.has_tables(), write=not read_only)
    except BaseException:
        driver.close()
        raise
    return driver


def _driver(path_or_url: str | os.PathLike[str], tables: Tables, *, read_only: bool, password: str | None) -> Driver:
    if not str(path_or_url).startswith(SERVERS):
        from tamis.io.database.sqlite import SqliteDriver

        return SqliteDriver(os.fspath(path_or_url), tables, read_only=read_only, password=password)
    if password is not None:
        hint = "Put the server's own password into the URL; its disks are encrypted by the server."
        raise InvalidInput("A password encrypts files, not servers.", hint=hint)
    from tamis.io.database.postgres import PostgresDriver

    return PostgresDriver(str(path_or_url), tables, read_only=read_only)


__all__ = ["SERVERS", "Driver", "Statements", "Tables", "open_database"]
