"""Originals as plain files, one a text: for agents that have a file system, and read with what they have.

Files are written whole or not at all, and are on the disk before `put` returns. They are not encrypted.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tamis.errors import OutputError, StoreUnavailable
from tamis.io.files import atomic, reason
from tamis.prompt.recovery.excerpt import excerpt
from tamis.prompt.recovery.originals import (
    CAP,
    FRESH,
    SHORT,
    TTL,
    Filing,
    Holdings,
    LineRanges,
    ambiguous,
    check_limits,
    checked_id,
    encoded,
    no_room,
    original_id,
    unknown_original,
    verified,
)

PRIVATE = 0o600
STALE = 3_600.0  # seconds, after which a temporary file is nobody's any more


class FolderOriginals:
    """Originals in a folder, as ID.txt. Several processes may use one folder."""

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        ttl: float | None = TTL,
        cap: int = CAP,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Use a folder, which is made when the first text is put; see `SqlOriginals` for the limits."""
        check_limits(ttl, cap)
        self._path, self._ttl, self._cap, self._clock = Path(path), ttl, cap, clock

    def put(self, text: str) -> str:
        """Keep a text; see `Originals.put`."""
        return self.file(text).id

    def file(self, text: str, besides: frozenset[str] = frozenset()) -> Filing:
        """Keep a text, and say what had to go for it; see `Originals.file`."""
        data, ident, now = encoded(text), original_id(text), self._clock()
        if len(data) > self._cap:
            raise no_room(len(data), self._cap)
        target = self._file(ident)
        try:
            if self._fresh(target, data, now):
                return Filing(ident)
            evicted = self._make_room(len(data), besides | {ident})
            with atomic(target, mode=PRIVATE) as temporary:
                temporary.write_bytes(data)
            os.utime(target, (now, now))
        except OutputError as error:
            raise StoreUnavailable(f"The original cannot be kept: {error}") from error
        except OSError as error:
            raise StoreUnavailable(f"{str(self._path)!r} cannot be used: {reason(error)}.") from error
        return Filing(ident, evicted)

    def _file(self, ident: str) -> Path:
        return self._path / f"{ident}.txt"

    def _fresh(self, target: Path, data: bytes, now: float) -> bool:
        """Whether the text is there, and was put so lately that it need not be noted again."""
        lately = FRESH if self._ttl is None else min(FRESH, self._ttl / 10)
        with suppress(FileNotFoundError, NotADirectoryError):
            return 0 <= now - target.stat().st_mtime <= lately and target.read_bytes() == data
        return False

    def _make_room(self, size: int, besides: frozenset[str]) -> tuple[str, ...]:
        """Remove what has expired, and the oldest texts until so many bytes fit."""
        self.expire()
        entries = self._entries()
        free = self._cap - sum(taken for _, taken, _ in entries)
        gone: list[str] = []
        for _, taken, ident in entries:
            if free >= size:
                break
            if ident not in besides:
                gone.append(ident)
                free += taken
        if free < size:
            raise no_room(size, self._cap)
        for ident in gone:
            self._file(ident).unlink(missing_ok=True)
        return tuple(gone)

    def _entries(self) -> list[tuple[float, int, str]]:
        """When each was put, its bytes and its id, oldest first."""
        entries = []
        for file in self._path.glob("*.txt"):
            with suppress(OSError):  # another process removed it meanwhile
                stat = file.stat()
                entries.append((stat.st_mtime, stat.st_size, file.stem))
        return sorted(entry for entry in entries if len(entry[2]) == SHORT)

    def get(self, ident: str, *, lines: LineRanges | None = None, query: str | None = None) -> str:
        """The text, or some of its lines; see `Originals.get`."""
        digits = checked_id(ident)
        names = [name for at, _, name in self._entries() if name.startswith(digits) and not self._expired(at)]
        if not names:
            raise unknown_original(digits)
        if len(names) > 1:
            raise ambiguous(digits, names)
        try:
            data = self._file(names[0]).read_bytes()
        except FileNotFoundError as error:
            raise unknown_original(digits) from error
        except OSError as error:
            raise StoreUnavailable(f"The original {names[0]} cannot be read: {reason(error)}.") from error
        return excerpt(verified(names[0], data), lines, query)

    def _expired(self, filed: float) -> bool:
        return self._ttl is not None and filed + self._ttl <= self._clock()

    def expire(self) -> tuple[str, ...]:
        """Remove what has expired, and what writers that were killed left behind; the ids."""
        gone = tuple(ident for filed, _, ident in self._entries() if self._expired(filed))
        for ident in gone:
            self._file(ident).unlink(missing_ok=True)
        for file in self._path.glob(".*.txt.*.tmp"):
            with suppress(OSError):
                if file.stat().st_mtime < time.time() - STALE:
                    file.unlink()
        return gone

    def holdings(self) -> Holdings:
        """How much is in it."""
        entries = self._entries()
        times = [filed for filed, _, _ in entries]
        size = sum(taken for _, taken, _ in entries)
        return Holdings(len(entries), size, min(times, default=None), max(times, default=None), self._cap)

    def pointer(self, ident: str, lines: str = "") -> str:
        """The file, and its lines."""
        return str(self._file(ident)) + (f" lines {lines}" if lines else "")

    def close(self) -> None:
        """There is nothing to let go of."""
