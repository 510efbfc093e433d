"""What is forgotten, expired or tried, on every kind of store."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from tamis.errors import (
    InvalidInput,
    UnknownScope,
)
from tests.memory.talk import ask, opened


def test_forgetting_by_query_is_tried_first(memory):
    tried = memory.forget(query="sail")
    assert tried.dry_run
    assert tried.turns == {"acme/ann": ("w1",)}
    assert len(memory.turns()) == 4
    done = memory.forget(query="sail", dry_run=False)
    assert done.removed == {"turns": 1, "vectors": 1, "segments": 0}
    assert "w1" not in ask(memory, "sail").turn_ids
    assert memory.receipts()[-1]["turns"] == {"acme/ann": ["w1"]}
    assert memory.forget(query="the of").turns == {"acme/ann": ()}


def test_forgetting_a_session_and_everything(memory):
    assert memory.forget(session="mon").turns == {"acme/ann": ("m1", "m2")}
    assert [one.name for one in memory.sessions()] == ["wed"]
    memory.scoped("acme/ann/notes").add("a note")
    memory.scoped("acme/bob").add("a note")
    assert memory.forget(everything=True, dry_run=True).removed == {"turns": 3, "scopes": 2}
    assert memory.forget(everything=True).removed["scopes"] == 2
    assert [str(s) for s in memory.scoped("acme").scopes()] == ["acme/bob"]
    with pytest.raises(UnknownScope):
        ask(memory, "sail")


@pytest.mark.parametrize("ways", [{}, {"ids": ["m1"], "query": "x"}, {"session": "mon", "everything": True}])
def test_forgetting_says_what_in_one_way(memory, ways):
    with pytest.raises(InvalidInput, match="ways"):
        memory.forget(**ways)


def test_time_to_live(fresh):
    with opened(fresh()) as memory:
        memory.add("the code is four two", ttl=timedelta(days=1))
        memory.add("the colour is blue")
        later = datetime.now(timezone.utc) + timedelta(days=2)
        assert "four" in memory.recall("code").text
        assert "four" not in memory.recall("code", now=later).text
        assert memory.expire(later).removed["turns"] == 1
        assert len(memory.turns()) == 1
    with pytest.raises(InvalidInput, match="positive"):
        memory.add("x", ttl=0)
