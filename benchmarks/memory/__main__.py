"""Measure memories: what they recall, how fast they are, what a kill leaves.

    python -m benchmarks.memory locomo FILE            # evidence recall at 500 to 4,000 tokens, beside baselines
    python -m benchmarks.memory locomo FILE --denoise  # keys compressed to three quarters
    python -m benchmarks.memory speed TEXTS            # recall and adding at 100,000 turns, ingest with embedding
    python -m benchmarks.memory kill --writes 10000    # kill -9 at random points; exit code 1 if anything was lost

Results go to benchmarks/results/memory_*.json. LoCoMo is CC BY-NC: it is measured with, never shipped or learned from.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import measure
from benchmarks.memory import kill, speed
from benchmarks.memory.tuning import leave_one_out
from tamis.bench.memory import SYSTEMS, CachedEncoder, IndexedConversation, RecallLine, read_conversations, recall_line
from tamis.models.encoder import load_mini
from tamis.text.counting import counter

BUDGETS = (500, 1_000, 4_000)


def main(arguments: list[str] | None = None) -> int:
    """Run what was asked for."""
    chosen = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = chosen.run
    return run(chosen)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    locomo = commands.add_parser("locomo", help="evidence recall beside baselines")
    locomo.add_argument("file", type=Path)
    locomo.add_argument("--denoise", action="store_true")
    locomo.add_argument("--no-tuning", action="store_true", help="without the leave-one-out row")
    locomo.add_argument("--tokenizer", default="cl100k_base")
    locomo.set_defaults(run=_locomo)
    speed_parser = commands.add_parser("speed", help="recall, adding, ingest")
    speed_parser.add_argument("texts", type=Path, help='JSON lines with "text": 100,000 different ones')
    speed_parser.add_argument("--vectors", type=Path, help="where their vectors are kept (.npy)")
    speed_parser.add_argument("--turns", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    speed_parser.set_defaults(run=speed.run)
    kill_parser = commands.add_parser("kill", help="kill -9 at random points")
    kill_parser.add_argument("--writes", type=int, default=10_000)
    kill_parser.add_argument("--seed", type=int, default=0)
    kill_parser.set_defaults(run=kill.run)
    return parser


def _locomo(chosen: argparse.Namespace) -> int:
    denoise = None
    if chosen.denoise:
        from tamis.edge.memories import denoiser

        denoise = denoiser()
    encoder, count = CachedEncoder(load_mini()), counter(chosen.tokenizer)
    talks = [IndexedConversation(one, encoder, denoise=denoise) for one in read_conversations(chosen.file)]
    print(f"{len(talks)} conversations, {sum(len(one.conversation.questions) for one in talks):,} questions")
    print(f"{'':44}" + "".join(f"{budget:>22,}" for budget in BUDGETS))
    rows = []
    for name, system in SYSTEMS.items():
        shares = [talk.evidence_recall(system, BUDGETS, count) for talk in talks]
        row = recall_line(name, np.concatenate(shares))
        rows.append(row)
        _print(row)
    weights: list[dict[str, float]] = []
    if not chosen.no_tuning:
        for headers in (False, True):
            row, best = leave_one_out(talks, BUDGETS, count, headers=headers)
            rows.append(row)
            weights = [asdict(one) for one in best]
            _print(row)
    name = "memory_locomo_denoised" if chosen.denoise else "memory_locomo"
    measure.save(
        name,
        {"machine": measure.machine(), "budgets": BUDGETS, "rows": [_values(row) for row in rows], "weights": weights},
    )
    return 0


def _values(row: RecallLine) -> dict[str, Any]:
    return {"name": row.name, "shares": row.shares, "intervals": row.intervals}


def _print(row: RecallLine) -> None:
    cells = (f"{s:.3f} ({a:.3f}-{b:.3f})" for s, (a, b) in zip(row.shares, row.intervals, strict=True))
    print(f"{row.name:<44}" + "".join(f"{cell:>22}" for cell in cells), flush=True)


if __name__ == "__main__":
    sys.exit(main())
