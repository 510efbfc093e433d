"""Measure recognition from a few sentences, and linking.

    python -m benchmarks.entities fewshot DATA   # five types, five sentences each, beside nearest neighbours
    python -m benchmarks.entities linking DATA   # names of diseases to ids, none apart

DATA is the folder with `crossner.jsonl.zst` and its like.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.entities import fewshot, linking


def main(arguments: list[str] | None = None) -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    few = commands.add_parser("fewshot")
    few.add_argument("--episodes", type=int, default=10, help="of each set (10)")
    few.add_argument("--seed", type=int, default=0, help="of the first episode (0)")
    few.add_argument("--ways", nargs="+", default=["nearest neighbours", "fit_few"], choices=fewshot.WAYS_TO_READ)
    few.set_defaults(run=fewshot.run)
    link = commands.add_parser("linking")
    link.add_argument("--fit", action="store_true", help="fit the weights anew on the training abstracts")
    link.add_argument("--misses", type=int, default=0, help="of so many names, show those that are linked wrongly")
    link.set_defaults(run=linking.run)
    for command in (few, link):
        command.add_argument("data", type=Path)
    chosen = parser.parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = chosen.run
    return run(chosen)


if __name__ == "__main__":
    sys.exit(main())
