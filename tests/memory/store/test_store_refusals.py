"""What stores refuse: what would tear a session, take an id twice, or overwrite another's change."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from tamis.errors import (
    DuplicateTurn,
    InvalidTurn,
    StaleVersion,
)
from tamis.memory.types import Segment, Turn
from tests.memory.making import ANN, entry, filled, tiles


@pytest.mark.parametrize("value", ["nul\x00", "half \ud83d", "\udfff"])
def test_what_no_database_holds_is_no_turn(value):
    with pytest.raises(InvalidTurn, match="has '"):
        Turn(value)


@pytest.mark.parametrize("when", ["2023-05-01", 5, 1.5])
def test_a_time_is_a_datetime(when):
    with pytest.raises(InvalidTurn, match="datetime"):
        Turn("a", time=when)


@pytest.mark.parametrize(
    ("added", "segment"),
    [
        (entry("f"), Segment("s:a", "s", ("f",))),  # not the last of its session
        (entry("f", session="t"), Segment("s:c", "t", ("f",))),  # of another session
        (entry("f"), Segment("s:c", "s", ("f", "a"))),  # a turn that is not new
        (entry("f"), Segment("s:c", "s", ())),
        (entry("f"), Segment("s:c", "t", ("f",))),
    ],
)
def test_segments_that_check_would_find_torn_are_refused(store, added, segment):
    filled(store)
    version = store.version(ANN)
    with pytest.raises(InvalidTurn):
        store.add(ANN, [added], [segment])
    assert store.version(ANN) == version
    assert store.check() == ()


@pytest.mark.parametrize(
    "segments",
    [
        [Segment("new", "s", ("b",)), Segment("s:a", "s", ("d",))],
        [Segment("new", "s", ("a", "c"))],
        [Segment("new", "t", ("d",))],
        [Segment("s:a", "t", ("e",))],
    ],
)
def test_a_tail_that_would_tear_is_refused(store, segments):
    filled(store)
    before = store.segments(ANN)
    with pytest.raises(InvalidTurn):
        store.replace_tail(ANN, segments)
    assert store.segments(ANN) == before
    assert store.check() == ()


def test_two_writers_of_one_version(store):
    filled(store)
    seen = store.version(ANN)
    store.add(ANN, [entry("f")], [Segment("s:c", "s", ("f",))], since=seen)
    with pytest.raises(StaleVersion):
        store.add(ANN, [entry("g")], [Segment("s:c", "s", ("g",))], since=seen)
    assert [one.turn.id for one in store.tail(ANN, "s")] == ["c", "d", "f"]


def test_versions_of_a_scope_begun_anew_are_above_the_old_ones(store):
    filled(store)
    old = store.version(ANN)
    store.delete_under(ANN)
    filled(store)
    assert store.version(ANN) > old
    assert store.changes(ANN, old).reset
    with pytest.raises(StaleVersion):
        store.add(ANN, [entry("f")], [Segment("f", "s", ("f",))], since=old)


def test_duplicates_within_one_call(store):
    with pytest.raises(DuplicateTurn, match="'a'"):
        store.add(ANN, [entry("a"), entry("a")], [Segment("x", "s", ("a", "a"))])


def test_the_ends_of_time(store):
    given = [
        entry("a", time=datetime(1, 1, 1, tzinfo=timezone.utc)),
        entry("b", time=datetime.max.replace(tzinfo=timezone.utc)),
    ]
    store.add(ANN, given, tiles(given))
    assert [one.turn.time.year for one in store.changes(ANN).added] == [1, 9999]
