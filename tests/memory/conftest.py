"""Stores of every kind, and turns to put into them."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

import pytest

from tamis.memory.store import open_store
from tests.memory.server import binaries, server

KINDS = ("file", "process", "server")
_NUMBER = itertools.count()


@pytest.fixture(scope="session")
def url():
    """The URL of a running PostgreSQL server."""
    if binaries() is None:
        pytest.skip("there is no PostgreSQL server on this machine: apt install postgresql")
    with tempfile.TemporaryDirectory(prefix="tamis-pg-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        with server(Path(folder)) as found:
            yield found


@pytest.fixture(params=KINDS)
def fresh(request, tmp_path):
    """A function that gives the place of an empty memory: a path or a URL."""
    if request.param == "server":
        return _databases(request.getfixturevalue("url"))
    if request.param == "process":
        return lambda: ":memory:"
    return lambda: tmp_path / f"memory-{next(_NUMBER)}.db"


def _databases(url):
    import psycopg

    def make():
        name = f"memory_{next(_NUMBER)}"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return url.rpartition("/")[0] + "/" + name

    return make


@pytest.fixture
def store(fresh):
    """An empty store of each kind."""
    with open_store(fresh()) as made:
        yield made
