"""The whole fit: weights of salience on paragraphs and meetings, then the fusion's constants on contexts.

Writes what it found as JSON; a person puts it into `tamis.prompt.methods.auto`.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from tamis.core import Floats
from tamis.io.files import write
from tamis.io.progress import track
from tamis.prompt.methods.auto.relevance import Fusion
from tamis.prompt.methods.auto.salience import FEATURES
from training.data.squad import contexts, paragraphs
from training.fusion import relevance, salience
from training.fusion.meetings import meetings, recall

SEED = 20261123
MEETINGS, SEARCH, QUESTIONS = 80, 600, 400  # queries, steps, contexts
_LOG = logging.getLogger(__name__)


def fit_fusion(data: Path, out: Path, *, questions: int = QUESTIONS, seed: int = SEED) -> dict[str, Any]:
    """Fit both sets of constants on the dev articles, and write them to `out`/fitted.json."""
    weights = _weights(data, seed)
    fusion = _fusion(data, questions, seed)
    constants = {"salience": dict(zip(FEATURES, weights, strict=True)), "fusion": asdict(fusion)}
    write(out / "fitted.json", (json.dumps(constants, indent=1) + "\n").encode())
    return constants


def _weights(data: Path, seed: int) -> Sequence[float]:
    cases = [salience.case_of(paragraph) for paragraph in track(list(paragraphs(data, "dev")), "paragraphs")]
    talks = meetings(data, MEETINGS, seed=seed)

    def gain(weights: Floats) -> float:
        return sum(salience.retention(cases, weights.tolist())) + sum(recall(talks, weights))

    weights = salience.refine(salience.fit(cases), gain, steps=SEARCH, seed=seed)
    _LOG.info("salience.WEIGHTS = %s", weights)
    _LOG.info("answers kept at 2x, 3x: %s", np.round(salience.retention(cases, weights), 3).tolist())
    kept = np.round(recall(talks, np.array(weights)), 3).tolist()
    _LOG.info("words of meetings' answers kept at 2x, 3x, 5x: %s", kept)
    return weights


def _fusion(data: Path, count: int, seed: int) -> Fusion:
    questions = contexts(data, "dev", count, seed=seed)
    cases = [relevance.case_of(question) for question in track(questions, "contexts")]
    fusion = relevance.fit(cases)
    _LOG.info("relevance.FUSION = %r", fusion)
    _LOG.info("answers kept at 10x, 20x, 40x: %s", relevance.retention(cases, fusion).round(3).tolist())
    return fusion
