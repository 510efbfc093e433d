"""What all memories of one store share: the store, the scopes in use. `Memory` is its face for one scope."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from tamis.errors import InvalidInput, StaleVersion
from tamis.memory.guard import OFF, Screened, WriteGuard, WriteVerdict, screen
from tamis.memory.live import Live
from tamis.memory.recall.ask import without_names
from tamis.memory.segment.protocol import Segmenter, Vectors
from tamis.memory.segment.table import segmenter_of
from tamis.memory.store import Store, adapt
from tamis.memory.turns import with_ids
from tamis.memory.types import Entry, Scope, Segment, Turn
from tamis.models.protocols import Encoder

IN_USE = 2 << 30  # bytes of the scopes that stay in memory
TRIES = 100  # how often a write begins anew because another process wrote first
RARELY = 60.0  # seconds between two removals of what has expired: a file is written anew for each
READ = 8_000  # characters of a turn that its vector is made of; its words all count

Denoiser = Callable[[Sequence[str]], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Added:
    """What became of turns that were handed to `Memory.add`.

    Attributes:
        ids: of the stored turns, in order.
        skipped: (place in the list, why) of those that the guard kept out.
        flags: what the guard noticed about stored turns, by id.
        segments: ids of the segments that were opened or extended.
    """

    ids: tuple[str, ...] = ()
    skipped: tuple[tuple[int, str], ...] = ()
    flags: dict[str, tuple[str, ...]] = field(default_factory=dict)
    segments: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Ingestion:
    """How turns become entries.

    Attributes:
        encoder: makes the vectors; None to go by words alone.
        name: of the encoder, with its version.
        segmenter: cuts sessions into topics.
        guard: what may be stored.
        denoise: makes keys of texts; None for the texts themselves.
    """

    encoder: Encoder | None
    name: str
    segmenter: Segmenter
    guard: WriteGuard = field(default_factory=WriteGuard)
    denoise: Denoiser | None = None

    def keys(self, texts: Sequence[str]) -> list[str]:
        """The text that each turn is found by."""
        if self.denoise is None:
            return list(texts)
        short = list(self.denoise(texts))
        if len(short) != len(texts) or not all(isinstance(key, str) for key in short):
            raise InvalidInput(f"The denoiser made {len(short)} keys of {len(texts)} texts, or some that are no text.")
        return [key if key.strip() else text for key, text in zip(short, texts, strict=True)]

    def vectors(self, keys: Sequence[str], names: Sequence[str]) -> Vectors:
        """(n, d) of the keys without the speakers' names."""
        if self.encoder is None or not keys:
            return np.zeros((len(keys), 1), np.float32)
        vectors = self.encoder.vectors([without_names(key[:READ], names) for key in keys])
        if vectors.ndim != 2 or len(vectors) != len(keys) or not np.isfinite(vectors).all():
            raise InvalidInput(
                f"The encoder made vectors of shape {vectors.shape} for {len(keys)} texts, or not finite."
            )
        return vectors


