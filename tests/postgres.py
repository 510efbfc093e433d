"""A real PostgreSQL server for the tests: its own data folder, on a socket and a port of 127.0.0.1, gone afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HOMES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def binaries() -> Path | None:
    """Where the server's programs are; None where there is none."""
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else next(iter(HOMES), None)


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """Start a server in an empty folder; its URL."""
    home = binaries()
    assert home is not None
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    as_user: dict[str, object] = {}
    if os.geteuid() == 0:  # the server refuses to run as root
        shutil.chown(folder, "postgres", "postgres")
        as_user = {"user": "postgres", "group": "postgres", "extra_groups": []}
    data, quiet = folder / "data", {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    make = [home / "initdb", "-D", data, "-U", "tamis", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C"]
    subprocess.run(make, check=True, cwd=folder, **quiet, **as_user)
    options = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder}"
    control = [home / "pg_ctl", "-D", data, "-w", "-l", folder / "log"]
    subprocess.run([*control, "-o", options, "start"], check=True, cwd=folder, **quiet, **as_user)
    try:
        yield f"postgresql://tamis@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, cwd=folder, **quiet, **as_user)


def empty_database(url: str, name: str) -> str:
    """The URL of a new database of that name on the server at `url`."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return url.rpartition("/")[0] + "/" + name
