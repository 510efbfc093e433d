"""`python -m training encoder evaluate`: held-out figures of the checkpoint (float32) and of what ships (int8)."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from tamis.io.files import write
from training.encoder.blend import KEEP, Blend
from training.encoder.card import card
from training.encoder.config import EncoderConfig
from training.encoder.evaluate import Mix, blind, blind_set, keep_auc, keep_set, recall_at_5
from training.encoder.kinds import Source
from training.encoder.labels import Floats
from training.encoder.ranking import FEATURES, contests, figures
from training.encoder.run import fresh, load_checkpoint, start_tokenizer
from training.encoder.scorers import OnnxScorer, Scorer, TorchScorer

Figures = dict[str, float]
_LOG = logging.getLogger(__name__)


def evaluate(config: EncoderConfig, folder: Path, *, checkpoint: Path, questions: int, report: Path | None) -> None:
    """Measure both forms of the model, log the table, rewrite the card with it and the report file if asked."""
    source = Source(config, Path(config.data), start_tokenizer(config))
    described = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    measured = {"int8": measure(OnnxScorer(folder / "model.onnx"), source, described, questions)}
    if checkpoint.exists():
        model = TorchScorer(load_checkpoint(config, checkpoint), config.model.keep_layer)
        measured["float32"] = measure(model, source, described, 0)
    measured["original"] = original(source)
    _LOG.info("%s", json.dumps(measured, indent=1))
    write(folder / "README.md", card(config, measured).encode())
    if report:
        write(report, json.dumps(measured, indent=1).encode())


def measure(scorer: Scorer, source: Source, described: Mapping[str, Mapping[str, object]], questions: int) -> Figures:
    """All figures of one scorer; ranking is left out when `questions` is 0."""
    kept = keep_set(scorer, source, "test")
    values: Figures = {f"keep-AUC {name}": value for name, value in keep_auc(kept, KEEP).items()}
    blend = Blend(**described["blend"])  # type: ignore[arg-type]
    values["blend keep-AUC"] = keep_auc(kept, blend)["all"]
    values |= answers_kept(scorer, source, blend)
    values["recall@5"] = recall_at_5(scorer, source, "test")
    if questions:
        data = contests(scorer, source, "test", questions)
        for name, weights in described["ranking"].items():
            ranked = figures(data, named(weights))  # type: ignore[arg-type]
            values |= {f"{name}: {figure}": value for figure, value in ranked.items()}
    return values


def answers_kept(scorer: Scorer, source: Source, blend: Blend) -> Figures:
    """Question-blind: whole answers kept at 2x and 3x by the blend and by each head alone."""
    data = blind_set(scorer, source, "test")
    mixes: dict[str, Mix] = {"blend": blend, "tiers only": KEEP, "salience only": Blend((0.25, 0.25, 0.25, 0.25), 1.0)}
    return {f"blind {name} {times}x": blind(data, mix, 1 / times) for name, mix in mixes.items() for times in (2, 3)}


def original(source: Source) -> Figures:
    """Recall of the untouched model."""
    config = source.config
    return {"recall@5": recall_at_5(TorchScorer(fresh(config, config.model.keep_layer), 4), source, "test")}


def named(weights: Mapping[str, float]) -> Floats:
    """Ranking weights as a vector over `FEATURES`."""
    return np.array([weights.get(name, 0.0) for name in FEATURES], np.float32)
