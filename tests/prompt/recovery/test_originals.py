"""Originals come back byte for byte, whatever they are, also after kills and on full disks; what goes is said."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.errors import InvalidInput, StoreCorrupt, StoreUnavailable, UnknownOriginal
from tamis.io.database import open_database
from tamis.prompt.recovery import FolderOriginals, SqlOriginals, default_place, open_originals, original_id
from tamis.prompt.recovery.excerpt import by_number, by_query, ranges_of, split_lines
from tamis.prompt.recovery.sql import TABLES

ODD = (
    "",
    "\ufeffa\r\nb\rc\0d\n",
    "\ud800 half \udfff",
    "\x1b[31mred\x1b[0m\u2028\x85",
    "line\n" * 3,
    "é" * 1_000_000 + "\n" + "x" * 3_000_000,
)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, now=1_000_000.0):
        self.now = now

    def __call__(self):
        return self.now


def make(kind, place, **limits):
    if kind == "folder":
        return FolderOriginals(place / "texts", **limits)
    return SqlOriginals(open_database(place / "texts.db", TABLES), place="texts.db", **limits)


@pytest.fixture(params=["sql", "folder"])
def kind(request):
    return request.param


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_odd_texts_come_back_exactly(kind, tmp_path, text):
    store = make(kind, tmp_path)
    ident = store.put(text)
    assert ident == original_id(text) == store.put(text)
    store.close()
    assert make(kind, tmp_path).get(ident) == text


STRINGS = st.text(st.characters(), max_size=60)


@given(texts=st.lists(STRINGS, max_size=8))
def test_any_texts_come_back_from_a_database(texts):
    store = open_originals(":memory:")
    ids = [store.put(text) for text in texts]
    assert [store.get(ident) for ident in ids] == texts
    assert store.holdings().texts == len(set(texts))


@given(text=STRINGS.map(lambda t: t.replace("x", "\n")), first=st.integers(1, 12), size=st.integers(0, 6))
def test_lines_are_those_of_sed(text, first, size):
    expected = "".join(split_lines(text)[first - 1 : first + size])
    assert by_number(text, (first, first + size)) == expected == by_number(text, f"{first}-{first + size}")
    assert "".join(split_lines(text)) == text


def test_ranges():
    assert ranges_of("40-251, 260") == ((40, 251), (260, 260)) == ranges_of([(40, 251), [260, 260]])
    for wrong in ("", "0", "3-2", "a-b", "1-", (2, 1), [(1, 2), 3], 5, None, [("a", "b")], "٣-٤x", (1, 2, 3)):
        with pytest.raises(InvalidInput, match="no lines"):
            ranges_of(wrong)


def test_a_query_gives_the_lines_around_what_it_asks_for():
    text = "".join(f"step {i} done\n" for i in range(50)) + "ERROR disk of node seven is full\n" + "tail\n" * 50
    assert by_query(text, "which disk is full?") == (
        "step 48 done\nstep 49 done\nERROR disk of node seven is full\ntail\ntail\n"
    )
    assert by_query(text, "zebra") == ""
    both = "zebra\n" + "x\n" * 9 + "zebra"
    assert by_query(both, "zebra") == "zebra\nx\nx\n…\nx\nx\nzebra"
    with pytest.raises(InvalidInput, match="query"):
        by_query(text, " ")


def test_a_query_finds_its_piece_of_a_line_without_end():
    text = ",".join(f'"key{i}": {i}' for i in range(20_000)) + ',"zebra": 7'
    assert '"zebra": 7' in by_query(text, "zebra")
    assert len(by_query(text, "zebra")) < 4_000


def test_what_is_not_there_is_an_error(kind, tmp_path):
    store = make(kind, tmp_path)
    with pytest.raises(UnknownOriginal, match="deadbeef"):
        store.get("deadbeef")
    for wrong in ("", "abc", "xyzw", "a" * 13, None, "%%%%", "../../etc"):
        with pytest.raises(InvalidInput, match="no id"):
            store.get(wrong)


def test_the_beginning_of_an_id_is_enough_if_there_is_one(kind, tmp_path):
    store = make(kind, tmp_path)
    texts = [str(i) for i in range(600)]
    ids = [store.put(text) for text in texts]
    beginnings = [ident[:4] for ident in ids]
    twice = next(b for b in beginnings if beginnings.count(b) > 1)
    with pytest.raises(InvalidInput, match="2 originals begin"):
        store.get(twice)
    assert store.get(ids[3][:8].upper()) == texts[3]


def test_time_to_live_counts_from_the_last_put(kind, tmp_path):
    clock = Clock()
    store = make(kind, tmp_path, ttl=100, clock=clock)
    old, renewed = store.put("old"), store.put("renewed")
    clock.now += 60
    store.put("renewed")
    clock.now += 60
    with pytest.raises(UnknownOriginal):
        store.get(old)
    assert store.get(renewed) == "renewed"
    assert store.expire() == (old,)
    assert store.expire() == ()
    assert store.holdings().texts == 1


def noise(seed, size=3_000):
    return random.Random(seed).randbytes(size).hex()


def test_the_oldest_make_room_and_it_is_said(kind, tmp_path):
    clock = Clock()
    store = make(kind, tmp_path, ttl=None, cap=20_000, clock=clock)
    first = store.file(noise(0))
    clock.now += 1
    ids = [first.id]
    gone = []
    for seed in range(1, 12):
        filing = store.file(noise(seed), frozenset({first.id}))
        clock.now += 1
        ids.append(filing.id)
        gone += filing.evicted
        assert store.holdings().size <= 20_000
    assert gone == ids[1 : 1 + len(gone)]
    assert store.get(first.id) == noise(0)
    with pytest.raises(StoreUnavailable, match="no room"):
        store.put(noise(99, 30_000))
    held = store.holdings()
    with pytest.raises(StoreUnavailable, match="no room"):
        store.file(noise(50), frozenset(ids))
    assert store.holdings() == held


def test_limits_that_make_no_sense(tmp_path):
    for limits in ({"ttl": 0}, {"ttl": -1}, {"cap": 0}, {"cap": 1.5}, {"cap": True}):
        with pytest.raises(InvalidInput):
            open_originals(":memory:", **limits)
        with pytest.raises(InvalidInput):
            FolderOriginals(tmp_path, **limits)


def test_damage_is_seen(tmp_path):
    store = make("folder", tmp_path)
    ident = store.put("what was put")
    (tmp_path / "texts" / f"{ident}.txt").write_text("something else")
    with pytest.raises(StoreCorrupt, match="damaged"):
        store.get(ident)
    driver = open_database(tmp_path / "texts.db", TABLES)
    store = SqlOriginals(driver)
    ident = store.put("what was put")
    with driver.writing() as s:
        s.run("UPDATE originals SET body = ?", b"no zlib")
    with pytest.raises(StoreCorrupt, match="damaged"):
        store.get(ident)


def test_two_texts_that_meet_in_an_id_are_never_mixed_up(tmp_path):
    driver = open_database(tmp_path / "texts.db", TABLES)
    store = SqlOriginals(driver)
    ident = store.put("one")
    with driver.writing() as s:
        s.run("UPDATE originals SET digest = 'of another text'")
    with pytest.raises(StoreCorrupt, match="Another text"):
        store.put("one")
    assert store.get(ident) == "one"


def test_encrypted(tmp_path):
    place = tmp_path / "secret.db"
    store = open_originals(place, password="a'b")
    ident = store.put("the combination is 4711 " * 50)
    store.close()
    assert b"4711" not in place.read_bytes()
    with pytest.raises(StoreUnavailable, match="decrypted"):
        open_originals(place, password="wrong")
    assert open_originals(place, password="a'b", read_only=True).get(ident).startswith("the combination")
    with pytest.raises(InvalidInput, match="not encrypted"):
        open_originals(f"{tmp_path}/folder/", password="x")


def test_files_are_for_their_owner(tmp_path):
    open_originals(tmp_path / "texts.db").put("x")
    ident = open_originals(f"{tmp_path}/plain/").put("x")
    assert (tmp_path / "texts.db").stat().st_mode & 0o077 == 0
    assert (tmp_path / "plain" / f"{ident}.txt").stat().st_mode & 0o077 == 0


def test_pointers_lead_to_the_place(tmp_path, monkeypatch):
    monkeypatch.setenv("TAMIS_STORE", str(tmp_path / "a b.db"))
    assert default_place() == str(tmp_path / "a b.db")
    assert open_originals().pointer("ab12", "1-2") == "tamis restore ab12 --lines 1-2"
    assert open_originals(tmp_path / "a b.db").pointer("ab12") == f"tamis restore ab12 --store '{tmp_path}/a b.db'"
    assert open_originals(f"{tmp_path}/plain/").pointer("ab12", "3") == f"{tmp_path}/plain/ab12.txt lines 3"
    with pytest.raises(StoreUnavailable, match="no store of originals"):
        open_originals(tmp_path / "none.db", read_only=True)


def test_another_database_is_refused(tmp_path):
    (tmp_path / "text.db").write_text("this is no database, but long enough to be looked at as one" * 50)
    with pytest.raises(StoreCorrupt):
        open_originals(tmp_path / "text.db")


# kills, full disks, several processes


WRITER = """
import random, sys
from tamis.prompt.recovery import open_originals
store = open_originals(sys.argv[1])
for seed in range(10_000):
    print(seed, store.put(random.Random(seed).randbytes(20_000).hex()), flush=True)
