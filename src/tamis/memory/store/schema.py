"""The tables of a memory. A store says in `tamis_meta` which version it has.

What the tables cannot hold cannot go wrong: a turn names its segment, so segments never overlap; an id is unique in its
scope; vectors lie in the row of their turn and go with it. There is no index of words on disk: ranking is done by one
index in memory for every database (decision 010), and what is deleted leaves nothing behind.
"""

from __future__ import annotations

from tamis.io.database import Tables

DEFINITIONS = (
    "CREATE TABLE scopes (number {serial}, name TEXT NOT NULL UNIQUE, version BIGINT NOT NULL)",
    "CREATE TABLE segments (number {serial}, scope BIGINT NOT NULL REFERENCES scopes(number), id TEXT NOT NULL, "
    "session TEXT NOT NULL, changed BIGINT NOT NULL, UNIQUE (scope, id))",
    "CREATE TABLE turns (number {serial}, scope BIGINT NOT NULL REFERENCES scopes(number), id TEXT NOT NULL, "
    "session TEXT NOT NULL, speaker TEXT NOT NULL, text TEXT NOT NULL, time TEXT, key TEXT NOT NULL, "
    "flags TEXT NOT NULL, expires DOUBLE PRECISION, encoder TEXT NOT NULL, vector {blob} NOT NULL, "
    "segment BIGINT NOT NULL REFERENCES segments(number), changed BIGINT NOT NULL, UNIQUE (scope, id))",
    "CREATE TABLE gone (scope BIGINT NOT NULL REFERENCES scopes(number), version BIGINT NOT NULL, "
    "kind TEXT NOT NULL, id TEXT NOT NULL)",
    "CREATE TABLE receipts (number {serial}, at DOUBLE PRECISION NOT NULL, receipt TEXT NOT NULL)",
    "CREATE INDEX turns_changed ON turns (scope, changed)",
    "CREATE INDEX turns_segment ON turns (segment)",
    "CREATE INDEX turns_session ON turns (scope, session, number)",
    "CREATE INDEX turns_expires ON turns (expires) WHERE expires IS NOT NULL",
    "CREATE INDEX segments_changed ON segments (scope, changed)",
    "CREATE INDEX segments_session ON segments (scope, session)",
    "CREATE INDEX gone_version ON gone (scope, version)",
)

TABLES = Tables(
    what="memory",
    version=1,
    definitions=DEFINITIONS,
    meta="tamis_meta",
    migrations={},
    sensitive=("turns", "segments"),
    rescue="Restore it from a backup, or export what can still be read with `tamis memory export`.",
)
