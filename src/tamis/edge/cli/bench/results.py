"""What the benchmarks print and write: rows, a table as text and JSON, a page."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from tamis.edge.cli.command import Arguments, add_json, add_quiet
from tamis.edge.cli.messages import say
from tamis.io.files import write

if TYPE_CHECKING:
    from tamis.bench.rows import Advance

EVERY = 20.0  # seconds between two lines where no one watches


class ResultArguments(Protocol):
    """What `add_results` declares."""

    out: str
    json: bool
    quiet: bool


def add_results(parser: argparse.ArgumentParser, out: str) -> None:
    """`--out`, `--json`, `--quiet`, `--no-progress`."""
    parser.add_argument("--out", metavar="DIR", default=out, help=f"rows, table and report go there ({out})")
    add_json(parser, "print the table as JSON")
    add_quiet(parser, bar=True)


def deliver(arguments: ResultArguments, *, rows: int, lines: Sequence[Any], table: str, page: str) -> None:
    """Write the table and the report, and print the table.

    lines -- dataclasses, for the JSON
    """
    out, values = Path(arguments.out), json.dumps([asdict(line) for line in lines], indent=2)
    write(out / "table.txt", (table + "\n").encode())
    write(out / "table.json", (values + "\n").encode())
    write(out / "report.html", page.encode())
    print(values if arguments.json else table)
    if not arguments.quiet:
        say(f"{rows} rows, {out / 'report.html'}")


@contextmanager
def rows_bar(arguments: Arguments) -> Iterator[Advance]:
    """A bar on a terminal, a line now and then elsewhere, nothing where none is wanted."""
    from tamis.io.progress import progress

    with progress(unit="rows", every=EVERY, on=arguments.bar) as advance:
        yield advance
