"""`AsyncMemory`: the same calls, awaited. Each runs in a thread, so the event loop goes on."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from datetime import datetime
from typing import Any

from tamis.memory.api import Age, Memory, Units
from tamis.memory.engine import Added
from tamis.memory.exchange import Imported
from tamis.memory.overview import Overview, SessionOverview
from tamis.memory.recall import Recall
from tamis.memory.segment.protocol import Segmenter
from tamis.memory.turns import TurnLike
from tamis.memory.types import Receipt, Scope, Segment, Turn


class AsyncMemory:
    """`Memory` for asynchronous programs; the arguments are the same.

    Example:
        async with AsyncMemory("notes.db", scope="acme/ann") as memory:
            await memory.add("I moved to Lyon.")
    """

    def __init__(self, store: Any, *, scope: str | Scope, **settings: Any) -> None:
        self._memory = Memory(store, scope=scope, **settings)

    @property
    def scope(self) -> Scope:
        """Whose memory it is."""
        return self._memory.scope

    @property
    def segmenter(self) -> Segmenter:
        """What cuts its sessions into topics."""
        return self._memory.segmenter

    async def __aenter__(self) -> AsyncMemory:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def scoped(self, scope: str | Scope) -> AsyncMemory:
        """See `Memory.scoped`."""
        other = object.__new__(AsyncMemory)
        other._memory = self._memory.scoped(scope)
        return other

    async def add(
        self, turns: TurnLike | Iterable[TurnLike], *, session: str | None = None, ttl: Age | None = None
    ) -> Added:
        """See `Memory.add`."""
        return await asyncio.to_thread(self._memory.add, turns, session=session, ttl=ttl)

    async def recall(self, question: str, tokens: int | None = None, **options: Any) -> Recall:
        """See `Memory.recall`."""
        return await asyncio.to_thread(self._memory.recall, question, tokens, **options)

    async def top(self, question: str, count: int = 3, **options: Any) -> Units:
        """See `Memory.top`."""
        return await asyncio.to_thread(self._memory.top, question, count, **options)

    async def forget(self, ids: str | Iterable[str] | None = None, **which: Any) -> Receipt:
        """See `Memory.forget`."""
        return await asyncio.to_thread(self._memory.forget, ids, **which)

    async def expire(self, now: datetime | None = None) -> Receipt:
        """See `Memory.expire`."""
        return await asyncio.to_thread(self._memory.expire, now)

    async def reembed(self, *, progress: Callable[[int, int], None] | None = None) -> int:
        """See `Memory.reembed`."""
        count = await asyncio.to_thread(self._memory.reembed, progress=progress)
        return count.result() if isinstance(count, Future) else count

    async def turns(self, ids: Iterable[str] | None = None) -> tuple[Turn, ...]:
        """See `Memory.turns`."""
        return await asyncio.to_thread(self._memory.turns, ids)

    async def keys(self) -> dict[str, str]:
        """See `Memory.keys`."""
        return await asyncio.to_thread(self._memory.keys)

    async def segments(self, session: str | None = None) -> tuple[Segment, ...]:
        """See `Memory.segments`."""
        return await asyncio.to_thread(self._memory.segments, session)

    async def sessions(self) -> tuple[SessionOverview, ...]:
        """See `Memory.sessions`."""
        return await asyncio.to_thread(self._memory.sessions)

    async def scopes(self) -> tuple[Scope, ...]:
        """See `Memory.scopes`."""
        return await asyncio.to_thread(self._memory.scopes)

    async def all_scopes(self) -> tuple[Scope, ...]:
        """See `Memory.all_scopes`."""
        return await asyncio.to_thread(self._memory.all_scopes)

    async def stats(self) -> Overview:
        """See `Memory.stats`."""
        return await asyncio.to_thread(self._memory.stats)

    async def check(self) -> tuple[str, ...]:
        """See `Memory.check`."""
        return await asyncio.to_thread(self._memory.check)

    async def receipts(self) -> tuple[dict[str, Any], ...]:
        """See `Memory.receipts`."""
        return await asyncio.to_thread(self._memory.receipts)

    async def export(self, path: str | os.PathLike[str]) -> int:
        """See `Memory.export`."""
        return await asyncio.to_thread(self._memory.export, path)

    async def import_(self, path: str | os.PathLike[str]) -> Imported:
        """See `Memory.import_`."""
        return await asyncio.to_thread(self._memory.import_, path)

    async def close(self) -> None:
        """See `Memory.close`."""
        await asyncio.to_thread(self._memory.close)
