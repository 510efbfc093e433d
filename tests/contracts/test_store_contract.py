"""What every store promises, on a SQLite file, a SQLite memory, and a PostgreSQL server."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from tamis.errors import DuplicateTurn, InvalidTurn, UnknownScope
from tamis.memory.store import open_store
from tamis.memory.types import Scope, Segment
from tests.memory.making import entry, noon, tiles

ANN, BOB = Scope.of("acme/ann"), Scope.of("acme/bob")


def same(found, expected) -> bool:
    return (found.turn, found.key, found.encoder, found.expires, found.flags) == (
        expected.turn,
        expected.key,
        expected.encoder,
        expected.expires,
        expected.flags,
    ) and np.array_equal(found.vector, expected.vector)


def test_what_goes_in_comes_out(store):
    given = [
        entry("a", "Grüße 🎉\r\n\tend ", speaker="Zoë", time=noon(1), flags=("secret-masked", "boilerplate")),
        entry("b", "x" * 1_000_000, time=datetime(1, 1, 1, tzinfo=timezone.utc)),
        entry("c", "", expires=datetime(9999, 12, 31, tzinfo=timezone.utc)),
        entry("d", "other", session="t", time=noon(2).replace(microsecond=7)),
    ]
    store.add(ANN, given, tiles(given))
    changes = store.changes(ANN)
    assert changes.reset
    assert all(same(f, e) for f, e in zip(changes.added, given, strict=True))
    assert store.turns(ANN, ["d", "nobody", "a"]) == (given[3].turn, given[0].turn)
    assert store.segments(ANN, "s") == (Segment("s:a", "s", ("a", "b")), Segment("s:c", "s", ("c",)))
    assert store.segments(ANN)[2:] == (Segment("t:d", "t", ("d",)),)
    assert store.segments(ANN, "nowhere") == ()
    assert [one.turn.id for one in store.tail(ANN, "s")] == ["c"]
    assert store.tail(ANN, "new") == ()
    assert store.check() == ()


def test_it_is_there_when_opened_again(fresh):
    place = fresh()
    if place == ":memory:":
        pytest.skip("ends with the process")
    with open_store(place) as store:
        store.add(ANN, [entry("a")], tiles([entry("a")]))
    with open_store(place) as store, open_store(place, read_only=True) as reader:
        assert store.scopes() == reader.scopes() == (ANN,)
        assert reader.turns(ANN, ["a"]) == (entry("a").turn,)
        store.add(ANN, [entry("b")], [Segment("s:a", "s", ("b",))])
        assert reader.segments(ANN) == (Segment("s:a", "s", ("a", "b")),)  # a reader sees it at once


def test_a_segment_grows_and_earlier_ones_stay(store):
    store.add(ANN, [entry("a"), entry("b")], tiles([entry("a"), entry("b")]))
    since = store.version(ANN)
    store.add(ANN, [entry("c")], [Segment("s:a", "s", ("c",))])
    changes = store.changes(ANN, since)
    assert not changes.reset
    assert [one.turn.id for one in changes.added] == ["c"]
    assert changes.segments == (Segment("s:a", "s", ("a", "b", "c")),)
    assert store.changes(ANN, store.version(ANN)).added == ()


def test_the_tail_is_cut_anew(store):
    given = [entry(x) for x in "abcd"]
    store.add(ANN, given, [Segment("one", "s", ("a", "b")), Segment("two", "s", ("c", "d"))])
    since = store.version(ANN)
    store.replace_tail(ANN, [Segment("three", "s", ("c",)), Segment("four", "s", ("d",))])
    assert [s.turns for s in store.segments(ANN)] == [("a", "b"), ("c",), ("d",)]
    assert store.check() == ()
    changes = store.changes(ANN, since)
    assert {s.id for s in changes.segments} == {"three", "four"}
    with pytest.raises(InvalidTurn, match="nobody"):
        store.replace_tail(ANN, [Segment("five", "s", ("nobody",))])
    assert len(store.segments(ANN)) == 3  # nothing of the failed call is left


def test_deleting(store):
    given = [entry(x) for x in "abcd"]
    store.add(ANN, given, tiles(given))
    since = store.version(ANN)
    receipt = store.delete(ANN, ["d", "a", "nobody", "d", "c"])
    assert receipt.turns == {"acme/ann": ("d", "a", "c")}
    assert receipt.removed == {"turns": 3, "vectors": 3, "segments": 1}
    changes = store.changes(ANN, since)
    assert set(changes.removed) == {"a", "c", "d"}
    assert changes.segments == (Segment("s:a", "s", ("b",)),)
    assert changes.dropped == ("s:c",)
    assert [one.turn.id for one in store.changes(ANN).added] == ["b"]
    assert store.receipts()[-1]["removed"]["turns"] == 3
    assert store.check() == ()


def test_a_deleted_id_may_come_back(store):
    store.add(ANN, [entry("a", "first")], tiles([entry("a")]))
    since = store.version(ANN)
    store.delete(ANN, ["a"])
    store.add(ANN, [entry("a", "second")], tiles([entry("a")]))
    changes = store.changes(ANN, since)
    assert [one.turn.text for one in changes.added] == ["second"]
    assert store.turns(ANN, ["a"])[0].text == "second"


def test_deleting_all_of_a_user(store):
    notes = Scope.of("acme/ann/notes")
    for scope in (ANN, notes, BOB):
        store.add(scope, [entry("a")], tiles([entry("a")]))
    receipt = store.delete_under(ANN)
    assert receipt.turns == {"acme/ann": ("a",), "acme/ann/notes": ("a",)}
    assert receipt.removed["scopes"] == 2
    assert store.scopes() == (BOB,)
    with pytest.raises(UnknownScope):
        store.changes(ANN)
    with pytest.raises(UnknownScope):
        store.delete_under(ANN)
    store.add(ANN, [entry("b")], tiles([entry("b")]))
    assert [one.turn.id for one in store.changes(ANN, 5).added] == ["b"]  # an index of the old one starts anew
    assert store.check() == ()


def test_expiry(store):
    late = [entry("a", expires=noon(3)), entry("b", expires=noon(5)), entry("c")]
    store.add(ANN, late, tiles(late))
    store.add(BOB, late[:1], tiles(late[:1]))
    receipt = store.expire(noon(3) + timedelta(seconds=1))
    assert receipt.turns == {"acme/ann": ("a",), "acme/bob": ("a",)}
    assert receipt.removed["turns"] == 2
    assert [one.turn.id for one in store.changes(ANN).added] == ["b", "c"]
    assert store.expire(noon(1)).turns == {}


@pytest.mark.parametrize("again", ["a", "b"])
def test_ids_are_unique_in_their_scope(store, again):
    store.add(ANN, [entry("a")], tiles([entry("a")]))
    store.add(BOB, [entry("a")], tiles([entry("a")]))
    given = [entry("b"), entry(again), entry("c")]
    with pytest.raises(DuplicateTurn, match=repr(again)):
        store.add(ANN, given, [Segment("s:b", "s", tuple(dict.fromkeys(one.turn.id for one in given)))])
    assert [one.turn.id for one in store.changes(ANN).added] == ["a"]  # none of them


@pytest.mark.parametrize(
    "segments",
    [
        [],
        [Segment("x", "t", ("a",))],
        [Segment("x", "s", ("a",)), Segment("y", "s", ("a",))],
    ],
)
def test_segments_that_do_not_tile(store, segments):
    with pytest.raises(InvalidTurn):
        store.add(ANN, [entry("a")], segments)
    assert store.scopes() == ()


def test_another_encoder(store):
    store.add(ANN, [entry("a"), entry("b")], tiles([entry("a"), entry("b")]))
    since = store.version(ANN)
    vector = np.ones(4, np.float16) / 2
    store.revector(ANN, "new", [("a", vector)])
    (changed,) = store.changes(ANN, since).added
    assert (changed.turn.id, changed.encoder) == ("a", "new")
    assert np.array_equal(changed.vector, vector)


def test_unknown_scopes_are_errors(store):
    store.create(BOB)
    store.create(BOB)
    calls = (
        lambda: store.changes(ANN),
        lambda: store.version(ANN),
        lambda: store.turns(ANN, ["a"]),
        lambda: store.segments(ANN),
        lambda: store.tail(ANN, "s"),
        lambda: store.delete(ANN, ["a"]),
        lambda: store.replace_tail(ANN, []),
        lambda: list(store.export(ANN)),
        lambda: store.revector(ANN, "new", []),
    )
    for call in calls:
        with pytest.raises(UnknownScope, match=r"'acme/ann'.*'acme/bob'"):
            call()
    assert store.scopes() == (BOB,)


def test_export_is_json(store):
    given = [entry("a", "Grüße", time=noon(1), expires=noon(2)), entry("b", speaker="B")]
    store.add(ANN, given, tiles(given))
    lines = [json.dumps(value) for value in store.export(ANN)]
    assert [json.loads(line)["kind"] for line in lines] == ["turn", "turn", "segment"]
    assert "Gr\\u00fc\\u00dfe" in lines[0]


class Machine(RuleBasedStateMachine):
    """A store beside a dictionary of what it should hold, and an index that only follows the changes."""

    place = staticmethod(lambda: ":memory:")

    def __init__(self) -> None:
        super().__init__()
        self.store = open_store(self.place())
        self.model: dict[Scope, dict[str, object]] = {}
        self.followed: dict[Scope, tuple[int, dict[str, object], dict[str, Segment]]] = {}

    scopes = st.sampled_from([Scope.of(x) for x in ("a", "a/b", "a/b/c", "b")])
    ids = st.sampled_from([f"t{i}" for i in range(12)])

    @rule(
        scope=scopes, ids=st.lists(ids, min_size=1, max_size=4), session=st.sampled_from("xy"), size=st.integers(1, 3)
    )
    def add(self, scope, ids, session, size):
        given = [entry(i, f"{scope} {i} {session}", session=session) for i in ids]
        known = self.model.get(scope, {})
        if len(set(ids)) < len(ids) or set(ids) & set(known):
            with pytest.raises((DuplicateTurn, InvalidTurn)):
                self.store.add(scope, given, tiles(given, size))
            return
        tail = self.store.tail(scope, session) if scope in self.model else ()
        segments = tiles(given, size)
        if tail and size > 1:  # the first of them extends what is there
            owner = next(s for s in self.store.segments(scope, session) if tail[0].turn.id in s.turns)
            segments[0] = replace(segments[0], id=owner.id)
        elif any(s.id in {x.id for x in (self.store.segments(scope) if scope in self.model else ())} for s in segments):
            segments = [replace(s, id=f"{s.id}+{len(known)}") for s in segments]
        self.store.add(scope, given, segments)
        self.model.setdefault(scope, {}).update(dict(zip(ids, given, strict=True)))

    @rule(scope=scopes, ids=st.lists(ids, max_size=3))
    def delete(self, scope, ids):
        if scope not in self.model:
            with pytest.raises(UnknownScope):
                self.store.delete(scope, ids)
            return
        receipt = self.store.delete(scope, ids)
        expected = [i for i in dict.fromkeys(ids) if i in self.model[scope]]
        assert list(receipt.turns[str(scope)]) == expected
        for ident in expected:
            del self.model[scope][ident]

    @precondition(lambda self: self.model)
    @rule(scope=scopes)
    def delete_under(self, scope):
        mine = [s for s in self.model if scope.covers(s)]
        if not mine:
            return
        assert set(self.store.delete_under(scope).turns) == set(map(str, mine))
        for one in mine:
            del self.model[one]
            self.followed.pop(one, None)

    @rule(scope=scopes)
    def follow(self, scope):
        if scope not in self.model:
            return
        version, turns, segments = self.followed.get(scope, (0, {}, {}))
        changes = self.store.changes(scope, version)
        if changes.reset:
            turns, segments = {}, {}
        for ident in changes.removed:
            turns.pop(ident, None)
        for ident in changes.dropped:
            segments.pop(ident, None)
        turns |= {one.turn.id: one for one in changes.added}
        segments |= {s.id: s for s in changes.segments}
        self.followed[scope] = (changes.version, turns, segments)
        assert {i: e.turn.text for i, e in turns.items()} == {i: e.turn.text for i, e in self.model[scope].items()}
        assert set(segments.values()) == set(self.store.segments(scope))

    @invariant()
    def consistent(self):
        assert set(self.store.scopes()) == set(self.model)
        for scope, expected in self.model.items():
            found = {one.turn.id: one for one in self.store.changes(scope).added}
            assert set(found) == set(expected)
            assert all(same(found[i], expected[i]) for i in found)

    def teardown(self):
        assert self.store.check() == ()
        self.store.close()


def test_it_is_a_dictionary_that_lasts(fresh):
    machine = type("Placed", (Machine,), {"place": staticmethod(fresh)})
    quick = settings(max_examples=12, stateful_step_count=20, suppress_health_check=list(HealthCheck), deadline=None)
    run_state_machine_as_test(machine, settings=quick)
