"""What a command says to people, on stderr."""

from __future__ import annotations

import contextlib
import sys

from tamis.errors import TamisError


def say(message: str) -> None:
    """Print a line; where stderr is closed, nothing."""
    with contextlib.suppress(OSError):
        print(f"tamis: {message}", file=sys.stderr, flush=True)


def spell(error: TamisError) -> str:
    """Return the message, and on a line of its own what to do."""
    message = str(error).removesuffix(error.hint).rstrip()
    return f"{message}\n  {error.hint}" if error.hint else message
