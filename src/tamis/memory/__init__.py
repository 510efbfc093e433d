"""Conversations that remember: turns in, the passages that answer a question out, within a budget of tokens."""

from tamis.memory.aio import AsyncMemory
from tamis.memory.api import Memory, Recalling
from tamis.memory.engine import Added, Engine
from tamis.memory.exchange import Imported
from tamis.memory.guard import WriteGuard
from tamis.memory.guard import WriteGuard as Guard  # noqa: F401  (its name before there was `tamis.guard`)
from tamis.memory.overview import Overview, SessionOverview
from tamis.memory.recall import Passage, Recall, Weights
from tamis.memory.store import Store, open_store
from tamis.memory.types import Receipt, Scope, Segment, Turn

__all__ = [
    "Added",
    "AsyncMemory",
    "Engine",
    "Imported",
    "Memory",
    "Overview",
    "Passage",
    "Recall",
    "Recalling",
    "Receipt",
    "Scope",
    "Segment",
    "SessionOverview",
    "Store",
    "Turn",
    "Weights",
    "WriteGuard",
    "open_store",
]
