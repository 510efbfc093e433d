"""How much of what is novel is noticed at a rate: near requests, other languages, code, injections."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.common import measure
from benchmarks.novelty.data import IntentSet, StoredVectors
from tamis.io.rows import read_jsonl
from tamis.novelty import Detector

COUNT, LENGTH = 60, 120  # texts of a kind; characters of a text of another language
LANGUAGES = ("de", "fr", "es")


def run(chosen: argparse.Namespace) -> int:
    """A row for each kind; detectors of CLINC150, calibrated by its development requests."""
    data, encoder = IntentSet.read(chosen.data, "clinc150"), StoredVectors(chosen.vectors)
    encoder.add("clinc150", data.texts)
    kinds, rows = _kinds(chosen.data.parent, data), []
    for name, model in (("mini", encoder), ("no weights", None)):
        detector = Detector.fit(data.part("train", scope=True), encoder=model)
        detector = detector.calibrated(data.part("dev", scope=True))
        for kind, texts in kinds.items():
            p_values = np.array([result.p for result in detector.check(texts)])
            shares = {f"noticed at {100 * rate:g} %": f"{100 * (p_values <= rate).mean():.0f}" for rate in (0.01, 0.05)}
            rows.append({"detector": name, "kind": kind, "texts": len(texts), **shares})
    print(measure.table(rows, ("detector", "kind", "texts", "noticed at 1 %", "noticed at 5 %")))
    measure.save("novelty_far", {"machine": measure.machine(), "rows": rows})
    return 0


def _kinds(folder: Path, data: IntentSet) -> dict[str, Sequence[str]]:
    """Kinds of novel texts, by name."""
    prompts = [row["text"] for row in read_jsonl(folder / "guard" / "prompts.jsonl.zst") if row["kind"] != "benign"]
    picks = np.random.default_rng(0).choice(len(prompts), COUNT, replace=False)
    code = Path(__file__).read_text(encoding="utf-8").splitlines()
    foreign = {
        language: [row["text"][:LENGTH] for row, _ in zip(_rows(folder, language), range(COUNT), strict=False)]
        for language in LANGUAGES
    }
    return {
        "out of scope (dev)": data.part("dev", scope=False),
        "injections and jailbreaks": [prompts[row] for row in picks],
        "lines of Python": [line for line in code if len(line.strip()) > 25],
        **foreign,
    }


def _rows(folder: Path, language: str) -> Sequence[dict[str, str]]:
    return list(read_jsonl(folder / "meaning" / f"{language}.jsonl.zst"))