class Engine:
    """An open store, which may be any `Store`, and the scopes in use. Thread-safe."""

    def __init__(self, store: Store, *, language: str = "english", limit: int = IN_USE) -> None:
        self.store, self.language, self.limit = adapt(store), language, limit
        self._lives: OrderedDict[Scope, Live] = OrderedDict()
        self._lock = Lock()
        self._due = 0.0  # when what has expired may be looked for again, on the monotonic clock

    @contextmanager
    def live(self, scope: Scope, *, new: bool = False) -> Iterator[Live]:
        """A scope, up to date, for this thread alone; one whose use failed is read anew next time."""
        with self._lock:
            current = self._lives.setdefault(scope, Live(scope, self.language))
            self._lives.move_to_end(scope)
        with current.lock:
            try:
                current.sync(self.store, new=new)
                yield current
            except BaseException:
                with self._lock:
                    self._lives.pop(scope, None)
                raise
        self._trim()

    def _trim(self) -> None:
        """Let go of the scopes whose last use is longest ago; one is kept however large it is."""
        with self._lock:
            total = sum(live.index.bytes for live in self._lives.values())
            while total > self.limit and len(self._lives) > 1:
                _, oldest = self._lives.popitem(last=False)
                total -= oldest.index.bytes

    def add(self, scope: Scope, turns: Sequence[Turn], ingestion: Ingestion, expires: datetime | None = None) -> Added:
        """Store turns: all that the guard lets through, in one change, or none.

        Raises:
            InvalidTurn, DuplicateTurn: one that cannot be stored.
            StoreError: it could not be written.
        """
        self._expire()
        screened = [screen(turn, ingestion.guard) for turn in turns]
        keys = ingestion.keys([draft.turn.text for draft in screened])
        vectors = ingestion.vectors(keys, self._names(scope, turns))
        for _ in range(TRIES):
            try:
                return self._add(scope, screened, (keys, vectors), ingestion, expires)
            except StaleVersion:
                continue
        raise StaleVersion(f"Others write to {str(scope)!r} all the time.", hint="Try again later.")

    def _expire(self) -> None:
        """Remove what has expired, hidden from its time on anyway."""
        if time.monotonic() >= self._due and self.store.expire(datetime.now(timezone.utc)).turns:
            self._due = time.monotonic() + RARELY

    def _names(self, scope: Scope, turns: Sequence[Turn]) -> list[str]:
        with self.live(scope, new=True) as live:
            return sorted({*live.index.speakers, *(turn.speaker for turn in turns)})

    def _add(
        self,
        scope: Scope,
        screened: Sequence[Screened],
        derived: tuple[Sequence[str], Vectors],
        ingestion: Ingestion,
        expires: datetime | None,
    ) -> Added:
        keys, vectors = derived
        with self.live(scope, new=True) as live:
            verdicts = live.judge(screened, ingestion.guard)
            places = [place for place, verdict in enumerate(verdicts) if not verdict.skipped]
            turns = with_ids((verdicts[place].turn for place in places), live.index.number.__contains__)
            flags = [verdicts[place].flags for place in places]
            entries = [
                Entry(turn, keys[place], vectors[place].astype(np.float16), ingestion.name, expires, flag)
                for turn, place, flag in zip(turns, places, flags, strict=True)
            ]
            segments = self._cut(live, turns, vectors[places], ingestion)
            if entries:
                self.store.add(scope, entries, segments, since=live.index.version)
                live.sync(self.store)
            else:
                self.store.create(scope)
        return _receipt_of(verdicts, turns, segments)

    def _cut(self, live: Live, turns: Sequence[Turn], vectors: Vectors, ingestion: Ingestion) -> list[Segment]:
        stored = live.index.vectors
        if stored is not None and stored.rows.shape[1] != vectors.shape[1]:  # the scope waits to be encoded anew
            vectors = np.zeros((len(turns), stored.rows.shape[1]), np.float32)
        return live.cut(turns, vectors, ingestion.segmenter)

    def reembed(
        self,
        scope: Scope,
        ingestion: Ingestion,
        *,
        batch: int = 256,
        progress: Callable[[int, int], None] | None = None,
    ) -> int:
        """Make the vectors of another encoder anew, batch by batch; how many. Can be broken off and taken up again."""
        with self.live(scope) as live:
            stale = [entry for entry in live.index.entries if entry.encoder != ingestion.name]
            alive = [entry for entry in stale if entry.turn.id in live.index.number]
            names = sorted(live.index.speakers)
        for start in range(0, len(alive), batch):
            chunk = alive[start : start + batch]
            vectors = ingestion.vectors([entry.key for entry in chunk], names)
            pairs = [(entry.turn.id, v.astype(np.float16)) for entry, v in zip(chunk, vectors, strict=True)]
            self.store.revector(scope, ingestion.name, pairs)
            if progress is not None:
                progress(min(start + batch, len(alive)), len(alive))
        return len(alive)

    def forget(self, scope: Scope) -> None:
        """Let go of what is in memory of a scope and those under it."""
        with self._lock:
            for other in [other for other in self._lives if scope.covers(other)]:
                del self._lives[other]

    def close(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._lives.clear()
        self.store.close()


def _receipt_of(verdicts: Sequence[WriteVerdict], turns: Sequence[Turn], segments: Sequence[Segment]) -> Added:
    stored = [verdict for verdict in verdicts if not verdict.skipped]
    return Added(
        tuple(turn.id for turn in turns),
        tuple((place, verdict.skipped) for place, verdict in enumerate(verdicts) if verdict.skipped),
        {turn.id: verdict.flags for turn, verdict in zip(turns, stored, strict=True) if verdict.flags},
        tuple(segment.id for segment in segments),
    )


def ingestion(
    encoder: Encoder | str | None,
    segmenter: Segmenter | str | None,
    guard: WriteGuard | None,
    denoise: Denoiser | None,
) -> Ingestion:
    """How turns become entries, the defaults filled in: the embedded encoder, the standard segmenter and guard.

    Raises:
        UnknownName: an encoder's or a segmenter's name that is none.
    """
    model: Encoder | None = Lazy() if encoder == "mini" else encoder  # type: ignore[assignment]
    if isinstance(encoder, str) and encoder != "mini":
        from tamis.errors import unknown

        raise unknown("encoder", encoder, ("mini",))
    return Ingestion(model, _name(model), segmenter_of(segmenter), OFF if guard is None else guard, denoise)


class Lazy:
    """The embedded encoder, opened when it is first needed."""

    name = "mini-1"

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """(n, 384) unit vectors."""
        from tamis.models.encoder import load_mini

        return load_mini().vectors(texts)


def _name(encoder: Any) -> str:
    """A custom encoder is told by its `name`, else by its folder or type."""
    if encoder is None:
        return "none"
    folder = getattr(encoder, "folder", None)
    return str(getattr(encoder, "name", None) or (Path(folder).name if folder else type(encoder).__qualname__))
