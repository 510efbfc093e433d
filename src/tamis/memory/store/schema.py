"""The tables, and how older ones become these. A store says in `tamis_meta` which version it has.

What the tables cannot hold cannot go wrong: a turn names its segment, so segments never overlap; an id is unique in its
scope; vectors lie in the row of their turn and go with it. There is no index of words on disk: ranking is done by one
index in memory for every database (decision 010), and what is deleted leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tamis.errors import StoreCorrupt, StoreTooNew
from tamis.memory.store.driver import Driver, Statements

VERSION = 1

TABLES = (
    "CREATE TABLE IF NOT EXISTS tamis_meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE scopes (number {serial}, name TEXT NOT NULL UNIQUE, version BIGINT NOT NULL)",
    "CREATE TABLE segments (number {serial}, scope BIGINT NOT NULL REFERENCES scopes(number), id TEXT NOT NULL, "
    "session TEXT NOT NULL, changed BIGINT NOT NULL, UNIQUE (scope, id))",
    "CREATE TABLE turns (number {serial}, scope BIGINT NOT NULL REFERENCES scopes(number), id TEXT NOT NULL, "
    "session TEXT NOT NULL, speaker TEXT NOT NULL, text TEXT NOT NULL, time TEXT, key TEXT NOT NULL, "
    "flags TEXT NOT NULL, expires DOUBLE PRECISION, encoder TEXT NOT NULL, vector {blob} NOT NULL, "
    "segment BIGINT NOT NULL REFERENCES segments(number), changed BIGINT NOT NULL, UNIQUE (scope, id))",
    "CREATE TABLE gone (scope BIGINT NOT NULL REFERENCES scopes(number), version BIGINT NOT NULL, "
    "kind TEXT NOT NULL, id TEXT NOT NULL)",
    "CREATE TABLE receipts (number {serial}, at DOUBLE PRECISION NOT NULL, receipt TEXT NOT NULL)",
    "CREATE INDEX turns_changed ON turns (scope, changed)",
    "CREATE INDEX turns_segment ON turns (segment)",
    "CREATE INDEX turns_session ON turns (scope, session, number)",
    "CREATE INDEX turns_expires ON turns (expires) WHERE expires IS NOT NULL",
    "CREATE INDEX segments_changed ON segments (scope, changed)",
    "CREATE INDEX segments_session ON segments (scope, session)",
    "CREATE INDEX gone_version ON gone (scope, version)",
)

MIGRATIONS: Mapping[int, Callable[[Statements], None]] = {}
"""From each version to the next one, in one transaction with the note of it. (None yet.)"""


def prepare(driver: Driver, *, exists: bool, write: bool) -> None:
    """Make the tables of an empty database, or bring those of an older one up to date.

    exists -- whether there are tables
    write -- whether it may be changed; an older one that may not cannot be read

    Raises:
        StoreTooNew: a later version of tamis wrote it.
        StoreCorrupt: it says no version.
    """
    if not exists:
        with driver.writing() as statements:
            create(statements, driver)
        return
    with driver.reading() as statements:
        found = version_of(statements)
    if found > VERSION:
        hint = "Update tamis, or export it with the version that wrote it."
        raise StoreTooNew(f"This memory has format {found}, this tamis knows {VERSION}.", hint=hint)
    if found < VERSION and not write:
        raise StoreTooNew(f"This memory has the old format {found}.", hint="Open it once for writing: that updates it.")
    for old in range(found, VERSION):
        with driver.writing() as statements:
            MIGRATIONS[old](statements)
            statements.run("UPDATE tamis_meta SET value = ? WHERE name = 'version'", str(old + 1))


def create(statements: Statements, driver: Driver) -> None:
    """All tables, and the note of their version, unless another process was faster."""
    if driver.alone:
        statements.all(driver.alone)
    statements.run(TABLES[0])
    if statements.all("SELECT 1 FROM tamis_meta"):
        return
    for table in TABLES[1:]:
        statements.run(table.format(serial=driver.serial, blob=driver.blob))
    statements.run("INSERT INTO tamis_meta VALUES ('version', ?)", str(VERSION))


def version_of(statements: Statements) -> int:
    """The version of the tables."""
    found = statements.all("SELECT value FROM tamis_meta WHERE name = 'version'")
    if len(found) != 1 or not str(found[0][0]).isdigit():
        raise StoreCorrupt("This memory does not say which format it has.", hint="Restore it from a backup.")
    return int(found[0][0])
