"""A scope as JSON lines: a header, every turn with its vector, every segment. Written whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from tamis.errors import TamisError, UnreadableInput
from tamis.io.files import atomic
from tamis.memory.engine import Engine, Ingestion
from tamis.memory.store import rows
from tamis.memory.types import Entry, Scope, Segment

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Imported:
    """How many turns were taken in, were here already, and got a vector of this memory's encoder."""

    turns: int
    known: int
    encoded: int


def write_lines(path: Path, values: Iterable[dict[str, Any]], scope: Scope) -> int:
    """Write the lines; how many.

    Raises:
        OutputError: it could not be written; a file that was there before is still what it was.
    """
    header = {"kind": "memory", "format": FORMAT, "scope": str(scope)}
    count = 0
    with atomic(path, parents=False, mode=0o600) as temporary, temporary.open("w", encoding="utf-8") as file:
        for value in (header, *values):
            file.write(json.dumps(value, ensure_ascii=False) + "\n")
            count += 1
    return count


def read_lines(path: Path, engine: Engine, scope: Scope, ingestion: Ingestion) -> Imported:
    """Take in the turns that are not here yet, with their segments."""
    entries, segments = _parse(path)
    with engine.live(scope, new=True) as live:
        present = {entry.turn.id for entry in entries if entry.turn.id in live.index.number}
        fresh = [entry for entry in entries if entry.turn.id not in present]
        names = sorted({*live.index.speakers, *(entry.turn.speaker for entry in fresh)})
        stale = [place for place, entry in enumerate(fresh) if entry.encoder != ingestion.name]
        vectors = ingestion.vectors([fresh[place].key for place in stale], names)
        for place, vector in zip(stale, vectors, strict=True):
            fresh[place] = replace(fresh[place], vector=vector.astype(np.float16), encoder=ingestion.name)
        if fresh:
            tiles = _segments(segments, [entry.turn.id for entry in fresh], set(live.index.segments))
            engine.store.add(scope, _tiled(fresh, tiles), tiles, since=live.index.version)
    return Imported(len(fresh), len(present), len(stale))


def _segments(segments: Iterable[Segment], fresh: Iterable[str], used: set[str]) -> list[Segment]:
    """The segments as far as their turns are new; one whose id is in use here is a segment of its own."""
    new, tiles = set(fresh), []
    for segment in segments:
        turns = tuple(ident for ident in segment.turns if ident in new)
        ident, number = segment.id, 2
        while ident in used:
            ident, number = f"{segment.id}-{number}", number + 1
        if turns:
            used.add(ident)
            tiles.append(Segment(ident, segment.session, turns))
    return tiles


def _tiled(entries: Iterable[Entry], segments: Iterable[Segment]) -> list[Entry]:
    """The entries in the order of the segments' turns."""
    order = {ident: place for place, ident in enumerate(ident for segment in segments for ident in segment.turns)}
    return sorted(entries, key=lambda entry: order.get(entry.turn.id, len(order)))


def _parse(path: Path) -> tuple[list[Entry], list[Segment]]:
    entries: list[Entry] = []
    segments: list[Segment] = []
    for number, line in enumerate(_lines(path), 1):
        try:
            record = json.loads(line)
            kind = record["kind"]
            if number == 1 and (kind != "memory" or record["format"] != FORMAT):
                raise ValueError(f"an export begins with kind 'memory', format {FORMAT}")
            if kind == "turn":
                entries.append(rows.of_json(record))
            elif kind == "segment":
                segments.append(Segment(str(record["id"]), str(record["session"]), tuple(map(str, record["turns"]))))
        except (ValueError, KeyError, TypeError, TamisError) as error:
            hint = "It must be a file that `export` wrote. Nothing was taken in."
            raise UnreadableInput(f"{str(path)!r}, line {number}: {error!r:.200}.", hint=hint) from error
    if not entries and not segments and not path.stat().st_size:
        raise UnreadableInput(f"{str(path)!r} is empty.", hint="It must be a file that `export` wrote.")
    return entries, segments


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8") as file:
            yield from file
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableInput(f"{str(path)!r} cannot be read: {error}.") from error
