"""What memories of one store share: encoders, threads, writers, scopes in use."""

from __future__ import annotations

import threading

import pytest

from tamis.errors import (
    InvalidInput,
    StaleVersion,
    UnknownName,
)
from tamis.memory import Engine, Memory, Turn, open_store
from tests.memory.making import Hashed, noon
from tests.memory.talk import TALK, ask, opened


def test_another_encoder_goes_by_words_until_its_vectors_are_made(memory):
    other = Memory(memory._engine, scope=memory.scope, encoder=Hashed(8, "other"))
    assert other.stats().stale == 4
    assert "w1" in ask(other, "sail").turn_ids
    other.add(Turn("The regatta is in June, the sail is ordered.", "Ann", noon(5), "fri", "f1"))
    steps = []
    assert other.reembed(progress=lambda *step: steps.append(step)) == 4  # the fifth was made by this encoder
    assert steps == [(4, 4)]
    assert other.stats().stale == 0
    assert other.stats().encoder == "other"
    assert "f1" in ask(other, "sail").turn_ids
    assert other.reembed() == 0
    assert other.reembed(background=True).result(timeout=30) == 0
    assert memory.check() == ()


def test_denoised_keys_find_and_originals_are_delivered(fresh):
    def short(texts):
        return [" ".join(word for word in text.split() if len(word) > 4) for text in texts]

    with opened(fresh(), denoise=short) as memory:
        memory.add(["well you know the harbour is a big one", "ok so"])
        assert memory.recall("harbour").text.startswith("well you know the harbour is a big one")
        assert [one.key for one in memory._engine.store.changes(memory.scope).added] == ["harbour", "ok so"]
    with opened(fresh(), denoise=lambda texts: texts[:1]) as memory, pytest.raises(InvalidInput, match="denoiser"):
        memory.add(["a b", "c d"])


def test_threads_add_and_ask_at_once(fresh):
    with opened(fresh()) as memory:
        memory.add("begin")
        errors = []

        def work(name):
            try:
                for number in range(8):
                    memory.add(Turn(f"{name} says {number} things about boats", name, session=name))
                    ask(memory, "boats")
            except BaseException as error:
                errors.append(error)

        threads = [threading.Thread(target=work, args=(name,)) for name in ("ann", "bob", "cy")]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert errors == []
        assert len(memory.turns()) == 25
        assert memory.check() == ()


def test_a_writer_that_always_comes_second_is_told(fresh, monkeypatch):
    with opened(fresh()) as memory:
        memory.add("begin")

        def always(*_, **__):
            raise StaleVersion("taken")

        monkeypatch.setattr(memory._engine.store, "add", always)
        with pytest.raises(StaleVersion, match="all the time"):
            memory.add("more")


def test_scopes_out_of_use_leave_memory_and_come_back(fresh):
    engine = Engine(open_store(fresh()), limit=1)
    memory = Memory(engine, scope="a", encoder=Hashed())
    for name in "abc":
        memory.scoped(name).add(f"this is {name} speaking")
    assert len(engine._lives) == 1
    assert memory.recall("speaking").text == "this is a speaking"
    engine.close()


def test_the_embedded_encoder(tmp_path):
    with Memory(tmp_path / "m.db", scope="acme/ann") as memory:
        memory.add(TALK)
        found = memory.recall("What is the job of Ann's sibling?", 60)
        assert found.turn_ids[0] == "m1"
        assert memory.stats().encoder == "mini-1"
    with pytest.raises(UnknownName, match="encoder"):
        Memory(tmp_path / "n.db", scope="a", encoder="maxi")


def test_a_closed_or_borrowed_store(tmp_path):
    store = open_store(tmp_path / "m.db")
    with opened(store) as memory:
        memory.add("still here")
    assert opened(store).recall("here").text == "still here"  # who opened it closes it
    store.close()