"""


@pytest.mark.parametrize("place", ["texts.db", "texts/"])
@pytest.mark.parametrize("acknowledged", [1, 4, 9])
def test_what_was_acknowledged_survives_a_kill(tmp_path, place, acknowledged):
    where = str(tmp_path) + "/" + place
    with subprocess.Popen([sys.executable, "-c", WRITER, where], stdout=subprocess.PIPE, text=True) as writer:
        lines = [writer.stdout.readline() for _ in range(acknowledged)]
        writer.send_signal(signal.SIGKILL)
        lines += writer.stdout.read().splitlines()
    assert writer.returncode == -signal.SIGKILL
    store = open_originals(where)
    pairs = [line.split() for line in lines if len(line.split()) == 2 and len(line.split()[1]) == 12]
    assert len(pairs) >= acknowledged
    for seed, ident in pairs:
        assert store.get(ident) == random.Random(int(seed)).randbytes(20_000).hex()
    again = store.put("and it can be written to")
    assert store.get(again) == "and it can be written to"


def test_a_full_database_refuses_and_keeps_what_it_has(tmp_path):
    driver = open_database(tmp_path / "texts.db", TABLES)
    store = SqlOriginals(driver)
    with driver.reading() as s:
        s.all("PRAGMA max_page_count = 40")
    ids, refused = {}, 0
    for seed in range(30):
        text = noise(seed, 9_000)
        try:
            ids[store.put(text)] = text
        except StoreUnavailable as error:
            refused += "full" in str(error)
    assert ids
    assert len(ids) + refused == 30 > len(ids)
    assert all(store.get(ident) == text for ident, text in ids.items())
    assert store.holdings().texts == len(ids)


FILLER = """
import resource, signal, sys
from tamis.errors import StoreUnavailable
from tamis.prompt.recovery import open_originals
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = open_originals(sys.argv[1])
kept = store.put("kept before the disk was full")
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
import random
big = random.Random(1).randbytes(400_000).hex()
try:
    store.put(big)
