"""The command line. `main` parses, runs one command, and turns what went wrong into a message and an exit code.

    0  done
    1  some of the files, or a check of `tamis doctor`, failed
    2  the command line or the input cannot be used
    130  interrupted

Knows nothing of compression; each command is a module with `run(arguments) -> exit code`, imported when it is called.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from tamis.edge.cli.parser import Arguments, build
from tamis.errors import TamisError

DONE, FAILED, UNUSABLE, INTERRUPTED = 0, 1, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run `tamis` with the given arguments (those of the process if None); return its exit code."""
    try:
        try:
            return _run(argv)
        finally:
            sys.stdout.flush()  # here, where a closed pipe is expected
    except BrokenPipeError:  # the reader has seen enough: `tamis compress ... | head -1`
        _hush()
        return DONE
    except KeyboardInterrupt:
        _say("interrupted")
        return INTERRUPTED


def _run(argv: Sequence[str] | None) -> int:
    parser = build()
    arguments = parser.parse_args(argv, Arguments())
    if not arguments.command:
        parser.print_help(sys.stderr)
        return UNUSABLE
    try:
        code: int = import_module(f"tamis.edge.cli.{arguments.command}").run(arguments)
    except TamisError as error:
        if arguments.debug:
            raise
        _say(f"error: {spell(error)}")
        return UNUSABLE
    except MemoryError:
        if arguments.debug:
            raise
        _say("error: out of memory.\n  Compress the text in parts.")
        return UNUSABLE
    return code


def spell(error: TamisError) -> str:
    """Return the message, and on a line of its own what to do."""
    message = str(error).removesuffix(error.hint).rstrip()
    return f"{message}\n  {error.hint}" if error.hint else message


def _say(message: str) -> None:
    with contextlib.suppress(OSError):
        print(f"tamis: {message}", file=sys.stderr, flush=True)


def _hush() -> None:
    """Let what is still buffered for the closed pipe go nowhere, so that the interpreter's last flush is quiet."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
