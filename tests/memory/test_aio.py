"""The asynchronous memory."""

from __future__ import annotations

import asyncio

from tamis.memory import AsyncMemory, Memory
from tests.memory.making import Hashed
from tests.memory.talk import NOW, TALK, words


def test_asynchronous(fresh):
    async def run():
        async with AsyncMemory(fresh(), scope="acme/ann", encoder=Hashed()) as memory:
            await asyncio.gather(*(memory.add(turn) for turn in TALK))
            found = await memory.recall("sail", 40, tokenizer=words, now=NOW)
            assert "w1" in found.turn_ids
            assert (await memory.stats()).turns == len(await memory.turns()) == 4
            assert len(await memory.sessions()) == 2
            assert await memory.check() == ()
            assert (await memory.forget("w1")).removed["turns"] == 1
            assert await memory.scoped("acme").scopes() == (memory.scope,)
            return await memory.segments("mon")

    assert asyncio.run(run())


def test_the_asynchronous_twin_has_every_call():
    public = {name for name in vars(Memory) if not name.startswith("_")}
    assert public - {name for name in vars(AsyncMemory) if not name.startswith("_")} == set()