except StoreUnavailable as error:
    print("refused")
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(store.get(kept), store.get(store.put(big)) == big)
"""


@pytest.mark.parametrize("place", ["texts.db", "texts/"])
def test_where_no_byte_can_be_written_nothing_is_half_there(tmp_path, place):
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY
    done = subprocess.run(
        [sys.executable, "-c", FILLER, f"{tmp_path}/{place}"], capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines() == ["refused", "kept before the disk was full True"], done.stderr
    assert not list(Path(tmp_path).rglob("*.tmp"))


def put_many(place, start):
    store = open_originals(place)
    for number in range(start, start + 15):
        store.put(f"text {number} " * 100)
        store.put(f"shared {number - start} " * 100)


@pytest.mark.parametrize("place", ["texts.db", "texts/"])
def test_several_processes_write_at_once(tmp_path, place):
    where = f"{tmp_path}/{place}"
    context = get_context("spawn")
    workers = [context.Process(target=put_many, args=(where, start)) for start in (0, 100, 200)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    store = open_originals(where)
    for start in (0, 100, 200):
        for number in range(start, start + 15):
            text = f"text {number} " * 100
            assert store.get(original_id(text)) == text
    assert store.holdings().texts == 60


def test_what_a_killed_writer_left_in_a_folder_goes(tmp_path):
    store = open_originals(f"{tmp_path}/texts/")
    store.put("x")
    stale = tmp_path / "texts" / ".0123456789ab.txt.abcdef.tmp"
    stale.write_text("half")
    os.utime(stale, (1, 1))
    store.expire()
    assert not stale.exists()
