"""Where memories are kept: one protocol, SQLite and PostgreSQL, and whatever else has five methods."""

from tamis.memory.store.adapter import adapt
from tamis.memory.store.opening import SERVERS, STORES, open_store
from tamis.memory.store.protocol import FullStore, Store
from tamis.memory.store.sql import SqlStore

__all__ = ["SERVERS", "STORES", "FullStore", "SqlStore", "Store", "adapt", "open_store"]
