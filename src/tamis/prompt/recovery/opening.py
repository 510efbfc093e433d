"""Which store of originals a place means."""

from __future__ import annotations

import os
from pathlib import Path

from tamis.errors import InvalidInput, StoreUnavailable
from tamis.io.database import SERVERS, open_database
from tamis.io.files import private, reason
from tamis.prompt.recovery.folder import FolderOriginals
from tamis.prompt.recovery.originals import CAP, TTL, Originals
from tamis.prompt.recovery.sql import TABLES, SqlOriginals

MEMORY = ":memory:"


def default_place() -> str:
    """Where originals are kept unless somebody says otherwise: $TAMIS_STORE, or a file in the user's data folder."""
    home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return os.environ.get("TAMIS_STORE") or str(Path(home) / "tamis" / "originals.db")


def open_originals(
    place: str | os.PathLike[str] | None = None,
    *,
    ttl: float | None = TTL,
    cap: int = CAP,
    password: str | None = None,
    read_only: bool = False,
) -> Originals:
    """Open a store of originals: a SQLite file (made where there is none), a folder, ":memory:" or a PostgreSQL URL.

    place -- a path that ends with a slash, or is a folder, is a folder of plain files; None for `default_place()`
    ttl -- seconds that a text is kept after it was last put; None for ever
    cap -- bytes that all texts may take; the oldest go first
    password -- encrypts a file, and opens an encrypted one
    read_only -- nothing is written, and nothing made

    Raises:
        StoreError: it cannot be opened (`StoreUnavailable`), or is something else (`StoreCorrupt`).
        MissingExtra: the extra `encrypted` for a password, or `postgres` for a server, is not installed.
    """
    where = default_place() if place is None else os.fspath(place)
    if where.endswith(("/", os.sep)) or Path(where).is_dir():
        if password is not None:
            raise InvalidInput("A folder of plain files is not encrypted.", hint="Name a file for a database instead.")
        return FolderOriginals(where, ttl=ttl, cap=cap)
    if where != MEMORY and not where.startswith(SERVERS):
        _prepare(Path(where), read_only=read_only)
    driver = open_database(where, TABLES, read_only=read_only, password=password)
    return SqlOriginals(driver, place="" if place is None else where, ttl=ttl, cap=cap)


def _prepare(path: Path, *, read_only: bool) -> None:
    """Make the file, for its owner's eyes alone, with its folder."""
    try:
        if read_only and not path.exists():
            raise StoreUnavailable(
                f"There is no store of originals at {str(path)!r}.", hint="Name another: --store PATH."
            )
        if not read_only:
            private(path)
    except OSError as error:
        raise StoreUnavailable(f"{str(path)!r} cannot be made: {reason(error)}.") from error
