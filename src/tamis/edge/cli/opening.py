"""Which memory a command line means: the options that name it, and the memory, opened."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from tamis.edge.cli.command import Arguments
from tamis.errors import StoreUnavailable

if TYPE_CHECKING:
    from tamis.memory import Memory


SCOPE = "me"
TOKENS = 1_000  # of a recall


class MemoryArguments(Arguments):
    """The command line of everything that opens a memory."""

    memory: str | None
    scope: str


def add_place(parser: argparse.ArgumentParser) -> None:
    """The options that name a memory."""
    group = parser.add_argument_group("which memory")
    group.add_argument(
        "--memory",
        metavar="PATH",
        help="a file or a PostgreSQL URL ($TAMIS_MEMORY, else memory.db in the user's data folder; "
        "$TAMIS_MEMORY_PASSWORD encrypts a file)",
    )
    scope = os.environ.get("TAMIS_SCOPE") or SCOPE
    group.add_argument(
        "--scope", default=scope, metavar="A/B", help=f"whose: one to three names ($TAMIS_SCOPE or {SCOPE})"
    )


def _default_place() -> str:
    """Where the memory is unless the command line says otherwise."""
    home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return os.environ.get("TAMIS_MEMORY") or str(Path(home) / "tamis" / "memory.db")


def opened(
    arguments: MemoryArguments,
    *,
    make: bool = False,
    write: bool = True,
    denoise: bool = False,
    allow_secrets: bool = False,
) -> Memory:
    """The memory that was named.

    make -- one that is not there is made, with its folder
    denoise, allow_secrets -- of what is to be stored, see `tamis remember --help`

    Raises:
        StoreUnavailable: it is not there, or cannot be opened.
    """
    from tamis.edge.memories import open_memory
    from tamis.memory.store import SERVERS

    where = arguments.memory or _default_place()
    if not where.startswith(SERVERS) and where != ":memory:":
        if make:
            _folder(Path(where).parent)
        elif not Path(where).exists():
            hint = "Fill one with `tamis remember FILE`, or name another: --memory PATH."
            raise StoreUnavailable(f"There is no memory at {where!r}.", hint=hint)
    return open_memory(
        where,
        arguments.scope,
        denoise=denoise,
        allow_secrets=allow_secrets,
        password=os.environ.get("TAMIS_MEMORY_PASSWORD") or None,
        read_only=not write and not where.startswith(SERVERS),
    )


def _folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnavailable(f"The folder {str(path)!r} cannot be made: {error.strerror}.") from error
