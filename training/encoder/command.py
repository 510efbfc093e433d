"""`mini`: sentence vectors, keep-probabilities, evidence for a question."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from training.encoder.config import EncoderConfig, load_config
from training.steps import WEIGHTS, steps_of

TARGET = WEIGHTS / "mini"


def add(parser: argparse.ArgumentParser) -> None:
    """Three steps: train, export, evaluate."""
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--config", type=Path, help="TOML file (default: encoder.toml beside the code)")
    shared.add_argument("--data", type=Path, help="data folder (default: as the config says)")
    shared.add_argument("--out", type=Path, default=Path("build/train"), help="checkpoints, labels, logs")
    steps = steps_of(parser)
    train = steps.add_parser("train", parents=[shared], help="teacher, silver labels, main run, finish")
    train.add_argument("--resume", action="store_true", help="go on from the checkpoints in --out")
    train.add_argument("--seed", type=int, help="replace the config's seed")
    train.add_argument("--steps", type=int, help="replace the last phase's number of steps")
    train.set_defaults(run=_train)
    export = steps.add_parser("export", parents=[shared], help="write the int8 ONNX model, its config and its card")
    export.add_argument("--target", type=Path, default=TARGET)
    export.add_argument("--questions", type=int, default=200, help="dev contexts that fit the ranking weights")
    export.set_defaults(run=_export)
    evaluate = steps.add_parser("evaluate", parents=[shared], help="measure on the held-out documents")
    evaluate.add_argument("--target", type=Path, default=TARGET)
    evaluate.add_argument("--questions", type=int, default=300, help="ranked questions a split")
    evaluate.add_argument("--report", type=Path, help="write the figures as JSON")
    evaluate.set_defaults(run=_evaluate)


def _config(options: argparse.Namespace) -> EncoderConfig:
    config = load_config(options.config)
    return replace(config, data=str(options.data)) if options.data else config


def _train(options: argparse.Namespace) -> None:
    from training.encoder.run import train_encoder

    config = _config(options)
    if options.seed is not None:
        config = replace(config, seed=options.seed)
    if options.steps is not None:
        config = replace(config, finish=replace(config.finish, steps=options.steps))
    train_encoder(config, options.out, resume=options.resume)


def _export(options: argparse.Namespace) -> None:
    from training.encoder.export import export_checkpoint

    checkpoint = options.out / "finish.pt"
    export_checkpoint(_config(options), checkpoint, options.target, questions=options.questions)


def _evaluate(options: argparse.Namespace) -> None:
    from training.encoder.report import evaluate

    checkpoint, config = options.out / "finish.pt", _config(options)
    evaluate(config, options.target, checkpoint=checkpoint, questions=options.questions, report=options.report)
