"""From a checkpoint to the files the product ships: model.onnx, tokenizer.json, config.json, README.md."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tamis.io.files import digest, write
from training.encoder.blend import Blend, fit_blend
from training.encoder.card import card
from training.encoder.config import EncoderConfig
from training.encoder.evaluate import MARGIN, WINDOW, blind_set, keep_set
from training.encoder.kinds import Source
from training.encoder.labels import Floats
from training.encoder.ranking import FEATURES, SETS, contests, fit
from training.encoder.scorers import OnnxScorer

FORMAT = 1
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Fitted:
    """What is chosen on the dev split: the task-agnostic blend and the ranking weights by feature set."""

    blend: Blend
    ranking: Mapping[str, Floats]


def export_checkpoint(config: EncoderConfig, checkpoint: Path, target: Path, *, questions: int) -> None:
    """Write the shipped folder; each file appears whole or not at all, the config last."""
    from training.encoder.onnx_graph import build
    from training.encoder.run import load_checkpoint, start_tokenizer

    target.mkdir(parents=True, exist_ok=True)
    tokenizer = start_tokenizer(config)
    write(target / "model.onnx", build(load_checkpoint(config, checkpoint)).SerializeToString())
    write(target / "tokenizer.json", tokenizer.to_str().encode())
    source = Source(config, Path(config.data), tokenizer)
    fitted = fit_on_dev(OnnxScorer(target / "model.onnx"), source, questions)
    described = description(config, fitted, target)
    write(target / "README.md", card(config, {}).encode())
    write(target / "config.json", (json.dumps(described, indent=2) + "\n").encode())


def fit_on_dev(scorer: OnnxScorer, source: Source, questions: int) -> Fitted:
    """Blend and ranking weights from `questions` contexts of the dev articles, judged by the very file that ships."""
    blend = fit_blend(blind_set(scorer, source, "dev"), keep_set(scorer, source, "dev"))
    _LOG.info("blend: %s", blend)
    data = contests(scorer, source, "dev", questions)
    ranking = {name: fit(data, names) for name, names in SETS.items()}
    _LOG.info("ranking: %s", ranking)
    return Fitted(blend, ranking)


def description(config: EncoderConfig, fitted: Fitted, folder: Path) -> dict[str, Any]:
    """What the runtime has to know, as plain JSON values."""
    return {
        "format": FORMAT,
        "model": "mini",
        "max_length": 512,
        "window": {"size": WINDOW, "margin": MARGIN},
        "pair_max_length": config.max_length,
        "keep_layer": config.model.keep_layer,
        "inputs": ["input_ids", "attention_mask", "token_type_ids", "deep"],
        "outputs": {
            "tiers": "(b, t, 4) probability that the tier is at most 0..3",
            "salience": "(b, t) probability that the token is asked about",
            "evidence": "(b, t) logit, empty unless deep",
            "answer": "(b, t) logit, empty unless deep",
            "vector": "(b, 384) unit length, empty unless deep",
        },
        "blend": asdict(fitted.blend),
        "ranking": {name: _named(weights) for name, weights in fitted.ranking.items()},
        "licence": "Apache-2.0 (what it was trained on: see the card)",
        "note": "which words to keep, with and without a question; sentence vectors; English",
        "seed": config.seed,
        "sha256": {name: digest(folder / name) for name in ("model.onnx", "tokenizer.json")},
    }


def _named(weights: Floats) -> dict[str, float]:
    return {name: round(float(weight), 4) for name, weight in zip(FEATURES, weights, strict=True) if weight}
