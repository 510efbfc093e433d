"""MLKD on CLINC150 at a small scale: some texts of each intent, fewer epochs, `mini-lm` as the teacher. Extra `train`.

The published figures (92.5 / 27.2) are of GPT-2 small on all 15,000 texts for five epochs each, on a GPU.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace

import numpy as np
import torch

from benchmarks.common import measure
from benchmarks.novelty.data import IntentSet
from tamis.core import Floats
from tamis.models.causal.mlkd import MlkdSettings, Student, distil, opened, tune
from tamis.novelty.components import COMPONENTS
from tamis.novelty.inputs import Inputs
from tamis.novelty.measures import separation

USUAL = 300  # known texts that are scored
SETTINGS = MlkdSettings(teacher_epochs=2, student_epochs=3, batch=16)
RATE = 5e-4  # of the student: so few steps from a random start lead nowhere at 5e-5


def run(chosen: argparse.Namespace) -> int:
    """A row each: the teacher before and after tuning, the student, and n-grams of the same texts."""
    torch.set_num_threads(chosen.threads)
    data = IntentSet.read(chosen.data, "clinc150")
    learn = _learn(data, chosen.each)
    usual, novel = data.part("dev", scope=True)[:: 2972 // USUAL], data.part("dev", scope=False)
    rows: list[dict[str, object]] = []
    for name in ("phrases", "characters", "words"):
        part = COMPONENTS[name].fit(Inputs.of(learn, None))
        low, high = (part.look(Inputs.of(texts, None)).scores for texts in (usual, novel))
        rows.append(_row(name, low, high))
    teacher, encode, begin = opened("mini-lm")
    codes = [[begin, *encode(text)[: SETTINGS.longest - 1]] for text in learn]
    started = time.perf_counter()

    def judge(name: str, model: object) -> None:
        student = Student(model, encode, begin, SETTINGS)
        rows.append(_row(name, student.scores(usual), student.scores(novel)))
        print(rows[-1], round(time.perf_counter() - started), flush=True)

    def report(*row: object) -> None:
        print(*row, round(time.perf_counter() - started), flush=True)

    print(len(learn), rows, flush=True)
    judge("mini-lm as it is", teacher)
    tune(teacher, codes, SETTINGS, report)
    judge("mini-lm, tuned (the teacher)", teacher)
    judge("student (MLKD)", distil(teacher, codes, replace(SETTINGS, learning_rate=RATE), report))
    print(measure.table(rows, ("method", "auroc", "aupr", "far95")))
    measure.save("novelty_mlkd", {"machine": measure.machine(), "texts": len(learn), "rows": rows})
    return 0


def _learn(data: IntentSet, each: int) -> list[str]:
    """Some training texts of each known intent."""
    by_intent: dict[str, list[str]] = {}
    for text, intent, split in zip(data.texts, data.intents, data.splits, strict=True):
        if split == "train" and intent != "oos":
            by_intent.setdefault(intent, []).append(text)
    rng = np.random.default_rng(0)
    return [str(text) for texts in by_intent.values() for text in rng.permutation(texts)[:each]]


def _row(method: str, low: Floats, high: Floats) -> dict[str, object]:
    figures = separation(low, high)
    cells = {"auroc": figures.auroc, "aupr": figures.aupr, "far95": figures.far95}
    return {"method": method, **{name: f"{100 * value:.1f}" for name, value in cells.items()}}
