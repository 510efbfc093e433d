"""What a memory is made of: turns, segments, and the scope that they belong to. Values only."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from tamis.errors import InvalidTurn, UnknownScope

Vector: TypeAlias = NDArray[np.float16]
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_LEVEL = re.compile(r"[^\s/\x00-\x1f](?:[^/\x00-\x1f]*[^\s/\x00-\x1f])?")


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """Whose memory it is: one to three names, from the widest to the narrowest, such as tenant, user, agent.

    A scope is exact: what is stored in `acme/ann` is neither seen from `acme` nor from `acme/ann/notes`. Only
    `forget` and `export` can be told to take everything `under` a scope.

    Example: Scope.of("acme/ann").levels == ("acme", "ann"); str() gives the text back.
    """

    levels: tuple[str, ...]

    @classmethod
    def of(cls, name: str | Scope) -> Scope:
        """Return the scope that a text such as "acme/ann" names.

        Raises:
            UnknownScope: an empty name, an empty level, or more than three levels.
        """
        if isinstance(name, Scope):
            return name
        levels = tuple(name.split("/")) if isinstance(name, str) else ()
        if not 1 <= len(levels) <= 3 or not all(_LEVEL.fullmatch(level) for level in levels):
            hint = 'Name one to three levels, such as "tenant/user", none of them empty.'
            raise UnknownScope(f"No scope can be called {name!r}.", hint=hint)
        return cls(levels)

    def covers(self, other: Scope) -> bool:
        """Whether the other is this scope or lies under it."""
        return other.levels[: len(self.levels)] == self.levels

    def __str__(self) -> str:
        return "/".join(self.levels)


@dataclass(frozen=True, slots=True)
class Turn:
    """One utterance.

    Attributes:
        text: what was said, byte for byte what `recall` gives back.
        speaker: who said it; a field, never part of what the vectors are made of.
        time: when; with a zone or without (then it is taken for UTC).
        session: the conversation it belongs to; turns of different sessions are never in one segment.
        id: unique in its scope; one is made where it is empty.
    """

    text: str
    speaker: str = ""
    time: datetime | None = None
    session: str = ""
    id: str = ""

    def __post_init__(self) -> None:
        for name in ("text", "speaker", "session", "id"):
            value = getattr(self, name)
            if not isinstance(value, str):
                raise InvalidTurn(f"The {name} of a turn must be text, got {value!r}.")
            match = _UNSTORABLE.search(value)
            if match:  # PostgreSQL holds no NUL, and half of a surrogate pair is no character
                hint = "Remove it, or put U+FFFD in its place."
                raise InvalidTurn(f"The {name} of a turn has {match.group()!r} at {match.start()}.", hint=hint)
        if not isinstance(self.time, datetime | None):
            hint = "Give a datetime; `datetime.fromisoformat` reads ISO 8601."
            raise InvalidTurn(f"The time of a turn must be a datetime, got {self.time!r}.", hint=hint)


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of turns about one topic, inside one session; the segments of a session tile it.

    Attributes:
        id: unique in its scope.
        session: the session it is a part of.
        turns: ids of its turns, in order; never empty.
    """

    id: str
    session: str
    turns: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A turn as it is stored, with what is derived from it.

    Attributes:
        turn: with its id filled in and its time in UTC.
        key: the text that it is found by (denoised); what is delivered is `turn.text`.
        vector: (d,) float16 of unit length, of the key without the speaker's name.
        encoder: which encoder made the vector, with its version; vectors of two encoders are never compared.
        expires: when the turn is to be gone (UTC); None for never.
        flags: what the write guard noticed: "secret-masked", "instruction", "boilerplate".
    """

    turn: Turn
    key: str
    vector: Vector
    encoder: str
    expires: datetime | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """What happened in a scope since a version; how an index in memory keeps up with its store.

    Attributes:
        version: to ask from next time; grows by every write to the scope.
        reset: the changes are no longer known since then: forget everything, `added` is all there is.
        added: entries in the order in which they were written.
        removed: ids of turns that are gone.
        segments: segments new or changed; a segment replaces the one with its id.
        dropped: ids of segments that are gone.
    """

    version: int
    reset: bool = False
    added: tuple[Entry, ...] = ()
    removed: tuple[str, ...] = ()
    segments: tuple[Segment, ...] = ()
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a deletion removed, from every structure that held a part of it.

    Attributes:
        turns: ids of the turns, by scope.
        removed: rows removed by structure ("turns", "vectors", "segments", "words", ...).
        dry_run: nothing was removed, this is what would be.
    """

    turns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    removed: dict[str, int] = field(default_factory=dict)
    dry_run: bool = False
