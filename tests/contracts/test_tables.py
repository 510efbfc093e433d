"""What the tables of a memory take from outside: each thing in one piece of code, put in by one line."""

from __future__ import annotations

import re

import numpy as np
import pytest

from tamis.errors import InvalidInput, UnknownName
from tamis.memory import Memory, Turn
from tamis.memory.importers import IMPORTERS, KINDS, Importer, read, read_talk
from tamis.memory.segment import SEGMENTERS

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
