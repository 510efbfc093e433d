"""Entries and segments without a model: vectors by a hash of the text."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from datetime import datetime, timezone

import numpy as np

from tamis.memory.types import Entry, Scope, Segment, Turn

SIZE = 16
ANN = Scope.of("acme/ann")


def entry(ident: str, text: str = "something", *, session: str = "s", **given) -> Entry:
    """An entry of a turn with a vector that depends on its text alone."""
    made = np.random.default_rng(zlib.crc32(text.encode())).standard_normal(SIZE)
    vector = (made / np.linalg.norm(made)).astype(np.float16)
    own = {name: given.pop(name) for name in ("speaker", "time") if name in given}
    return Entry(Turn(text, session=session, id=ident, **own), text, vector, "test", **given)


def tiles(entries: Iterable[Entry], size: int = 2) -> list[Segment]:
    """Segments of so many turns of each session."""
    sessions: dict[str, list[str]] = {}
    for one in entries:
        sessions.setdefault(one.turn.session, []).append(one.turn.id)
    return [
        Segment(f"{session}:{ids[at]}", session, tuple(ids[at : at + size]))
        for session, ids in sessions.items()
        for at in range(0, len(ids), size)
    ]


def noon(day: int) -> datetime:
    """Noon of a day of May 2023, UTC."""
    return datetime(2023, 5, day, 12, tzinfo=timezone.utc)


class Hashed:
    """An encoder without a model: each word has a direction of its own, a text is their sum."""

    name = "hashed"

    def __init__(self, size: int = SIZE, name: str = "hashed") -> None:
        self.size, self.name = size, name

    def vectors(self, texts):
        """(n, size) of unit length."""
        made = np.array([self._vector(text) for text in texts], np.float32).reshape(len(texts), self.size)
        return made / np.maximum(np.linalg.norm(made, axis=1, keepdims=True), 1e-9)

    def _vector(self, text: str):
        words = [zlib.crc32(word.encode()) for word in text.lower().split()] or [0]
        return sum(np.random.default_rng(word).standard_normal(self.size) for word in words)


def filled(store):
    """Session s: a b | c d, session t: e."""
    given = [*(entry(x) for x in "abcd"), entry("e", session="t")]
    store.add(ANN, given, tiles(given))
    return store
