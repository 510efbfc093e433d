"""`mini-lm`: a causal language model, for surprisal."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from training.lm.config import LMConfig, load_lm_config
from training.steps import WEIGHTS, steps_of

TARGET = WEIGHTS / "mini-lm"
PARTS = ("mini-lm", "kneser-ney", "xz", "original")


def add(parser: argparse.ArgumentParser) -> None:
    """Three steps: train, export, evaluate."""
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--config", type=Path, help="TOML file (default: lm.toml beside the code)")
    shared.add_argument("--data", type=Path, help="data folder (default: as the config says)")
    shared.add_argument("--out", type=Path, default=Path("build/lm"), help="tokenizer, shards, checkpoints, logs")
    steps = steps_of(parser)
    train = steps.add_parser("train", parents=[shared], help="tokenizer, shards, main run")
    train.add_argument("--resume", action="store_true", help="go on from the checkpoint in --out")
    train.set_defaults(run=_train)
    export = steps.add_parser("export", parents=[shared], help="write the 4-bit ONNX model, its config and its card")
    export.add_argument("--target", type=Path, default=TARGET)
    export.set_defaults(run=_export)
    evaluate = steps.add_parser("evaluate", parents=[shared], help="bits per byte of held-out text; fills the card")
    evaluate.add_argument("--target", type=Path, default=TARGET)
    evaluate.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS[:-1], help="what is measured anew")
    evaluate.add_argument("--tokens", type=int, default=60_000, help="of each group, whole documents")
    evaluate.set_defaults(run=_evaluate)


def _config(options: argparse.Namespace) -> LMConfig:
    config = load_lm_config(options.config)
    return replace(config, data=str(options.data)) if options.data else config


def _train(options: argparse.Namespace) -> None:
    from training.lm.run import train_lm

    train_lm(_config(options), options.out, resume=options.resume)


def _export(options: argparse.Namespace) -> None:
    from training.lm.export import export_lm

    export_lm(_config(options), options.out, options.target)


def _evaluate(options: argparse.Namespace) -> None:
    from training.lm.evaluate import evaluate_lm

    evaluate_lm(_config(options), options.out, options.target, parts=options.parts, cap=options.tokens)
