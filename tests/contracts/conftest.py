"""Stores of every kind."""

from tests.memory.stores import fresh, store

__all__ = ["fresh", "store"]
