"""`tamis restore`: the original of what was shortened, or some of its lines."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import closing
from typing import TYPE_CHECKING

from tamis.edge.cli.command import Arguments, describe
from tamis.errors import OutputError
from tamis.io.files import reason

if TYPE_CHECKING:
    from tamis.prompt.recovery import Originals

MORE = """\
Prints a text that was shortened as it was before, byte for byte, or the lines
that a note such as "[... tamis restore ab12cd34ef56 --lines 40-251]" names."""

EXAMPLES = """\
examples:
  tamis restore ab12cd34ef56 > whole.txt
  tamis restore ab12cd34ef56 --lines 40-251,300
  tamis restore ab12cd34ef56 --query "connection refused"

exit codes: 0 done, 2 there is no such text, or it cannot be read"""


class StoreArguments(Arguments):
    """The command line of what opens a store of originals."""

    store: str | None


class RestoreArguments(StoreArguments):
    """The command line of `tamis restore`."""

    id: str
    lines: str | None
    query: str | None


def add(parser: argparse.ArgumentParser) -> None:
    """The options of `tamis restore`."""
    describe(parser, more=MORE, epilog=EXAMPLES)
    parser.add_argument("id", metavar="ID", help="as the note has it, or the beginning of it")
    parser.add_argument("--lines", metavar="A-B,C", help="only these lines, the first one is 1")
    parser.add_argument("--query", metavar="TEXT", help="only lines that have to do with it, and their neighbours")
    add_store(parser)


def add_store(parser: argparse._ActionsContainer) -> None:
    """`--store`."""
    parser.add_argument(
        "--store",
        metavar="PATH",
        help="a file, a folder of plain files or a PostgreSQL URL ($TAMIS_STORE, else originals.db in the user's data "
        "folder; $TAMIS_STORE_PASSWORD decrypts a file)",
    )


def store_of(place: str | None, *, read_only: bool) -> Originals:
    """The store that a command line names.

    Raises:
        StoreError: it is not there, or cannot be opened.
    """
    from tamis.prompt.recovery import open_originals

    password = os.environ.get("TAMIS_STORE_PASSWORD") or None
    return open_originals(place, password=password, read_only=read_only)


def run(arguments: RestoreArguments) -> int:
    """Print the text."""
    with closing(store_of(arguments.store, read_only=True)) as store:
        text = store.get(arguments.id, lines=arguments.lines, query=arguments.query)
    if sys.stdout is None:
        raise OutputError("Standard output is closed.")
    data = text.encode("utf-8", "surrogatepass")
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data + b"\n" * (sys.stdout.isatty() and not data.endswith(b"\n")))
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"Cannot write to standard output: {reason(error)}.") from error
    return 0
