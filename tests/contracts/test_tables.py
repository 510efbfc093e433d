"""What the tables of memories and detectors take from outside: each thing in one piece of code, put in by one line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone

import numpy as np
import pytest

import tamis
from tamis.core import Span
from tamis.errors import InvalidInput, StoreError, UnknownName, UnknownScope
from tamis.memory import Engine, Memory, Receipt, Scope, Segment, Store, Turn
from tamis.memory.importers import IMPORTERS, KINDS, Importer, read, read_talk
from tamis.memory.segment import SEGMENTERS
from tamis.memory.store import STORES
from tamis.memory.store.protocol import unknown_scope
from tamis.memory.types import Changes, Entry
from tamis.prompt import Options
from tamis.text.protect import DETECTORS
from tests.memory.making import Hashed

# an importer


LINE = re.compile(r"<(\S+)> (.*)")


def irc(talk):
    """Turns of a log of IRC, `<nick> words` in each line."""
    for line in talk.text.splitlines():
        match = LINE.match(line)
        yield Turn(match[2], match[1], session=talk.name) if match else "system"


IRC = Importer("a log of IRC", lambda talk: LINE.match(talk.text) is not None, irc, ("text",))
LOG = "<ann> The boat is blue.\n-- bob joined\n<bob> And fast."


@pytest.mark.parametrize("kind", ["auto", "irc"])
def test_an_importer(monkeypatch, kind):
    monkeypatch.setattr(read, "IMPORTERS", {"irc": IRC, **IMPORTERS})
    parsed = read_talk("chat.log", kind, text=LOG)
    assert parsed.kind == "irc"
    assert [(turn.speaker, turn.text) for turn in parsed.turns] == [("ann", "The boat is blue."), ("bob", "And fast.")]
    assert parsed.left_out == {"system": 1}


def test_every_importer_says_what_it_reads_and_is_named_once():
    assert ("auto", *IMPORTERS) == KINDS
    helps = [importer.help for importer in IMPORTERS.values()]
    assert all(helps)
    assert len(set(helps)) == len(helps)


# a segmenter


class BySpeaker:
    """Opens a segment whenever another speaks."""

    context = 1

    def cut(self, turns, vectors, *, known=0, length=0):
        opens = [place == 0 or turns[place - 1].speaker != turn.speaker for place, turn in enumerate(turns)]
        return np.array(opens[known:], np.bool_)


TALK = [Turn("The boat is blue.", "ann"), Turn("It sails well.", "ann"), Turn("Is it fast?", "bob")]


def test_a_segmenter(monkeypatch):
    monkeypatch.setitem(SEGMENTERS, "speaker", BySpeaker)
    for segmenter in ("speaker", BySpeaker()):
        with Memory(":memory:", scope="a", encoder=None, segmenter=segmenter) as memory:
            memory.add(TALK[:1])
            memory.add(TALK[1:])
            assert [len(segment.turns) for segment in memory.segments()] == [2, 1]


@pytest.mark.parametrize("name", list(SEGMENTERS))
def test_every_segmenter_may_be_named(name):
    with Memory(":memory:", scope="a", encoder=None, segmenter=name) as memory:
        memory.add(TALK)
        assert sum(len(segment.turns) for segment in memory.segments()) == len(TALK)


def test_what_is_no_segmenter():
    with pytest.raises(UnknownName, match=r"'optimall'.*'optimal'.*texttiling"):
        Memory(":memory:", scope="a", encoder=None, segmenter="optimall")
    with pytest.raises(InvalidInput, match=r"no segmenter.*`cut`.*runs"):
        Memory(":memory:", scope="a", encoder=None, segmenter=5)


# a store


@dataclass
class Room:
    """One scope."""

    version: int = 0
    entries: dict[str, Entry] = field(default_factory=dict)
    segments: dict[str, Segment] = field(default_factory=dict)


class DictStore:
    """Keeps everything in dictionaries, and no history: whoever has missed something gets it all."""

    def __init__(self):
        self.rooms, self.count = {}, 0

    def scopes(self):
        return tuple(self.rooms)

    def changes(self, scope, since=0):
        if scope not in self.rooms:
            raise unknown_scope(scope, self.rooms)
        room = self.rooms[scope]
        if since == room.version:
            return Changes(since)
        return Changes(room.version, True, tuple(room.entries.values()), (), tuple(room.segments.values()))

    def add(self, scope, entries, segments, *, since=None):
        room = self._changed(self.rooms.setdefault(scope, Room()))
        room.entries |= {entry.turn.id: entry for entry in entries}
        for segment in segments:
            earlier = room.segments.get(segment.id, replace(segment, turns=()))
            room.segments[segment.id] = replace(segment, turns=(*earlier.turns, *segment.turns))

    def delete(self, scope, ids):
        if scope not in self.rooms:
            raise unknown_scope(scope, self.rooms)
        room = self._changed(self.rooms[scope])
        removed = tuple(ident for ident in dict.fromkeys(ids) if room.entries.pop(ident, None))
        left = [replace(s, turns=tuple(i for i in s.turns if i in room.entries)) for s in room.segments.values()]
        room.segments = {segment.id: segment for segment in left if segment.turns}
        return Receipt({str(scope): removed}, {"turns": len(removed)})

    def delete_under(self, scope):
        scopes = [one for one in self.rooms if scope.covers(one)]
        if not scopes:
            raise unknown_scope(scope, self.rooms)
        rooms = {str(one): self.rooms.pop(one) for one in scopes}
        return Receipt({name: tuple(room.entries) for name, room in rooms.items()}, {"scopes": len(rooms)})

    def _changed(self, room):
        self.count += 1
        room.version = self.count
        return room


BOAT = [
    Turn("The boat is blue and sails well.", "ann", id="1", session="mon"),
    Turn("My sister moved to Lyon.", "bob", id="2", session="mon"),
    Turn("The mast of the boat broke.", "ann", id="3", session="tue"),
]


def remembering(store, **settings):
    return Memory(store, scope="acme/ann", encoder=Hashed(), segmenter="runs", **settings)


def test_a_store_remembers_recalls_and_forgets():
    store = DictStore()
    assert isinstance(store, Store)
    memory = remembering(store)
    with pytest.raises(UnknownScope, match="acme/ann"):
        memory.recall("boat")
    assert memory.add(BOAT).ids == ("1", "2", "3")
    assert memory.recall("Where does the sister live?", 12).turn_ids == ("2",)
    assert [turn.id for turn in memory.turns()] == ["1", "2", "3"]
    assert memory.turns(["3", "nobody", "1"]) == (BOAT[2], BOAT[0])
    assert [segment.turns for segment in memory.segments()] == [("1", "2"), ("3",)]
    assert memory.segments("tue")[0].turns == ("3",)
    assert memory.forget(query="mast", dry_run=False).turns == {"acme/ann": ("3",)}
    assert "3" not in memory.recall("mast of the boat").turn_ids
    assert memory.check() == ()
    memory.scoped("acme").add("a note")
    assert [str(scope) for scope in memory.scoped("acme").scopes()] == ["acme", "acme/ann"]
    assert memory.forget(everything=True).removed == {"scopes": 1}
    with pytest.raises(UnknownScope):
        memory.turns()


def test_a_store_gives_what_a_file_gives(tmp_path):
    with remembering(DictStore()) as one, remembering(tmp_path / "m.db") as other:
        for memory in (one, other):
            memory.add(BOAT[:1])
            memory.add(BOAT[1:])
            memory.forget("1")
        assert one.turns() == other.turns()
        assert one.segments() == other.segments()
        for question in ("boat", "sister", "mast"):
            assert one.recall(question, 30) == other.recall(question, 30)
        assert one.export(tmp_path / "one") == other.export(tmp_path / "other")
        assert (tmp_path / "one").read_text() == (tmp_path / "other").read_text()
        copy = remembering(DictStore())
        assert copy.import_(tmp_path / "one").turns == 2
        assert copy.turns() == one.turns()


def test_what_a_store_lacks_follows_from_what_it_has():
    store = DictStore()
    memory = remembering(store)
    memory.add("the code is four two", ttl=timedelta(days=1))
    memory.add("the colour is blue")
    assert memory.expire(datetime.now(timezone.utc) + timedelta(days=2)).removed == {"turns": 1}
    assert len(memory.turns()) == 1
    assert memory.receipts() == ()
    other = Memory(store, scope="acme/ann", encoder=Hashed(8, "other"))
    with pytest.raises(StoreError, match=r"DictStore has no `revector`.*[Ee]xport"):
        other.reembed()
    store.rooms[memory.scope].segments.clear()
    assert "do not hold its turns" in memory.check()[0]


def test_what_a_store_can_do_itself_is_left_to_it():
    class Counting(DictStore):
        def receipts(self):
            return ({"at": 0.0},)

        def close(self):
            self.closed = True

    store = Counting()
    assert remembering(store).receipts() == ({"at": 0.0},)
    remembering(store).close()
    assert not hasattr(store, "closed")  # who opened it closes it
    Engine(store).close()
    assert store.closed


def test_a_kind_of_store_is_one_line(monkeypatch):
    opened = {}

    def open_dict(place, *, read_only, password):
        return opened.setdefault(place, DictStore())

    monkeypatch.setitem(STORES, "dict://", open_dict)
    with remembering("dict://boats") as memory:
        memory.add(BOAT)
    with remembering("dict://boats") as memory:
        assert memory.turns() == tuple(BOAT)


@pytest.mark.parametrize("store", [None, 5, {}, Scope.of("a"), DictStore, ["notes.db"]])
def test_what_is_no_store(store):
    with pytest.raises(InvalidInput, match=r"no store: it .*Give a path, a URL, or .* add, changes"):
        remembering(store)


def test_a_detector(monkeypatch):
    monkeypatch.setitem(DETECTORS, "tickets", lambda text: [Span(*m.span()) for m in re.finditer(r"[A-Z]+-\d+", text)])
    text = "We talked for an hour about this and that, and somebody closed OPS-7 in the end."
    options = Options(detectors=("tickets",))
    result = tamis.compress(text, rate=0.3, options=options, style="words")
    assert [(detection.span.of(text), detection.rule) for detection in result.protected] == [("OPS-7", "tickets")]
    assert "OPS-7" in result.text
