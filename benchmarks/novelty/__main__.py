"""Measure novelty: separation, false alarms, few-shot intents, speed.

    python -m benchmarks.novelty clinc DATA      # CLINC150: AUROC, FAR95, false alarms, beside baselines
    python -m benchmarks.novelty intents DATA    # 5-way, 1 and 5 examples, four sets (--classes train: for choices)
    python -m benchmarks.novelty far DATA        # other languages, code, injections: what is noticed at 1 and 5 %
    python -m benchmarks.novelty speed DATA      # milliseconds of a verdict on 500 tokens
    python -m benchmarks.novelty mlkd DATA       # the distilled student, at a small scale (extra train)
    python -m benchmarks.novelty prognosis DATA  # C-MAPSS: steps left of engines (--method, --sets)

DATA is the folder with `clinc150.jsonl.zst` and its like, of prognosis
that with `cmapss_train_FD001.csv.zst`. Nothing is fitted or chosen with what is scored.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.novelty import clinc, episodes, far, prognosis, speed


def main(arguments: list[str] | None = None) -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    table: dict[str, Callable[[argparse.Namespace], int]] = {
        "clinc": clinc.run,
        "intents": episodes.run,
        "far": far.run,
        "speed": speed.run,
        "mlkd": _mlkd,
        "prognosis": prognosis.run,
    }
    for name, run in table.items():
        command = commands.add_parser(name)
        command.add_argument("data", type=Path)
        command.add_argument("--vectors", type=Path, default=Path("novelty-vectors"), help="where vectors are kept")
        command.add_argument("--classes", default="valid", choices=("valid", "train"))
        command.add_argument("--threads", type=int, default=1)
        command.add_argument("--each", type=int, default=20, help="texts of an intent that are learnt (mlkd)")
        command.add_argument("--method", default="boosted", help="of prognosis")
        command.add_argument("--sets", default="FD001,FD002,FD003,FD004", help="of prognosis")
        command.set_defaults(run=run)
    chosen = parser.parse_args(arguments)
    run_chosen: Callable[[argparse.Namespace], int] = chosen.run
    return run_chosen(chosen)


def _mlkd(chosen: argparse.Namespace) -> int:
    from benchmarks.novelty.mlkd import run

    return run(chosen)


if __name__ == "__main__":
    sys.exit(main())
