"""C-MAPSS: cycles left of turbofan engines, under both conventions of the label, and whether the lower bound holds.

Where the cycles left of the test engines are given (`cmapss_rul_*.csv`) they are asked for, once, after the last row of
each. For the other sets every fifth training engine is left out of the fit and cut at ten random cycles, the 20th or
later; these have a life of any length before them, so raw errors are far larger than on test engines.
"""

from __future__ import annotations

import argparse
import csv
import io
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.common import measure
from tamis.core import Floats
from tamis.novelty.prognosis import LifeErrors, Prognosis, Series
from tamis.novelty.prognosis.measures import CAP

SETTINGS = slice(2, 5)
SENSORS = slice(5, 26)
FIRST, CUTS, EVERY, RATE = 20, 10, 5, 0.1


@dataclass(frozen=True, slots=True)
class Exam:
    """Engines to learn, cut engines, and what was left of them."""

    learn: list[Series]
    cut: list[Series]
    left: Floats
    where: str


def run(chosen: argparse.Namespace) -> int:
    rows = []
    for name in chosen.sets.split(","):
        exam, started = _exam(chosen.data, name), time.process_time()
        model = Prognosis.fit(exam.learn, method=chosen.method, cap=CAP)
        results = [model.remaining(series, rate=RATE) for series in exam.cut]
        expected, low = (np.array([getattr(one, key) for one in results]) for key in ("expected", "at_least"))
        raw, capped = (LifeErrors.of(expected, exam.left, cap) for cap in (np.inf, CAP))
        rows.append(
            {
                "set": name,
                "engines": exam.where,
                "cases": raw.count,
                "RMSE raw": f"{raw.rmse:.2f}",
                "score raw": f"{raw.score:.0f}",
                "RMSE capped": f"{capped.rmse:.2f}",
                "score capped": f"{capped.score:.0f}",
                "bound wrong, %": f"{100 * (exam.left < low).mean():.1f}",
                "bound, mean": f"{low.mean():.0f}",
                "left, mean": f"{exam.left.mean():.0f}",
                "CPU seconds": round(time.process_time() - started),
            }
        )
        print(rows[-1], flush=True)
    print(measure.table(rows, tuple(rows[0])))
    measure.save(f"novelty_prognosis_{chosen.method}", {"machine": measure.machine(), "rows": rows})
    return 0


def _exam(folder: Path, name: str) -> Exam:
    train, labels = _engines(folder / f"cmapss_train_{name}.csv.zst"), folder / f"cmapss_rul_{name}.csv"
    if labels.exists():
        left = np.loadtxt(labels, delimiter=",", skiprows=1)[:, 1]
        return Exam(train, _engines(folder / f"cmapss_test_{name}.csv.zst"), left, "test")
    rng = np.random.default_rng(0)
    order = rng.permutation(len(train))
    out = sorted(order[::EVERY])
    cuts = [(row, int(cut)) for row in out for cut in rng.integers(FIRST, len(train[row]), CUTS)]
    cut = [Series(train[row].values[:cut], train[row].settings[:cut], ended=False) for row, cut in cuts]
    left = np.array([len(train[row]) - cut for row, cut in cuts], float)
    return Exam([train[row] for row in order if row not in set(out)], cut, left, "training, left out")


def _engines(path: Path) -> list[Series]:
    table = np.array(list(_rows(path)))
    starts = np.flatnonzero(np.diff(table[:, 0])) + 1
    return [Series(part[:, SENSORS], part[:, SETTINGS]) for part in np.split(table, starts)]


def _rows(path: Path) -> Iterator[list[float]]:
    import zstandard

    with path.open("rb") as raw:
        lines = csv.reader(io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(raw), encoding="utf-8"))
        next(lines)
        yield from (list(map(float, line)) for line in lines)
