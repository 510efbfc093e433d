"""`python -m benchmarks.screen`: tasks of MiniWoB++ (`miniwob`), what looking costs (`speed`), sizes (`sizes`)."""

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
    speed = names.add_parser("speed", help="seconds, memory and megabytes of looking and pointing")
    speed.add_argument("--repeats", type=int, default=7, help="pages that are looked at (7)")
    sizes = names.add_parser("sizes", help="the same pages at other sizes, and dark")
    sizes.add_argument("--cache", type=Path, required=True, metavar="FOLDER", help="packages that pages come from")
    sizes.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="pictures and results; goes on there")
    sizes.add_argument("--split", default="develop", help="sources of this part (develop)")
    sizes.add_argument("--most", type=int, default=20, metavar="N", help="pages, each of another source (20)")
    options = parser.parse_args()
    _RUNS[options.name](options)


def _speed(options: argparse.Namespace) -> None:
    from benchmarks.common.measure import save
    from benchmarks.screen.speed import run, show

    result = run(options.repeats)
    print(show(result))
    save("screen_speed", result)


def _miniwob(options: argparse.Namespace) -> None:
    from benchmarks.screen.miniwob import play, pointer, table

    episodes = play(
        options.tasks, range(options.seeds), pointer(options.pointer), cache=options.cache, ratio=options.ratio
    )
    print(table(episodes))
    if options.out is not None:
        from benchmarks.screen.miniwob import save

        save(episodes, options.out, pointer=options.pointer)


def _sizes(options: argparse.Namespace) -> None:
    from benchmarks.screen.sizes import measured, render, table

    render(options.split, options.most, options.cache, options.out)
    print(table(measured(options.out)))


_RUNS = {"miniwob": _miniwob, "speed": _speed, "sizes": _sizes}

if __name__ == "__main__":
    main()
