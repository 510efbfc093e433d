"""From a checkpoint of `mini-lm` to the folder that ships: model.onnx, tokenizer.json, config.json, README.md."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tamis.io.files import digest, write
from tamis.models.causal.load import FORMAT
from training.lm.calibrate import watch
from training.lm.card import card
from training.lm.config import LMConfig
from training.lm.graph import Shape, build
from training.lm.tokens import BEGIN, Shards, Windows

WINDOW, SINKS = 2048, 4  # four sinks are enough (arXiv 2309.17453, section 3.1)
WATCHED = 16  # batches of training text that rounding goes by


def export_lm(config: LMConfig, out: Path, target: Path) -> None:
    """Write the shipped folder from `out/lm.pt`; each file appears whole or not at all, the config last."""
    from training.lm.run import load_checkpoint

    model = load_checkpoint(config, out / "lm.pt")
    _LOG.info("watching %d batches", WATCHED)
    seen = watch(model, _text(config, out / "shards"))
    _LOG.info("rounding")
    graph = build(model, seen=seen).SerializeToString()
    tokenizer = json.loads((out / "tokenizer.json").read_text(encoding="utf-8"))
    save_folder(target, graph, tokenizer, described(config, Shape.of(model.config)))
    write(target / "README.md", card(config, {}).encode())


def save_folder(target: Path, graph: bytes, tokenizer: Any, config: dict[str, Any]) -> None:
    """Write a folder that `open_mini` opens; the config gets the hashes of the other files."""
    target.mkdir(parents=True, exist_ok=True)
    write(target / "model.onnx", graph)
    write(target / "tokenizer.json", json.dumps(tokenizer, ensure_ascii=False, separators=(",", ":")).encode())
    hashes = {name: digest(target / name) for name in ("model.onnx", "tokenizer.json")}
    write(target / "config.json", (json.dumps(config | {"sha256": hashes}, indent=2) + "\n").encode())


def _text(config: LMConfig, shards: Path) -> Iterator[npt.NDArray[np.int64]]:
    """Training windows behind those of the run, so that none was drawn as it is."""
    windows = Windows(Shards(shards), config)
    return (windows.batch(config.run.steps + number)[:, :-1] for number in range(WATCHED))


def described(config: LMConfig, shape: Shape) -> dict[str, Any]:
    """What the runtime has to know, as plain JSON values."""
    return {
        "format": FORMAT,
        "model": "mini-lm",
        "window": WINDOW,
        "sinks": SINKS,
        "begin": BEGIN,
        "vocabulary": config.model.vocabulary,
        "layers": shape.layers,
        "kv_heads": shape.kv_heads,
        "head_size": shape.size,
        "inputs": ["ids", "targets", "keys", "values"],
        "outputs": {
            "surprisal": "(t,) -log p of each target, in nats",
            "new_keys": "(layers, kv heads, n, size) before their rotation",
            "new_values": "(layers, kv heads, n, size)",
        },
        "licence": "Apache-2.0 (what it was trained on: see the card)",
        "note": "surprisal of tokens; English, code",
        "seed": config.seed,
    }


_LOG = logging.getLogger(__name__)
