"""Measure recognition from a few sentences, from wrong labels and from none, and linking.

    python -m benchmarks.entities fewshot DATA   # five types, five sentences each, beside nearest neighbours
    python -m benchmarks.entities linking DATA   # names of diseases to ids, none apart
    python -m benchmarks.entities noise DATA     # 30 % of types wrong, 30 % of names missing: how much comes back
    python -m benchmarks.entities students DATA  # trained on what the embedded recogniser says of tweets
    python -m benchmarks.entities peers DATA     # the embedded recogniser beside spaCy's small model

DATA is the folder with `crossner.jsonl.zst` and its like.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.entities import fewshot, linking, noise, peers, students


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
    wrong = commands.add_parser("noise")
    wrong.add_argument("--sets", nargs="+", default=["wnut17"], help="as of benchmarks.entities.recognition (wnut17)")
    wrong.add_argument("--share", type=float, default=0.3, help="of the types and of the names (0.3)")
    wrong.add_argument("--seed", type=int, default=0)
    wrong.set_defaults(run=noise.run)
    student = commands.add_parser("students")
    student.add_argument("--least", type=float, default=0.5, help="how probable the label of a word must be (0.5)")
    student.set_defaults(run=students.run)
    peer = commands.add_parser("peers")
    peer.add_argument("--python", required=True, help="of the environment with spaCy")
    peer.add_argument("--model", default="en_core_web_sm", help="a package of a model of spaCy (en_core_web_sm)")
    peer.set_defaults(run=peers.run)
    for command in (few, link, wrong, student, peer):
        command.add_argument("data", type=Path)
    chosen = parser.parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = chosen.run
    return run(chosen)


if __name__ == "__main__":
    sys.exit(main())
