"""`Memory`: turns in, a question with a budget of tokens, the right passages out. No LLM, no key, no server."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from threading import Thread
from typing import Any

from tamis.core import Floats, Total
from tamis.errors import InvalidInput, StoreError
from tamis.memory.engine import Added, Denoiser, Engine, ingestion
from tamis.memory.exchange import Imported, read_lines, write_lines
from tamis.memory.guard import STANDARD, WriteGuard
from tamis.memory.matching import matching
from tamis.memory.overview import Overview, SessionOverview, overview, sessions
from tamis.memory.recall import Passage, Recall, RecallOptions, Weights, recall
from tamis.memory.recall.ask import ask
from tamis.memory.recall.score import score_turns
from tamis.memory.recall.units import best_units
from tamis.memory.segment.protocol import Segmenter
from tamis.memory.store import Store, open_store
from tamis.memory.turns import TurnLike, as_turns
from tamis.memory.types import Receipt, Scope, Segment, Turn
from tamis.models.protocols import Encoder
from tamis.text.counting import TokenCounter, counter

Tokenizer = str | os.PathLike[str] | TokenCounter
Age = timedelta | float
Units = tuple[tuple[Passage, ...], ...]


@dataclass(frozen=True, slots=True)
class Recalling:
    """How a memory recalls unless a call says otherwise.

    Attributes:
        tokens: the budget.
        tokenizer: whose tokens are counted: a model, a vocabulary, a tokenizer.json, a function.
        weights: of the parts of a score.
        headers: put date and session above the passages of each session.
    """

    tokens: int = 1_000
    tokenizer: Tokenizer = "o200k_base"
    weights: Weights = field(default_factory=Weights)
    headers: bool = True


class Memory:
    """Conversations that are remembered, in one scope of a store. Thread-safe; several processes may use one store.

    Example:
        with Memory("notes.db", scope="acme/ann") as memory:
            memory.add([{"speaker": "Ann", "text": "My sister moved to Lyon.", "time": "2023-05-08T13:56:00Z"}])
            memory.recall("Where does the sister live?", tokens=500).text
    """

    def __init__(  # noqa: PLR0913  (keyword options of a public call)
        self,
        store: str | os.PathLike[str] | Store | Engine,
        *,
        scope: str | Scope,
        encoder: Encoder | str | None = "mini",
        segmenter: Segmenter | str | None = None,
        guard: WriteGuard | None = STANDARD,
        denoise: Denoiser | None = None,
        language: str = "english",
        recalling: Recalling | None = None,
        read_only: bool = False,
        password: str | None = None,
    ) -> None:
        """Open a memory.

        Args:
            store: a file (made where there is none), ":memory:", a PostgreSQL URL, or an open store: any object with
                the methods of `tamis.memory.Store`.
            scope: whose memory it is: one to three names, as in "acme/ann". Required: there is no memory of all.
            encoder: makes vectors; "mini" is the embedded one, None goes by words alone, others have `vectors(texts)`.
            segmenter: cuts sessions into topics; a name in `tamis.memory.segment.SEGMENTERS`, or one of your own.
            guard: what may be stored; None stores everything as it is.
            denoise: makes the text that turns are found by, such as tamis's own compression; the original is delivered.
            language: of the stemmer ("english", "german", ...).
            recalling: defaults of `recall`.
            read_only: nothing is written.
            password: encrypts the file.

        Raises:
            UnknownScope: a scope that cannot be.
            UnknownName: an encoder or a segmenter that is in no table.
            StoreError: it cannot be opened; see `open_store`.
            InvalidInput: an object that is no store; the message names what it lacks.
        """
        self.scope = Scope.of(scope)
        self._ingestion = ingestion(encoder, segmenter, guard, denoise)
        self.recalling = recalling or Recalling()
        self._own = isinstance(store, (str, os.PathLike))
        if isinstance(store, (str, os.PathLike)):
            store = open_store(store, read_only=read_only, password=password)
        self._engine = store if isinstance(store, Engine) else Engine(store, language=language)

    def __enter__(self) -> Memory:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def scoped(self, scope: str | Scope) -> Memory:
        """The memory of another scope of the same store, with the same settings; closed with this one."""
        other = object.__new__(Memory)
        other.__dict__ |= self.__dict__ | {"scope": Scope.of(scope), "_own": False}
        return other

    @property
    def segmenter(self) -> Segmenter:
        """What cuts its sessions into topics."""
        return self._ingestion.segmenter

    # writing

    def add(self, turns: TurnLike | Iterable[TurnLike], *, session: str | None = None, ttl: Age | None = None) -> Added:
        """Store turns, all or none; what was stored is durable when this returns.

        turns -- `Turn`s, mappings with "text" or "content" and perhaps "speaker" or "role", "time", "session", "id",
            messages as chat APIs take them (of their texts; one without any is passed over)
        session -- of those that name none
        ttl -- how long they are kept: a timedelta, or seconds

        Raises:
            InvalidTurn: one that cannot be stored, or holds a secret that the guard refuses.
            DuplicateTurn: an id is taken.
            StoreError: it could not be written.
        """
        batch = as_turns(turns)
        if session is not None:
            batch = [turn if turn.session else _in(turn, session) for turn in batch]
        return self._engine.add(self.scope, batch, self._ingestion, _expiry(ttl))

    def forget(
        self,
        ids: str | Iterable[str] | None = None,
        *,
        query: str | None = None,
        session: str | None = None,
        everything: bool = False,
        dry_run: bool | None = None,
    ) -> Receipt:
        """Remove turns and all that is derived from them: by id, by what they say, by session, or the whole scope.

        ids -- those that are unknown are left out of the receipt
        query -- turns that have all its words, or are very near to it; only tried unless `dry_run=False` is said
        session -- all of its turns
        everything -- this scope and those under it, the scopes themselves included
        dry_run -- say what would be removed

        Raises:
            InvalidInput: none, or more than one, of the four ways.
            UnknownScope: nothing was ever stored here.
            StoreError: it could not be removed.
        """
        ways = [ids is not None, query is not None, session is not None, everything]
        if sum(ways) != 1:
            hint = "Give ids, or query=, or session=, or everything=True."
            raise InvalidInput(f"{sum(ways) or 'None'} of the ways to say what to forget.", hint=hint)
        dry_run = query is not None if dry_run is None else dry_run
        if everything:
            return self._forget_everything(dry_run=dry_run)
        chosen = self._chosen([ids] if isinstance(ids, str) else ids, query, session)
        if dry_run:
            targets = tuple(turn.id for turn in self._engine.store.turns(self.scope, chosen))
            return Receipt({str(self.scope): targets}, {"turns": len(targets), "vectors": len(targets)}, dry_run=True)
        receipt = self._engine.store.delete(self.scope, chosen)
        self._verify(chosen)
        return receipt

    def _chosen(self, ids: Iterable[str] | None, query: str | None, session: str | None) -> list[str]:
        if ids is not None:
            return list(ids)
        with self._engine.live(self.scope) as live:
            if query is not None:
                return matching(live.index, query, self._ingestion.encoder)
            numbers = live.index.by_session().get(session or "", [])
            return [live.index.turn(number).id for number in numbers]

    def _verify(self, ids: Sequence[str]) -> None:
        """What was forgotten is found in no structure."""
        with self._engine.live(self.scope) as live:
            survivors = [ident for ident in ids if ident in live.index.number]
        survivors += [turn.id for turn in self._engine.store.turns(self.scope, ids)]
        if survivors:
            raise StoreError(
                f"{survivors[0]!r} was to be forgotten and is there still.", hint="Was it added again? Try again."
            )

    def _forget_everything(self, *, dry_run: bool) -> Receipt:
        store = self._engine.store
        if not dry_run:
            receipt = store.delete_under(self.scope)
            self._engine.forget(self.scope)
            return receipt
        scopes = store.scopes(self.scope)
        turns = {str(scope): tuple(e.turn.id for e in store.changes(scope).added) for scope in scopes}
        if not scopes:
            store.version(self.scope)  # raises that it is unknown
        return Receipt(turns, {"turns": sum(map(len, turns.values())), "scopes": len(scopes)}, dry_run=True)

    def expire(self, now: datetime | None = None) -> Receipt:
        """Remove what has expired, in every scope of the store; `recall` hides it from its time on anyway."""
        return self._engine.store.expire(now or datetime.now(timezone.utc))

    def reembed(
        self, *, progress: Callable[[int, int], None] | None = None, background: bool = False
    ) -> int | Future[int]:
        """Make the vectors anew that another encoder made; how many. Recall goes by words where vectors do not fit yet.

        background -- return at once, with a future of the number
        """
        if not background:
            return self._engine.reembed(self.scope, self._ingestion, progress=progress)
        future: Future[int] = Future()
        Thread(target=self._promise, args=(future, progress), daemon=True).start()
        return future

    def _promise(self, future: Future[int], progress: Callable[[int, int], None] | None) -> None:
        try:
            future.set_result(self._engine.reembed(self.scope, self._ingestion, progress=progress))
        except BaseException as error:  # the future's owner is who asked
            future.set_exception(error)

    # reading

    def recall(  # noqa: PLR0913
        self,
        question: str,
        tokens: int | None = None,
        *,
        tokenizer: Tokenizer | None = None,
        now: datetime | None = None,
        explain: bool = False,
        rerank: Callable[[str, Sequence[str]], Floats] | None = None,
        compress: Callable[[str, str], str] | None = None,
        relevant: Callable[[str, Sequence[str]], Sequence[bool]] | None = None,
    ) -> Recall:
        """What answers the question, within a budget of tokens, in time order, with its sources.

        tokens -- at most so many, headers included
        tokenizer -- whose tokens: a model ("gpt-4o"), a vocabulary, a tokenizer.json, a function
        now -- what "last week" is counted from; the present by default
        explain -- say of each passage why it was chosen
        rerank -- scores texts for the question anew, higher = better
        compress -- makes a passage shorter, given its text and the question; more passages then fit
        relevant -- says of passages, given the question and their texts, which are worth delivering

        Raises:
            UnknownScope: nothing was ever stored here.
            InvalidInput: a budget that is no number of tokens, a question that is no text.
        """
        if not isinstance(question, str):
            raise InvalidInput(f"A question is text, got {question!r}.")
        defaults = self.recalling
        budget = _total(defaults.tokens if tokens is None else tokens)
        count = counter(tokenizer or defaults.tokenizer)
        options = RecallOptions(count, defaults.weights, defaults.headers, explain, rerank, compress, relevant)
        encoder = self._ingestion.encoder
        with self._engine.live(self.scope) as live:
            recalled = recall(live.index, question, budget, options, encoder=encoder, now=_aware(now))
            live.delivered.note(recalled.text)
        return recalled

    def top(self, question: str, count: int = 3, *, unit: str = "segment", now: datetime | None = None) -> Units:
        """The best units whole, in time order, whatever they cost: "turn", "segment" or "session".

        Each unit is its passages: one, unless turns in its middle are gone.

        Raises:
            UnknownName: no such unit.
            UnknownScope: nothing was ever stored here.
        """
        when, encoder = _aware(now) or datetime.now(timezone.utc), self._ingestion.encoder
        with self._engine.live(self.scope) as live:
            query = ask(live.index, question, encoder=encoder, now=when)
            turn_scores = score_turns(live.index, query, when.timestamp(), self.recalling.weights)
            return best_units(live.index, turn_scores, unit, count)

    def turns(self, ids: Iterable[str] | None = None) -> tuple[Turn, ...]:
        """The turns of these ids, in their order; all of the scope if none are named, in the order they came."""
        if ids is not None:
            return self._engine.store.turns(self.scope, list(ids))
        return tuple(entry.turn for entry in self._engine.store.changes(self.scope).added)

    def keys(self) -> dict[str, str]:
        """What each turn is found by, by its id: its text, denoised if the memory does so."""
        return {entry.turn.id: entry.key for entry in self._engine.store.changes(self.scope).added}

    def segments(self, session: str | None = None) -> tuple[Segment, ...]:
        """The segments of the scope or of one session, in the order of their turns."""
        return self._engine.store.segments(self.scope, session)

    def sessions(self) -> tuple[SessionOverview, ...]:
        """What sessions there are, oldest first."""
        with self._engine.live(self.scope) as live:
            return sessions(live.index)

    def scopes(self) -> tuple[Scope, ...]:
        """The scope itself and those under it, as far as they are known."""
        return self._engine.store.scopes(self.scope)

    def all_scopes(self) -> tuple[Scope, ...]:
        """Every scope of the store: for its keeper, not for those who are kept in it."""
        return self._engine.store.scopes()

    def stats(self) -> Overview:
        """Numbers of turns, sessions, segments, speakers; times, flags, vectors that wait to be made anew."""
        with self._engine.live(self.scope) as live:
            return overview(live.index, self._ingestion.name)

    def check(self) -> tuple[str, ...]:
        """What is inconsistent in the whole store, in words; empty where all is well."""
        return self._engine.store.check()

    def receipts(self) -> tuple[dict[str, Any], ...]:
        """What was deleted from the store, and when: ids and counts, never words."""
        return self._engine.store.receipts()

    # out and in

    def export(self, path: str | os.PathLike[str]) -> int:
        """Write turns, vectors and segments as JSON lines, whole or not at all; how many lines."""
        return write_lines(Path(path), self._engine.store.export(self.scope), self.scope)

    def import_(self, path: str | os.PathLike[str]) -> Imported:
        """Take in what `export` wrote; turns that are here already are left alone. One change, or none.

        Raises:
            UnreadableInput: a file that is no export; the message names the line.
        """
        return read_lines(Path(path), self._engine, self.scope, self._ingestion)

    def close(self) -> None:
        """Let go of the store, if this memory opened it."""
        if self._own:
            self._engine.close()


def _in(turn: Turn, session: str) -> Turn:
    return Turn(turn.text, turn.speaker, turn.time, session, turn.id)


def _total(tokens: int) -> Total:
    if not isinstance(tokens, int) or isinstance(tokens, bool) or tokens < 0:
        raise InvalidInput(f"A budget is a whole number of tokens, got {tokens!r}.")
    return Total(tokens)


def _aware(time: datetime | None) -> datetime | None:
    return time.replace(tzinfo=timezone.utc) if time is not None and time.tzinfo is None else time


def _expiry(ttl: Age | None) -> datetime | None:
    if ttl is None:
        return None
    age = ttl if isinstance(ttl, timedelta) else None
    if age is None and isinstance(ttl, (int, float)) and not isinstance(ttl, bool):
        age = timedelta(seconds=ttl)
    if age is None or age <= timedelta(0):
        raise InvalidInput(f"A time to live is a positive timedelta or number of seconds, got {ttl!r}.")
    return datetime.now(timezone.utc) + age
