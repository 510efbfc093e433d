"""Entries and segments as rows of a table, and back. Knows no database."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timezone
from typing import Any

import numpy as np

from tamis.errors import StoreCorrupt
from tamis.memory.types import Changes, Entry, Turn

COLUMNS = ("id", "session", "speaker", "text", "time", "key", "flags", "expires", "encoder", "vector")
"""Of a stored entry, in the order in which `row` gives and `entry` takes them."""


def utc(time: datetime | None) -> datetime | None:
    """The time in UTC; one without a zone is taken for UTC."""
    if time is None:
        return None
    return time.replace(tzinfo=timezone.utc) if time.tzinfo is None else time.astimezone(timezone.utc)


def row(entry: Entry) -> tuple[Any, ...]:
    """The values of an entry's columns."""
    turn = entry.turn
    return (
        turn.id,
        turn.session,
        turn.speaker,
        turn.text,
        None if turn.time is None else turn.time.isoformat(),
        entry.key,
        " ".join(entry.flags),
        None if entry.expires is None else entry.expires.timestamp(),
        entry.encoder,
        np.ascontiguousarray(entry.vector, np.float16).tobytes(),
    )


def entry(values: Sequence[Any]) -> Entry:
    """The entry of such a row.

    Raises:
        StoreCorrupt: a value that `row` does not write.
    """
    ident, session, speaker, text, time, key, flags, expires, encoder, vector = values
    try:
        return Entry(
            Turn(text, speaker, None if time is None else datetime.fromisoformat(time), session, ident),
            key,
            np.frombuffer(vector, np.float16),
            encoder,
            None if expires is None else datetime.fromtimestamp(expires, timezone.utc),
            tuple(flags.split()),
        )
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        hint = "Restore the file from a backup, or export what can still be read."
        raise StoreCorrupt(f"The stored turn {ident!r} cannot be read: {error}.", hint=hint) from error


def as_json(entry: Entry) -> dict[str, Any]:
    """An entry as JSON values; times in ISO 8601, the vector as numbers."""
    turn = entry.turn
    record: dict[str, Any] = {"kind": "turn", "id": turn.id, "session": turn.session, "speaker": turn.speaker}
    record |= {"text": turn.text, "time": None if turn.time is None else turn.time.isoformat(), "key": entry.key}
    record |= {"flags": list(entry.flags), "expires": None if entry.expires is None else entry.expires.isoformat()}
    return record | {"encoder": entry.encoder, "vector": [float(x) for x in entry.vector]}


def of_json(record: dict[str, Any]) -> Entry:
    """The entry that `as_json` wrote; `KeyError`, `TypeError` or `ValueError` for anything else."""
    times = [None if record[name] is None else datetime.fromisoformat(record[name]) for name in ("time", "expires")]
    turn = Turn(record["text"], record["speaker"], utc(times[0]), record["session"], record["id"])
    vector = np.asarray(record["vector"], np.float16)
    if not turn.id or vector.ndim != 1 or not isinstance(record["key"], str) or not isinstance(record["encoder"], str):
        raise ValueError(f"no turn of a memory: {json.dumps(record)[:80]}")
    return Entry(turn, record["key"], vector, record["encoder"], utc(times[1]), tuple(map(str, record["flags"])))


def lines(whole: Changes) -> Iterator[dict[str, Any]]:
    """Every entry and then every segment of a scope, as JSON values."""
    yield from map(as_json, whole.added)
    for segment in whole.segments:
        yield {"kind": "segment", **asdict(segment), "turns": list(segment.turns)}
