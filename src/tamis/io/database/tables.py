"""The tables of one owner, how they are made, and how older ones become these. A database says which version it has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tamis.errors import StoreCorrupt, StoreTooNew
from tamis.io.database.driver import Driver, Statements


@dataclass(frozen=True, slots=True)
class Tables:
    """What one owner keeps in a database.

    Attributes:
        what: how errors call it: "memory".
        version: of the tables.
        definitions: statements that make them; `{serial}` and `{blob}` stand for the column types of the driver.
        migrations: from each version to the next one, in one transaction with the note of it.
        meta: the table that holds the version; by its name tables of different owners are told apart.
        sensitive: tables whose deleted rows are to leave the disk.
        rescue: what an error about damage advises.
    """

    what: str
    version: int
    definitions: tuple[str, ...]
    meta: str
    migrations: Mapping[int, Callable[[Statements], object]] = field(default_factory=dict)
    sensitive: tuple[str, ...] = ()
    rescue: str = "Restore it from a backup."


def prepare(driver: Driver, tables: Tables, *, exists: bool, write: bool) -> None:
    """Make the tables of an empty database, or bring those of an older one up to date.

    exists -- whether there are tables
    write -- whether it may be changed; an older one that may not cannot be read

    Raises:
        StoreTooNew: a later version of tamis wrote it.
        StoreCorrupt: it says no version.
    """
    if not exists:
        with driver.writing() as statements:
            create(statements, driver, tables)
        return
    with driver.reading() as statements:
        version = version_of(statements, tables)
    if version > tables.version:
        hint = "Update tamis, or export it with the version that wrote it."
        raise StoreTooNew(f"This {tables.what} has format {version}, this tamis knows {tables.version}.", hint=hint)
    if version < tables.version and not write:
        hint = "Open it once for writing: that updates it."
        raise StoreTooNew(f"This {tables.what} has the old format {version}.", hint=hint)
    for old in range(version, tables.version):
        with driver.writing() as statements:
            tables.migrations[old](statements)
            statements.run(f"UPDATE {tables.meta} SET value = ? WHERE name = 'version'", str(old + 1))


def create(statements: Statements, driver: Driver, tables: Tables) -> None:
    """All tables, and the note of their version, unless another process was faster."""
    if driver.exclusive:
        statements.all(driver.exclusive)
    statements.run(f"CREATE TABLE IF NOT EXISTS {tables.meta} (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
    if statements.all(f"SELECT 1 FROM {tables.meta}"):
        return
    for definition in tables.definitions:
        statements.run(definition.format(serial=driver.serial, blob=driver.blob))
    statements.run(f"INSERT INTO {tables.meta} VALUES ('version', ?)", str(tables.version))


def version_of(statements: Statements, tables: Tables) -> int:
    """The version of the tables; `StoreCorrupt` where it is not noted."""
    rows = statements.all(f"SELECT value FROM {tables.meta} WHERE name = 'version'")
    if len(rows) != 1 or not str(rows[0][0]).isdigit():
        message = f"This {tables.what} does not say which format it has."
        raise StoreCorrupt(message, hint="Restore it from a backup.")
    return int(rows[0][0])
