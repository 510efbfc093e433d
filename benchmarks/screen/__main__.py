"""`python -m benchmarks.screen miniwob`: how many tasks of MiniWoB++ are done by clicking what is grounded."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.screen.tasks import TASKS

POINTERS = ("tamis", "rules", "random", "centre")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.screen", description=__doc__)
    names = parser.add_subparsers(dest="name", required=True)
    miniwob = names.add_parser("miniwob", help="click tasks of MiniWoB++ in a headless browser")
    miniwob.add_argument("--cache", type=Path, default=Path("build/screen"), help="where the package miniwob is kept")
    miniwob.add_argument("--tasks", nargs="+", default=list(TASKS), metavar="TASK", help="some of them (all)")
    miniwob.add_argument("--seeds", type=int, default=10, help="episodes of each task (10)")
    miniwob.add_argument("--pointer", default="tamis", metavar="NAME", help=f"{', '.join(POINTERS)}, or a checkpoint")
    miniwob.add_argument("--ratio", type=float, default=3.0, help="device pixels for each CSS pixel (3)")
    miniwob.add_argument("--out", type=Path, help="a JSON file with every episode")
    options = parser.parse_args()

    from benchmarks.screen.miniwob import play, pointer, table

    episodes = play(
        options.tasks, range(options.seeds), pointer(options.pointer), cache=options.cache, ratio=options.ratio
    )
    print(table(episodes))
    if options.out is not None:
        from benchmarks.screen.miniwob import save

        save(episodes, options.out, pointer=options.pointer)


if __name__ == "__main__":
    main()
