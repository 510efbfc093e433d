"""How long a verdict on 500 tokens takes, warm."""

from __future__ import annotations

import argparse
import time

import numpy as np

from benchmarks.common import measure
from benchmarks.novelty.data import IntentSet, StoredVectors
from tamis.models.sentence import load_sentences
from tamis.novelty import Detector
from tamis.text.counting import counter

TOKENS, REPEATS = 500, 30


def run(chosen: argparse.Namespace) -> int:
    """Milliseconds, wall and CPU, of texts that were not seen before."""
    data, encoder = IntentSet.read(chosen.data, "clinc150"), StoredVectors(chosen.vectors)
    encoder.add("clinc150", data.texts)
    train, count = data.part("train", scope=True), counter("o200k_base")
    rng, rows = np.random.default_rng(0), []
    for name, model in (("no weights", None), ("mini", encoder)):
        fitted = Detector.fit(train, encoder=model)
        fitted.save(chosen.vectors / "speed.safetensors")
        detector = Detector.load(
            chosen.vectors / "speed.safetensors", encoder=load_sentences("mini", threads=chosen.threads)
        )
        times = []
        for _ in range(REPEATS):
            text = _text(train, rng, count)
            wall, cpu = time.perf_counter(), time.process_time()
            detector.check([text])
            times.append((1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - cpu)))
        wall, cpu = np.median(times, axis=0)
        rows.append({"detector": name, "known texts": len(train), "wall ms": round(wall, 1), "cpu ms": round(cpu, 1)})
    print(measure.table(rows, ("detector", "known texts", "wall ms", "cpu ms")))
    measure.save("novelty_speed", {"machine": measure.machine(), "rows": rows})
    return 0


def _text(train: list[str], rng: np.random.Generator, count: object) -> str:
    """About 500 tokens of known requests in a row."""
    parts: list[str] = []
    while count(" ".join(parts)) < TOKENS:  # type: ignore[operator]
        parts.append(train[int(rng.integers(len(train)))])
    return " ".join(parts)
