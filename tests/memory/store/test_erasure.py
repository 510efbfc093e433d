"""What was deleted is in no byte of the file or its journal, whatever was added and deleted before.

Deleting one row from one page proves little: SQLite moves rows between pages as these fill and empty, and what it
leaves behind in a page that a row has left is in no free list (`SqliteDriver.scrub`).
"""

from __future__ import annotations

import random
import re
from datetime import timedelta
from itertools import count

import pytest

from tamis.errors import StoreUnavailable
from tamis.memory import Memory
from tamis.memory.store import open_store
from tests.memory.making import ANN, Hashed, entry, noon, tiles

MARK = re.compile(rb"Q\d+Z")
SIZES = (1, 3, 20, 100, 600, 2_000)  # words of a text: some fill pages of their own


def left(folder) -> set[str]:
    """The marks that stand anywhere in the files of a folder."""
    return {mark.decode() for path in folder.iterdir() for mark in MARK.findall(path.read_bytes())}


@pytest.mark.parametrize("seed", range(6))
def test_no_word_of_a_deleted_text_is_in_the_files(tmp_path, seed):
    chance, numbers, alive = random.Random(seed), count(), {}
    with open_store(tmp_path / "m.db") as store:
        for _ in range(12):
            new = {f"i{n}": f"Q{n}Z" for n in (next(numbers) for _ in range(chance.randint(1, 40)))}
            given = [entry(ident, f"{mark} " * chance.choice(SIZES)) for ident, mark in new.items()]
            store.add(ANN, given, tiles(given))
            alive |= new
            ids = chance.sample(sorted(alive), chance.randint(1, len(alive)))
            store.delete(ANN, ids)
            alive = {ident: mark for ident, mark in alive.items() if ident not in ids}
            assert left(tmp_path) <= set(alive.values())
        store.delete_under(ANN)
        assert not left(tmp_path)


def test_no_word_of_an_expired_text_is_in_the_files(tmp_path):
    with open_store(tmp_path / "m.db") as store:
        given = [entry(f"i{n}", f"Q{n}Z " * 20, expires=noon(1 + n % 2)) for n in range(60)]
        store.add(ANN, given, tiles(given))
        store.expire(noon(1) + timedelta(seconds=1))
        assert left(tmp_path) == {f"Q{n}Z" for n in range(1, 60, 2)}


def test_a_reader_of_an_old_state_is_told_of_and_deleting_again_finishes(tmp_path, monkeypatch):
    monkeypatch.setattr("tamis.io.database.sqlite.PATIENCE", 0.05)
    with open_store(tmp_path / "m.db") as store, open_store(tmp_path / "m.db") as other:
        given = [entry("a", "Q1Z"), entry("b", "Q2Z")]
        store.add(ANN, given, tiles(given))
        with other.driver.reading() as s:
            s.all("SELECT count(*) FROM turns")
            with pytest.raises(StoreUnavailable, match="another process reads an old state"):
                store.delete(ANN, ["a"])
        assert store.delete(ANN, ["a"]).turns == {str(ANN): ()}
        assert left(tmp_path) == {"Q2Z"}


def test_adding_removes_what_has_expired_once_a_minute(tmp_path, monkeypatch):
    clock = [100.0]
    monkeypatch.setattr("tamis.memory.engine.time.monotonic", lambda: clock[0])
    with Memory(tmp_path / "m.db", scope="a", encoder=Hashed(), guard=None) as memory:
        for n, later in enumerate((0.0, 1.0, 2.0, 62.0)):
            clock[0] = 100.0 + later
            memory.add(f"Q{n}Z", ttl=1e-6)
            assert memory.recall("Q0Z Q1Z Q2Z Q3Z").text == ""
            assert len(memory.turns()) == (1, 1, 2, 1)[n]  # one goes with the second, the others a minute later
