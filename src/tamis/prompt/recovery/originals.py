"""What a store of originals is: texts by an id that follows from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol, TypeAlias

from tamis.errors import InvalidInput, StoreCorrupt, StoreUnavailable, UnknownOriginal

DAY = 86_400.0
TTL = 7 * DAY  # seconds that a text is kept after it was last put
CAP = 256 << 20  # bytes that all texts may take
SHORT = 12  # hexadecimal digits of an id: among a million texts, two meet with a chance of 1 in 560
LEAST = 4  # digits by which an id may be named
FRESH = 3_600.0  # seconds in which a text that is put again need not be noted again

LineRanges: TypeAlias = "tuple[int, int] | Sequence[tuple[int, int]] | str"


@dataclass(frozen=True, slots=True)
class Filing:
    """What became of a text that was put.

    Attributes:
        id: by which it is found again.
        evicted: ids of the oldest texts, which had to make room for it.
    """

    id: str
    evicted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a store holds.

    Attributes:
        texts: how many.
        size: bytes that they take.
        oldest, newest: when these were put, in seconds since 1970; None where there is none.
        cap: bytes that they may take.
    """

    texts: int
    size: int
    oldest: float | None
    newest: float | None
    cap: int


class Originals(Protocol):
    """Texts by their ids. Safe with several threads and processes; what was put is on the disk when `put` returns."""

    def put(self, text: str) -> str:
        """Keep a text; its id.

        Raises:
            StoreError: it could not be written, or has no room; nothing was half written.
        """
        ...

    def file(self, text: str, besides: frozenset[str] = frozenset()) -> Filing:
        """Keep a text, and say what had to go for it: the oldest, but none of `besides`.

        Raises:
            StoreError: as `put`.
        """
        ...

    def get(self, ident: str, *, lines: LineRanges | None = None, query: str | None = None) -> str:
        """The text, exactly; or some of its lines.

        ident -- its id, or the beginning of it
        lines -- numbered from 1, the last one included: (40, 251), several pairs, or "40-251,260"
        query -- only lines that have to do with it, each with its neighbours

        Raises:
            UnknownOriginal: it was never put, has expired, or had to make room.
            StoreCorrupt: what is there is not what was put.
            InvalidInput: lines that cannot be.
        """
        ...

    def expire(self) -> tuple[str, ...]:
        """Remove what has expired; the ids."""
        ...

    def holdings(self) -> Holdings:
        """How much is in it."""
        ...

    def pointer(self, ident: str, lines: str = "") -> str:
        """What a reader does to get some lines of a text back, as notes say it."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


def encoded(text: str) -> bytes:
    """The bytes of any string of Python, lone surrogates included; `decoded` is the way back."""
    return text.encode("utf-8", "surrogatepass")


def decoded(data: bytes) -> str:
    """The string of these bytes."""
    return data.decode("utf-8", "surrogatepass")


def original_id(text: str) -> str:
    """The id that a text has in every store.

    Example: original_id("abc") -> "ba7816bf8f01"
    """
    return sha256(encoded(text)).hexdigest()[:SHORT]


def checked_id(ident: str) -> str:
    """An id, or the beginning of one, in lower case.

    Raises:
        InvalidInput: it cannot be one.
    """
    digits = ident.strip().lower() if isinstance(ident, str) else ""
    if not (LEAST <= len(digits) <= SHORT and set(digits) <= set("0123456789abcdef")):
        hint = f"{LEAST} to {SHORT} hexadecimal digits, as the note in the text has them."
        raise InvalidInput(f"{ident!r:.80} is no id of an original.", hint=hint)
    return digits


def verified(ident: str, data: bytes) -> str:
    """The text of the bytes that were kept under an id.

    Raises:
        StoreCorrupt: they are not those that were put.
    """
    if sha256(data).hexdigest()[:SHORT] != ident:
        raise StoreCorrupt(f"The original {ident} is damaged.", hint="Put it again; what is in the store is not it.")
    return decoded(data)


def unknown_original(ident: str) -> UnknownOriginal:
    """The error for an id under which nothing is kept."""
    hint = "It was never put here, has expired, or had to make room. Is it the right store?"
    return UnknownOriginal(f"There is no original {ident!r}.", hint=hint)


def ambiguous(ident: str, ids: Sequence[str]) -> InvalidInput:
    """The error for the beginning of several ids."""
    return InvalidInput(f"{len(ids)} originals begin with {ident!r}: {', '.join(sorted(ids)[:4])}.", hint="Say more.")


def no_room(size: int, cap: int) -> StoreUnavailable:
    """The error for a text that does not fit, whatever may go."""
    hint = "Open the store with a larger cap."
    return StoreUnavailable(f"A text of {size:,} bytes has no room in a store of {cap:,}.", hint=hint)


def check_limits(ttl: float | None, cap: int) -> None:
    """Raise `InvalidInput` for a time to live or a cap that makes no sense."""
    if ttl is not None and not ttl > 0:
        raise InvalidInput(f"A time to live is a positive number of seconds, or None for ever, got {ttl!r}.")
    if isinstance(cap, bool) or not isinstance(cap, int) or cap < 1:
        raise InvalidInput(f"A cap is a number of bytes, got {cap!r}.")
