"""Stores of every kind, and a memory with a talk in it."""

from __future__ import annotations

import pytest

from tests.memory.stores import fresh, store
from tests.memory.talk import TALK, opened

__all__ = ["fresh", "memory", "store"]


@pytest.fixture
def memory(fresh):
    with opened(fresh()) as made:
        made.add(TALK)
        yield made
