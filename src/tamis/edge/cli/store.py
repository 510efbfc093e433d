"""`tamis store`: how much is kept of what was shortened, and what has expired."""

from __future__ import annotations

import argparse
import json
from contextlib import closing
from dataclasses import asdict
from datetime import datetime, timezone

from tamis.edge.cli.command import CommandEntry, Step, add_commands, add_json
from tamis.edge.cli.restore import StoreArguments, add_store, store_of

EXAMPLES = """\
examples:
  tamis store status
  tamis store expire --store originals/"""


def add(parser: argparse.ArgumentParser) -> None:
    """The steps of `tamis store`."""
    parser.epilog = EXAMPLES
    add_commands(parser, STEPS)


def run(arguments: StoreArguments) -> int:
    """Do one step."""
    return STEPS[arguments.step].load().run(arguments)


def _options(parser: argparse.ArgumentParser) -> None:
    add_json(parser, "as JSON")
    add_store(parser)


def _status(arguments: StoreArguments) -> int:
    with closing(store_of(arguments.store, read_only=True)) as store:
        holdings = store.holdings()
    if arguments.json:
        print(json.dumps(asdict(holdings)))
        return 0
    days = [_day(time) for time in (holdings.oldest, holdings.newest) if time is not None]
    when = f", put {' to '.join(dict.fromkeys(days))}" if days else ""
    print(f"{holdings.texts:,} texts, {holdings.size:,} of {holdings.cap:,} bytes{when}")
    return 0


def _day(time: float) -> str:
    return f"{datetime.fromtimestamp(time, timezone.utc):%Y-%m-%d}"


def _expire(arguments: StoreArguments) -> int:
    with closing(store_of(arguments.store, read_only=False)) as store:
        gone = store.expire()
    print(json.dumps(gone) if arguments.json else f"{len(gone):,} texts removed")
    return 0


STEPS: dict[str, CommandEntry] = {
    "status": Step("how much is in it, and since when", "tamis store status", _status, _options),
    "expire": Step("remove what has expired", "tamis store expire", _expire, _options),
}
