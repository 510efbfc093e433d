"""`python -m training.micro`: train the micro model and write it with its card."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path


def main(argv: Sequence[str] | None = None) -> int:
    """Parse the command line, train, export."""
    parser = argparse.ArgumentParser(prog="python -m training.micro", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/micro"), help="checkpoints")
    parser.add_argument("--target", type=Path, default=Path("src/tamis/models/weights/micro"))
    parser.add_argument("--steps", type=int, default=1_200)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    from training.micro.export import export
    from training.micro.loop import Course, train

    options.out.mkdir(parents=True, exist_ok=True)
    course = Course(seed=options.seed, steps=options.steps)
    export(train(course, options.out), course, options.target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
