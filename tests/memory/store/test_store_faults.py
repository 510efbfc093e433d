"""What is left when a process, a disk or a server fails, and of files that are damaged, old or encrypted."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tamis.errors import (
    InvalidInput,
    StoreCorrupt,
    StoreError,
    StoreTooNew,
    StoreUnavailable,
)
from tamis.io.database.tables import version_of
from tamis.memory.store import open_store, schema
from tamis.memory.types import Scope, Segment
from tests.memory.making import ANN, entry, filled, noon, tiles


def test_expiry_in_many_scopes_is_one_change(store, monkeypatch):
    for name in ("a", "b"):
        store.add(Scope.of(name), [entry("x", expires=noon(1))], tiles([entry("x")]))
    calls = []
    real = type(store)._deleted

    def second_fails(self, *given):
        calls.append(given)
        if len(calls) == 2:
            raise StoreUnavailable("stopped")
        return real(self, *given)

    monkeypatch.setattr(type(store), "_deleted", second_fails)
    with pytest.raises(StoreUnavailable):
        store.expire(noon(2))
    assert all(len(store.changes(Scope.of(name)).added) == 1 for name in ("a", "b"))


def test_a_forked_process_writes_by_itself(fresh):
    place = fresh()
    if place == ":memory:":
        pytest.skip("ends with the process")
    with open_store(place) as store:
        filled(store)
        with store.driver.writing():  # the lock is held while the process splits
            child = os.fork()
            if not child:
                signal.alarm(20)
                try:
                    done = [one.turn.id for one in store.tail(ANN, "s")] == ["c", "d"]
                except BaseException:
                    done = False
                os._exit(0 if done else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        store.add(ANN, [entry("z", session="z")], tiles([entry("z", session="z")]))
        assert store.check() == ()


WRITER = """
    import sys
    from tests.memory.making import entry
    from tamis.errors import StaleVersion
    from tamis.memory.store import open_store
    from tamis.memory.types import Scope, Segment

    place, name, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    scope = Scope.of("acme/ann")
    with open_store(place) as store:
        store.create(scope)
        for number in range(count):
            ident = f"{name}{number}"
            while True:
                since = store.version(scope)
                tail = store.tail(scope, "s")
                grown = [s for s in store.segments(scope, "s") if tail and tail[-1].turn.id in s.turns]
                known = grown[0].id if grown and len(grown[0].turns) < 3 else ident
                try:
                    store.add(scope, [entry(ident)], [Segment(known, "s", (ident,))], since=since)
                    break
                except StaleVersion:
                    continue
            print(ident, flush=True)
