"""Fixtures: empty stores of every kind, for all who test one."""

from __future__ import annotations

import itertools

import pytest

from tamis.memory.store import open_store
from tests.postgres import empty_database

KINDS = ("file", "process", "server")
_NUMBER = itertools.count()


@pytest.fixture(params=KINDS)
def fresh(request, tmp_path):
    """A function that gives the place of an empty memory: a path or a URL."""
    if request.param == "server":
        url = request.getfixturevalue("postgres_url")
        return lambda: empty_database(url, f"memory_{next(_NUMBER)}")
    if request.param == "process":
        return lambda: ":memory:"
    return lambda: tmp_path / f"memory-{next(_NUMBER)}.db"


@pytest.fixture
def store(fresh):
    """An empty store of each kind."""
    with open_store(fresh()) as made:
        yield made
