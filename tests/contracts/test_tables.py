"""What the tables of a memory take from outside: each thing in one piece of code, put in by one line."""

from __future__ import annotations

import re

import pytest

from tamis.memory import Turn
from tamis.memory.importers import IMPORTERS, KINDS, Importer, read, read_talk

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
