"""CLINC150: known against out of scope, and how often known requests alarm."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple

import numpy as np

from benchmarks.common import measure
from benchmarks.novelty.data import IntentSet, StoredVectors
from tamis.core import Floats
from tamis.novelty import Detector, HeldOut
from tamis.novelty.binomial import interval
from tamis.novelty.components.phrases import Phrases
from tamis.novelty.inputs import Inputs
from tamis.novelty.measures import separation

RATES = (0.01, 0.05)
DRAWS = 500
COLUMNS = ("method", "auroc", "auroc 95 %", "aupr", "far95", "far95 95 %", "missed95")


def run(chosen: argparse.Namespace) -> int:
    """Both tables."""
    data, encoder = IntentSet.read(chosen.data, "clinc150"), StoredVectors(chosen.vectors)
    encoder.add("clinc150", data.texts)
    train, usual = data.part("train", scope=True), data.part("dev", scope=True)
    novel = data.part("dev", scope=False)
    rows, alarms = [], []
    for name, model in (("mini", encoder), ("no weights", None)):
        detector = Detector.fit(train, encoder=model)
        for method, low, high in _scores(detector, usual, novel):
            rows.append(_row(f"{name}: {method}", low, high))
        alarms += list(_alarms(name, detector, usual, data, model))
    for method, low, high in _baselines(train, usual, novel, encoder):
        rows.append(_row(method, low, high))
    print(measure.table(rows, COLUMNS))
    print(measure.table(alarms, ("detector", "calibrated by", "asked", "alarms", "of", "rate", "95 %")))
    measure.save("novelty_clinc", {"machine": measure.machine(), "separation": rows, "alarms": alarms})
    return 0


def _scores(detector: Detector, usual: Sequence[str], novel: Sequence[str]) -> Iterator[tuple[str, Floats, Floats]]:
    low, high = (_evidence(detector, texts) for texts in (usual, novel))
    for name in low:
        yield name, low[name], high[name]
    yield "fused", detector.fusion.fused(low), detector.fusion.fused(high)


def _evidence(detector: Detector, texts: Sequence[str]) -> Mapping[str, Floats]:
    return detector.fusion.evidence(detector.ensemble.look(Inputs.of(texts, detector.encoder)))


def _baselines(
    train: Sequence[str], usual: Sequence[str], novel: Sequence[str], encoder: StoredVectors
) -> Iterator[tuple[str, Floats, Floats]]:
    """What the field compares with: the nearest neighbour on vectors and on TF-IDF."""
    known = encoder.vectors(train)
    low, high = (1 - (encoder.vectors(texts) @ known.T).max(axis=1) for texts in (usual, novel))
    yield "baseline: 1-NN on mini", low.astype(np.float64), high.astype(np.float64)
    index = Phrases.fit(Inputs.of(train, None))
    low, high = (np.array([1 - index.cosines(text).max() for text in texts]) for texts in (usual, novel))
    yield "baseline: 1-NN on TF-IDF", low, high


def _row(method: str, low: Floats, high: Floats) -> dict[str, object]:
    """The figures in per cent, with intervals of a bootstrap over known and novel texts."""
    rng = np.random.default_rng(0)
    draws = [separation(rng.choice(low, len(low)), rng.choice(high, len(high))) for _ in range(DRAWS)]
    figures = separation(low, high)
    values = np.array([astuple(draw) for draw in draws])
    bounds = [
        " to ".join(f"{100 * x:.1f}" for x in np.quantile(values[:, column], [0.025, 0.975])) for column in (0, 2)
    ]
    cells = [f"{100 * x:.1f}" for x in (figures.auroc, figures.aupr, figures.far95, figures.missed95)]
    return dict(zip(COLUMNS, (method, cells[0], bounds[0], cells[1], cells[2], bounds[1], cells[3]), strict=True))


def _alarms(
    name: str, detector: Detector, usual: Sequence[str], data: IntentSet, model: StoredVectors | None
) -> Iterator[dict[str, object]]:
    """False alarms with three calibrations."""
    scores = detector.scores(usual)
    for rate in RATES:
        count = int((detector.calibration.p_values(scores) <= rate).sum())
        yield _alarm(name, "training (another collection)", rate, count, len(scores))
    order = np.random.default_rng(0).permutation(len(scores))
    halves = scores[order[::2]], scores[order[1::2]]
    for rate in RATES:
        counts = [int((HeldOut.of(a).p_values(b) <= rate).sum()) for a, b in (halves, halves[::-1])]
        yield _alarm(name, "the other half of dev", rate, sum(counts), len(scores))
    train = data.part("train", scope=True)
    parts = np.random.default_rng(1).permutation(len(train))
    learn, rest = ([train[row] for row in part] for part in (parts[3000:], parts[:3000]))
    again = Detector.fit(learn, encoder=model)
    p_values = again.calibration.p_values(again.scores(rest))
    for rate in RATES:
        yield _alarm(name, "training (the same collection)", rate, int((p_values <= rate).sum()), len(rest))


def _alarm(name: str, source: str, rate: float, count: int, total: int) -> dict[str, object]:
    low, high = interval(count, total)
    return {
        "detector": name,
        "calibrated by": source,
        "asked": f"{100 * rate:g} %",
        "alarms": count,
        "of": total,
        "rate": f"{100 * count / total:.2f}",
        "95 %": f"{100 * low:.2f} to {100 * high:.2f}",
    }
