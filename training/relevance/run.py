"""Fit `relevance` on the train articles, calibrate it on the dev articles, measure it on any split.

Writes what it found as JSON; a person puts it into `tamis.prompt.methods.auto.evidence`.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tamis.core import Bools, Floats
from tamis.io.files import write
from tamis.io.progress import track
from tamis.prompt.documents.source import source_of
from tamis.prompt.methods.auto import evidence
from tamis.prompt.request import Request
from tamis.text.words import words
from training.data.splits import Split
from training.relevance import fit
from training.relevance.cases import Case, cases, document_cases, weights

_LOG = logging.getLogger(__name__)
HEADS = ("evidence", "answer")
SHARES = (1.0, 0.8, 0.6, 0.4)
_POSITIVE = ("answered", "one")


@dataclass(frozen=True)
class Table:
    """Cases with the features of their likeliest passage (n, k), the chance that is given today (n,) and their kind."""

    features: Floats
    chances: Floats
    kinds: NDArray[np.str_]

    @property
    def truth(self) -> Bools:
        """(n,) whether there is an answer."""
        truth: Bools = np.isin(self.kinds, _POSITIVE)
        return truth


def table(drawn: Sequence[Case], label: str) -> Table:
    """Read the cases."""
    rows, told = [], []
    for case in track(drawn, label):
        request = _request(case)
        (reading,) = evidence.readings([request])
        passages = evidence.features(request, reading)
        rows.append(passages[int(np.argmax(evidence.logits(passages)))])
        told.append(float(evidence.document_chances(request, reading).max()))
    return Table(np.array(rows), np.array(told), np.array([case.kind for case in drawn]))


def _request(case: Case) -> Request:
    source = source_of(list(case.documents))
    units = words(source.text)
    return Request(units, source, np.zeros(len(units), np.bool_), case.question)


def fit_relevance(data: Path, out: Path, *, count: int, seed: int) -> dict[str, Any]:
    """Fit weights on train articles, then scale and bias (Platt) on all of the dev articles; write both, as one."""
    train = table(cases(data, "train", seed=seed, count=count), "train cases")
    dev = table(cases(data, "dev", seed=seed), "dev cases")
    final = fitted(train, dev)
    named = dict(zip(evidence.FEATURES, np.round(final[:-1], 4).tolist(), strict=True))
    constants = {"weights": named, "bias": round(float(final[-1]), 4)}
    _LOG.info("evidence.WEIGHTS, BIAS = %s", constants)
    told = fit.sigmoid(dev.features @ final[:-1] + final[-1])
    report = figures(Table(dev.features, told, dev.kinds))
    _save(out / "fitted.json", {**constants, "dev": report})
    return constants


def fitted(train: Table, dev: Table) -> Floats:
    """(k + 1,) weights and bias.

    The encoder's heads have seen the train articles, and are surer of them than of others: their share of the weights
    is chosen on the dev articles.
    """
    plain = fit.logistic(train.features, train.truth, weights(train.kinds))
    heads = np.isin([*evidence.FEATURES, "bias"], HEADS)
    trials = [np.where(heads, share * plain, plain) for share in SHARES]

    def score(trial: Floats) -> float:
        return fit.auroc(dev.features @ trial[:-1], dev.truth, weights(dev.kinds))

    best = max(trials, key=score)
    raw = dev.features @ best[:-1] + best[-1]
    scale, bias = fit.logistic(raw[:, None], dev.truth, weights(dev.kinds), decay=0.0)
    return np.append(scale * best[:-1], scale * best[-1] + bias)


def evaluate_relevance(data: Path, out: Path, split: Split, *, contexts: int, seed: int) -> dict[str, Any]:
    """Measure the chances that the product gives today."""
    report = {"one paragraph": figures(table(cases(data, split, seed=seed), f"{split} cases"))}
    if contexts:
        drawn = document_cases(data, split, contexts, seed=seed)
        report["20 documents"] = figures(table(drawn, f"{split} contexts"))
    _save(out / f"{split}.json", report)
    return report


def figures(rows: Table) -> dict[str, Any]:
    """AUROC of each kind of case without an answer and of all, and the reliability of the chances."""
    truth, weight = rows.truth, weights(rows.kinds)
    kinds = sorted(set(rows.kinds[~truth].tolist()))
    separately = {kind: _auroc(rows, truth | (rows.kinds == kind)) for kind in kinds}
    bins = fit.reliability(rows.chances, truth, weight)
    report = {
        "cases": {kind: int((rows.kinds == kind).sum()) for kind in sorted(set(rows.kinds.tolist()))},
        "auroc": separately,
        "auroc of all, kinds weighted alike": fit.auroc(rows.chances, truth, weight),
        "auroc of all cases": fit.auroc(rows.chances, truth),
        "ece": fit.calibration_error(bins),
        "reliability": [asdict(one) for one in bins],
    }
    _LOG.info("%s", json.dumps(report, indent=1))
    return report


def _auroc(rows: Table, inside: Bools) -> float:
    return fit.auroc(rows.chances[inside], rows.truth[inside])


def _save(path: Path, values: dict[str, Any]) -> None:
    write(path, (json.dumps(values, indent=1) + "\n").encode())
