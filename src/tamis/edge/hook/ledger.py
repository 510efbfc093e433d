"""What the hook handed over, and whether the agent took it: counted tokens, no estimates.

A row is written after the hook has printed its answer. Whether the agent took it is looked up in its transcript: there
stands what the model reads. Agents drop answers that they do not understand without a word, and such savings are none.
"""

from __future__ import annotations

import os
import time
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from tamis.edge.hook import places
from tamis.edge.hook.transcript import results
from tamis.io.database import Driver, Tables, open_database

HANDED, TAKEN, DROPPED = "handed over", "taken", "dropped"
KEEP = 90 * 86_400.0  # seconds that rows are kept

TABLES = Tables(
    what="ledger of the hook",
    version=1,
    definitions=(
        "CREATE TABLE handed (number {serial}, at DOUBLE PRECISION NOT NULL, agent TEXT NOT NULL, tool TEXT NOT NULL, "
        "session TEXT NOT NULL, call TEXT NOT NULL, transcript TEXT NOT NULL, ids TEXT NOT NULL, "
        "before BIGINT NOT NULL, after BIGINT NOT NULL, state TEXT NOT NULL)",
        "CREATE INDEX handed_session ON handed (session)",
        "CREATE INDEX handed_state ON handed (state, transcript)",
    ),
    meta="tamis_hook_meta",
    rescue="Delete it: a new one begins.",
)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A result that was handed over shorter.

    Attributes:
        agent, tool, session, call, transcript: as in the event.
        ids: of the originals.
        before, after: tokens.
    """

    agent: str
    tool: str
    session: str
    call: str
    transcript: str
    ids: tuple[str, ...]
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class ExchangeSum:
    """What the rows of one agent in one state add up to.

    Attributes:
        results: how many.
        before, after: tokens.
    """

    agent: str
    state: str
    results: int
    before: int
    after: int


class HookLedger:
    """The rows, in a file of the user's. Thread-safe; several processes may use it."""

    def __init__(self, path: str | None = None) -> None:
        """Open it, or make it.

        Raises:
            StoreError: it cannot be.
            OSError: its folder cannot be made.
        """
        where = os.path.join(places.notes(), places.LEDGER) if path is None else path
        self._driver: Driver = open_database(where, TABLES)

    def add(self, exchange: Exchange) -> None:
        """Note what was handed over."""
        now = time.time()
        row = (now, exchange.agent, exchange.tool, exchange.session, exchange.call, exchange.transcript)
        names = "at, agent, tool, session, call, transcript, ids, before, after, state"
        with self._driver.writing() as s:
            s.run("DELETE FROM handed WHERE at < ?", now - KEEP)
            values = (*row, " ".join(exchange.ids), exchange.before, exchange.after, HANDED)
            s.run(f"INSERT INTO handed ({names}) VALUES ({', '.join('?' * len(values))})", *values)

    def has(self, session: str, ident: str) -> bool:
        """Whether a text was handed over shorter in this conversation."""
        with self._driver.reading() as s:
            rows = s.all("SELECT ids FROM handed WHERE session = ?", session)
        return any(ident in ids.split() for (ids,) in rows)

    def look(self, transcript: str = "") -> None:
        """Look up in a transcript, or in all, what became of what was handed over."""
        by_transcript: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
        for path, number, call, ids in self._open(transcript):
            by_transcript[path].append((number, call, ids))
        for path, rows in by_transcript.items():
            texts = results(path, frozenset(call for _, call, _ in rows))
            states = [(_state(texts[call], ids), number) for number, call, ids in rows if call in texts]
            if states:
                with self._driver.writing() as s:
                    s.many("UPDATE handed SET state = ? WHERE number = ?", states)

    def _open(self, transcript: str) -> list[tuple[Any, ...]]:
        """Rows of which it is not known what became of them, but could be."""
        query = "SELECT transcript, number, call, ids FROM handed WHERE state = ? AND call <> '' AND transcript "
        with self._driver.reading() as s:
            return s.all(query + ("= ?" if transcript else "<> ?"), HANDED, transcript)

    def sums(self) -> tuple[ExchangeSum, ...]:
        """What was handed over, by agent and by what became of it."""
        with self._driver.reading() as s:
            query = "SELECT agent, state, count(*), sum(before), sum(after) FROM handed GROUP BY 1, 2 ORDER BY 1, 2"
            return tuple(ExchangeSum(a, state, int(n), int(b), int(c)) for a, state, n, b, c in s.all(query))

    def close(self) -> None:
        """Close the file."""
        self._driver.close()


def _state(text: str, ids: str) -> str:
    """Whether the text that the model reads names the originals, as the notes of shortened texts do."""
    return TAKEN if all(ident in text for ident in ids.split()) else DROPPED
