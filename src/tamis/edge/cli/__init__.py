"""The command line. `main` parses, runs one command, and turns what went wrong into a message and an exit code.

    0  done
    1  some of the files, or a check of `tamis doctor`, failed
    2  the command line or the input cannot be used
    130  interrupted

Knows nothing of compression; the commands are a table, `tamis.edge.cli.table`.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Sequence

from tamis.edge.cli.command import Arguments
from tamis.edge.cli.messages import say, spell
from tamis.edge.cli.table import COMMANDS, build
from tamis.errors import OutputError, TamisError

DONE, FAILED, UNUSABLE, INTERRUPTED = 0, 1, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run `tamis` with the given arguments (those of the process if None); return its exit code."""
    arguments = Arguments()  # outside: whether --debug was given counts even where parsing fails
    try:
        code = _command(argv, arguments)
        _flush()
    except BrokenPipeError:  # the reader has seen enough: `tamis compress ... | head -1`
        _hush()
        return DONE
    except KeyboardInterrupt:
        say("interrupted")
        return INTERRUPTED
    except (TamisError, MemoryError) as error:
        if arguments.debug:
            raise
        say(f"error: {spell(error) if isinstance(error, TamisError) else 'out of memory: compress in parts'}")
        return UNUSABLE
    return code


def _command(argv: Sequence[str] | None, arguments: Arguments) -> int:
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal without Unicode shows "?", and stops nothing
    parser = build()
    try:
        parser.parse_args(argv, arguments)
    except SystemExit as end:  # help, version, or a wrong command line: argparse has said what
        return int(end.code or DONE)
    if not arguments.command:
        parser.print_help(sys.stderr)
        return UNUSABLE
    return COMMANDS[arguments.command].load().run(arguments)


def _flush() -> None:
    """Send what is buffered on its way; that the disk behind it is full is an error like any other."""
    if sys.stdout is None or sys.stdout.closed:
        return
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        _hush()
        raise OutputError(f"Cannot write to standard output: {error.strerror}.") from error


def _hush() -> None:
    """Let what is still buffered for the closed pipe go nowhere, so that the interpreter's last flush is quiet."""
    with contextlib.suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)
