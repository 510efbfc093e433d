"""Memories with settings of their own: segmenters, guards, encoders, how they recall."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from .memory import NOW, RECALL_QUESTIONS, UTTERANCES
from .outcomes import Calls
from .places import resolve
from .talks import chats

GUARDS: dict[str, dict[str, str]] = {
    "refuse": {"secrets": "refuse"}, "allow": {"secrets": "allow"}, "flag": {"duplicates": "flag", "near": "skip"},
    "boilerplate": {"boilerplate": "skip"}, "unknown": {"secrets": "hide"},
}  # fmt: skip


def setting_up(folder: Path) -> Calls:
    """Segmenters, guards, encoders, settings of a memory."""
    for name, make in _segmenters().items():
        yield f"segmenter/{name}", partial(_segments, make)
    for label, policy in GUARDS.items():
        yield f"guard/{label}", partial(_guarded, policy)
    yield "guard/none", lambda: _additions(guard=None)
    yield from _recalls()
    yield "read only", lambda: resolve("tamis").Memory(folder / "none.db", scope="a", read_only=True)
    yield "language", lambda: _recalled(language="klingon")
    yield "encoder", lambda: _recalled(encoder="maxi")
    yield "async", lambda: asyncio.run(_recalled_later())


def _recalls() -> Calls:
    memory = resolve("tamis.memory")
    yield "words only", lambda: _recalled(encoder=None)
    yield "german", lambda: _recalled(encoder=None, language="german")
    yield "no headers", lambda: _recalled(recalling=memory.Recalling(headers=False, tokens=80))
    yield "weights", lambda: _recalled(recalling=memory.Recalling(weights=memory.Weights(recency=0.3)))
    yield "denoise", lambda: _recalled(denoise=lambda texts: [text[:20] for text in texts])


def _segmenters() -> dict[str, Any]:
    segment = resolve("segment")
    return dict(segment.SEGMENTERS) | {
        "every 4": partial(segment.every, 4), "dense": lambda: segment.Learned("chat", density=0.3),
        "unknown": lambda: segment.Learned("novel"),
    }  # fmt: skip


def _opened(**settings: Any) -> Any:
    return resolve("tamis").Memory(":memory:", scope="a", **settings)


def _segments(make: Callable[[], Any]) -> Any:
    with _opened(segmenter=make()) as memory:
        memory.add(chats())
        return [[segment.session, len(segment.turns), segment.turns[0]] for segment in memory.segments()]


def _guarded(policy: dict[str, str]) -> Any:
    return _additions(guard=resolve("tamis.memory").WriteGuard(**policy))


def _additions(**settings: Any) -> Any:
    with _opened(**settings) as memory:
        return [memory.add(text) for text in (*UTTERANCES, "My sister lives in Lyon with three cats.")]


def _recalled(**settings: Any) -> Any:
    with _opened(**settings) as memory:
        memory.add(chats())
        return [memory.recall(question, now=NOW) for question in RECALL_QUESTIONS[:3]]


async def _recalled_later() -> Any:
    async with resolve("tamis").AsyncMemory(":memory:", scope="a") as memory:
        await memory.add(chats())
        return await memory.recall(RECALL_QUESTIONS[0], tokens=100, now=NOW)
