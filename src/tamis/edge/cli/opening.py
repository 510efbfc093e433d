"""Which memory a command line means, opened."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tamis.edge.cli.memory_parser import Remembering, place
from tamis.errors import StoreUnavailable

if TYPE_CHECKING:
    from tamis.memory import Memory


def opened(arguments: Remembering, *, make: bool = False, write: bool = True) -> Memory:
    """The memory that was named.

    make -- one that is not there is made, with its folder

    Raises:
        StoreUnavailable: it is not there, or cannot be opened.
    """
    from tamis.edge.memories import open_memory
    from tamis.memory.store import SERVERS

    where = arguments.memory or place()
    if not where.startswith(SERVERS) and where != ":memory:":
        if make:
            _folder(Path(where).parent)
        elif not Path(where).exists():
            hint = "Fill one with `tamis remember FILE`, or name another: --memory PATH."
            raise StoreUnavailable(f"There is no memory at {where!r}.", hint=hint)
    return open_memory(
        where,
        arguments.scope,
        denoise=getattr(arguments, "denoise", False),
        allow_secrets=getattr(arguments, "allow_secrets", False),
        password=os.environ.get("TAMIS_MEMORY_PASSWORD") or None,
        read_only=not write and not where.startswith(SERVERS),
    )


def _folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnavailable(f"The folder {str(path)!r} cannot be made: {error.strerror}.") from error
