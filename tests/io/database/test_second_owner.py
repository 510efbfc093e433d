"""Any room may keep its tables in these databases: here a ledger of two columns, beside a memory's own tests."""

from __future__ import annotations

import itertools
import sqlite3
from dataclasses import replace

import pytest

from tamis.errors import InvalidInput, StoreCorrupt, StoreTooNew, StoreUnavailable
from tamis.io.database import Tables, open_database
from tamis.io.database.tables import version_of
from tests.postgres import empty_database

LEDGER = Tables(
    what="ledger",
    version=1,
    definitions=("CREATE TABLE entries (number {serial}, note {blob} NOT NULL)",),
    meta="ledger_meta",
    sensitive=("entries",),
)
OTHER = replace(LEDGER, what="diary", definitions=("CREATE TABLE days (number {serial})",), meta="diary_meta")
_NUMBER = itertools.count()


@pytest.fixture(params=["file", "server"])
def place(request, tmp_path):
    """A path or a URL of an empty database."""
    if request.param == "file":
        return str(tmp_path / "ledger.db")
    return empty_database(request.getfixturevalue("postgres_url"), f"ledger_{next(_NUMBER)}")


@pytest.fixture
def driver(place):
    opened = open_database(place, LEDGER)
    yield opened
    opened.close()


def note(driver, *notes: bytes) -> None:
    with driver.writing() as s:
        s.many("INSERT INTO entries (note) VALUES (?)", [(one,) for one in notes])


def notes(driver) -> list[bytes]:
    with driver.reading() as s:
        return [bytes(row[0]) for row in s.all("SELECT note FROM entries ORDER BY number")]


def test_what_is_written_is_there_when_opened_again(driver, place):
    note(driver, b"one", b"two")
    reader = open_database(place, LEDGER, read_only=True)
    assert notes(reader) == [b"one", b"two"]
    with pytest.raises(StoreUnavailable, match="opened for reading only"):
        note(reader, b"three")
    reader.close()


def test_a_transaction_that_fails_changes_nothing(driver):
    def half() -> None:
        with driver.writing() as s:
            s.run("INSERT INTO entries (note) VALUES (?)", b"half")
            raise KeyError("stop")

    with pytest.raises(KeyError):
        half()
    assert notes(driver) == []


def test_rows_and_counts(driver):
    with driver.writing() as s:
        (row,) = s.all("INSERT INTO entries (note) VALUES (?) RETURNING number, note", b"x")
        assert (int(row[0]), bytes(row[1])) == (1, b"x")
        assert s.run("DELETE FROM entries WHERE number > ?", 0) == 1
    driver.scrub()
    assert driver.damage() == []


def test_an_older_version_is_brought_up_to_date_and_a_newer_one_left_alone(driver, place):
    note(driver, b"one")
    second = replace(LEDGER, version=2, migrations={1: lambda s: s.run("ALTER TABLE entries ADD COLUMN mood TEXT")})
    with pytest.raises(StoreTooNew, match="This ledger has the old format 1"):
        open_database(place, second, read_only=True)
    later = open_database(place, second)
    with later.reading() as s:
        assert version_of(s, second) == 2
        assert s.all("SELECT mood FROM entries") == [(None,)]
    later.close()
    with pytest.raises(StoreTooNew, match="This ledger has format 2, this tamis knows 1"):
        open_database(place, LEDGER)


def test_a_database_without_its_version_is_corrupt(driver, place):
    with driver.writing() as s:
        s.run("DELETE FROM ledger_meta")
    with pytest.raises(StoreCorrupt, match="This ledger does not say which format it has"):
        open_database(place, LEDGER)


def test_a_file_holds_one_owner_and_a_server_several(place, driver):
    if place.startswith("postgresql"):
        other = open_database(place, OTHER)
        with other.reading() as s:
            assert s.all("SELECT number FROM days") == []
        other.close()
        assert notes(driver) == []
    else:
        with pytest.raises(StoreCorrupt, match="is a database, but not a diary of tamis"):
            open_database(place, OTHER)


def test_errors_speak_of_the_owner(tmp_path):
    closed = open_database(tmp_path / "a.db", LEDGER)
    closed.close()
    with pytest.raises(StoreUnavailable, match="The ledger was closed; open it again"):
        notes(closed)
    (tmp_path / "b.db").write_bytes(b"this is no database\n" * 100)
    with pytest.raises(StoreCorrupt, match=r"no ledger of tamis: .* Restore it from a backup\.$"):
        open_database(tmp_path / "b.db", LEDGER)
    with pytest.raises(InvalidInput, match="servers"):
        open_database("postgresql://localhost/x", LEDGER, password="x")


def test_a_server_that_holds_nothing_is_not_only_read(postgres_url):
    url = empty_database(postgres_url, f"ledger_{next(_NUMBER)}")
    with pytest.raises(StoreUnavailable, match="There is no ledger in this database"):
        open_database(url, LEDGER, read_only=True)
    with pytest.raises(StoreUnavailable, match="The ledger's server failed"):
        open_database("postgresql://tamis@127.0.0.1:9/x", LEDGER)


def test_an_encrypted_ledger(tmp_path):
    pytest.importorskip("sqlcipher3")
    driver = open_database(tmp_path / "a.db", LEDGER, password="sesame")
    note(driver, b"xylophone")
    driver.close()
    assert b"xylophone" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    with pytest.raises(StoreUnavailable, match="A ledger that is not encrypted opens without one"):
        open_database(tmp_path / "a.db", LEDGER, password="wrong")


def test_the_file_is_in_wal_mode_and_overwrites_what_is_deleted(tmp_path):
    driver = open_database(tmp_path / "a.db", LEDGER)
    note(driver, b"xylophone")
    with driver.writing() as s:
        s.run("DELETE FROM entries")
    driver.scrub()
    assert b"xylophone" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    with sqlite3.connect(tmp_path / "a.db") as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    driver.close()