"""


def writer(place, name: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(WRITER), str(place), name, str(count)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )


def test_killed_writers_lose_nothing_that_they_acknowledged(fresh):
    place = fresh()
    if place == ":memory:":
        pytest.skip("ends with the process")
    open_store(place).close()
    rng, acknowledged = random.Random(7), []
    for round_ in range(4):
        one = writer(place, f"r{round_}-", 100_000)
        first = one.stdout.readline()
        time.sleep(rng.uniform(0.02, 0.4))
        one.send_signal(signal.SIGKILL)
        rest, _ = one.communicate()
        acknowledged += [first.strip(), *rest.split("\n")[:-1]]
    with open_store(place) as store:
        held = [one.turn.id for one in store.changes(ANN).added]
        assert len(acknowledged) > 4
        assert set(acknowledged) <= set(held)
        assert len(held) <= len(acknowledged) + 4  # at most one a kill was written and not yet acknowledged
        assert store.check() == ()


def test_two_processes_write_one_session_while_others_read(fresh):
    place = fresh()
    if place == ":memory:":
        pytest.skip("ends with the process")
    with open_store(place) as store:
        store.create(ANN)
        writers = [writer(place, name, 30) for name in "xy"]
        seen, done = [], threading.Event()

        def read() -> None:
            with open_store(place, read_only=True) as reader:
                while not done.is_set():
                    tiled = [ident for s in reader.segments(ANN) for ident in s.turns]
                    seen.append(tiled == [one.turn.id for one in reader.changes(ANN).added] or tiled)

        watching = threading.Thread(target=read)
        watching.start()
        said = [one.communicate(timeout=120) for one in writers]
        done.set()
        watching.join()
        assert all(one.returncode == 0 for one in writers), said
        assert {one.turn.id for one in store.changes(ANN).added} == {f"{n}{i}" for n in "xy" for i in range(30)}
        assert store.check() == ()
        assert seen


def test_a_full_disk_loses_nothing(tmp_path):
    with open_store(tmp_path / "m.db") as store:
        filled(store)
        store.driver._run("PRAGMA max_page_count = 30")
        with pytest.raises(StoreUnavailable, match="Make room"):
            _pour(store)
        assert store.check() == ()
        kept = [one.turn.id for one in store.changes(ANN).added]
        assert len([ident for ident in kept if ident.startswith("n")]) % 20 == 0  # no call is half there
        store.driver._run("PRAGMA max_page_count = 100000")
        store.add(ANN, [entry("later")], [Segment("s:c", "s", ("later",))])


def _pour(store) -> None:
    for number in range(1000):
        given = [entry(f"n{number}-{i}", "x" * 500, session=f"n{number}") for i in range(20)]
        store.add(ANN, given, tiles(given))


@pytest.mark.parametrize("damage", ["cut", "header", "noise", "text", "other"])
def test_damaged_files(tmp_path, damage):
    path = tmp_path / "m.db"
    with open_store(path) as store:
        given = [entry(f"t{i}", "word " * 100) for i in range(200)]
        store.add(ANN, given, tiles(given))
    raw = bytearray(path.read_bytes())
    if damage == "cut":
        raw = raw[: len(raw) // 2]
    elif damage == "header":
        raw[:32] = b"\x00" * 32
    elif damage == "noise":
        for at in range(8192, len(raw), 4096):
            raw[at : at + 64] = random.Random(at).randbytes(64)
    elif damage == "text":
        raw = bytearray(b"this is no database\n" * 100)
    if damage == "other":
        import sqlite3

        path.unlink()
        with sqlite3.connect(path) as other:
            other.execute("CREATE TABLE mine (x)")
    else:
        path.write_bytes(raw)
    try:
        with open_store(path) as store:
            assert store.check() != ()
    except StoreCorrupt:
        pass


def test_a_later_format_is_left_alone(fresh):
    place = fresh()
    if place == ":memory:":
        pytest.skip("ends with the process")
    with open_store(place) as store:
        filled(store)
        with store.driver.writing() as s:
            s.run("UPDATE tamis_meta SET value = '99' WHERE name = 'version'")
    with pytest.raises(StoreTooNew, match="99"):
        open_store(place)


def test_an_older_format_is_brought_up_to_date_whole_or_not_at_all(fresh, monkeypatch):
    place = fresh()
    if place == ":memory:":
        pytest.skip("ends with the process")
    with open_store(place) as store:
        filled(store)
    second = replace(schema.TABLES, version=2)

    def fails(s):
        s.run("ALTER TABLE turns ADD COLUMN mood TEXT")
        raise StoreUnavailable("stopped in the middle")

    monkeypatch.setattr(schema, "TABLES", replace(second, migrations={1: fails}))
    with pytest.raises(StoreUnavailable):
        open_store(place)
    with pytest.raises(StoreTooNew, match="old format"):
        open_store(place, read_only=True)
    added = {1: lambda s: s.run("ALTER TABLE turns ADD COLUMN mood TEXT")}
    monkeypatch.setattr(schema, "TABLES", replace(second, migrations=added))
    with open_store(place) as store:
        with store.driver.reading() as s:
            assert version_of(s, second) == 2
            assert len(s.all("SELECT mood FROM turns")) == 5
        assert store.check() == ()


def test_a_file_that_may_not_be_written(tmp_path):
    path = tmp_path / "m.db"
    with open_store(path) as store:
        filled(store)
    with open_store(path, read_only=True) as store, pytest.raises(StoreUnavailable, match="reading only"):
        store.add(ANN, [entry("f")], tiles([entry("f")]))
    with pytest.raises(StoreUnavailable):
        open_store(tmp_path / "nowhere" / "m.db")
    with pytest.raises(StoreUnavailable):
        open_store(tmp_path / "missing.db", read_only=True)
    with pytest.raises(StoreError):
        open_store(tmp_path)


def test_a_server_that_goes_away_in_the_middle_of_a_write():
    from tests.postgres import binaries, server

    if binaries() is None:
        pytest.skip("there is no PostgreSQL server on this machine: apt install postgresql")
    # not in pytest's own folder: the server's user may not enter it
    with tempfile.TemporaryDirectory(prefix="tamis-pg-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        _goes_away(Path(name), server)


def _goes_away(folder: Path, server) -> None:
    with server(folder) as url:
        store = filled(open_store(url))
        with pytest.raises(StoreUnavailable, match="Nothing was half written"):
            _interrupted(store, url)
        store.add(ANN, [entry("after")], [Segment("s:c", "s", ("after",))])  # reached again by itself
        assert len(store.changes(ANN).added) == 6
    with pytest.raises(StoreUnavailable, match="server"):
        store.add(ANN, [entry("gone")], [Segment("s:c", "s", ("gone",))])


def _interrupted(store, url: str) -> None:
    with store.driver.writing() as s:
        s.run("DELETE FROM turns")
        _end_others(url)
        s.run("DELETE FROM segments")


def _end_others(url: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")


def test_deleted_words_are_not_in_the_file(tmp_path):
    path = tmp_path / "m.db"
    with open_store(path) as store:
        given = [entry(f"t{i}", f"the passphrase is xylophone{i}") for i in range(50)]
        store.add(ANN, given, tiles(given))
        store.delete(ANN, [f"t{i}" for i in range(50)])
        left = b"".join(p.read_bytes() for p in tmp_path.iterdir())
    assert b"xylophone" not in left


def test_an_encrypted_file(tmp_path):
    pytest.importorskip("sqlcipher3")
    path = tmp_path / "m.db"
    with open_store(path, password="it's a 'secret'") as store:
        store.add(ANN, [entry("a", "a xylophone")], tiles([entry("a")]))
        assert b"xylophone" not in b"".join(p.read_bytes() for p in tmp_path.iterdir())
    assert b"xylophone" not in path.read_bytes()
    with open_store(path, password="it's a 'secret'") as store:
        assert store.turns(ANN, ["a"])[0].text == "a xylophone"
        assert store.check() == ()
    with pytest.raises(StoreUnavailable, match="decrypted"):
        open_store(path, password="wrong")
    with pytest.raises(StoreCorrupt):
        open_store(path)
    with pytest.raises(InvalidInput, match="servers"):
        open_store("postgresql://localhost/x", password="x")
