"""`python -m training`: train, evaluate and export the embedded models."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from training.encoder.config import EncoderConfig, load_config
from training.lm.config import LMConfig, load_lm_config

LM_PARTS = ("mini-lm", "kneser-ney", "xz", "original")


def main(argv: Sequence[str] | None = None) -> int:
    """Parse the command line and run one job; 1 with a message on a bad configuration or missing data."""
    options = _parser().parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    jobs: dict[str, Callable[[EncoderConfig, argparse.Namespace], None]] = {
        "encoder": _encoder,
        "export": _export,
        "evaluate": _evaluate,
    }
    lm_jobs: dict[str, Callable[[LMConfig, argparse.Namespace], None]] = {
        "lm": _lm,
        "lm-export": _lm_export,
        "lm-evaluate": _lm_evaluate,
    }
    try:
        if options.job in jobs:
            jobs[options.job](_config(options), options)
        else:
            lm_jobs[options.job](_lm_config(options), options)
    except (OSError, ValueError, ModuleNotFoundError) as error:
        logging.getLogger(__name__).error("error: %s", error)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    jobs = parser.add_subparsers(dest="job", required=True)
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--config", type=Path, help="TOML file (default: encoder.toml beside the code)")
    shared.add_argument("--data", type=Path, help="data folder (default: as the config says)")
    shared.add_argument("--out", type=Path, default=Path("build/train"), help="checkpoints, labels, logs")
    encoder = jobs.add_parser("encoder", parents=[shared], help="train: teacher, silver labels, main run, finish")
    encoder.add_argument("--resume", action="store_true", help="go on from the checkpoints in --out")
    encoder.add_argument("--seed", type=int, help="replace the config's seed")
    encoder.add_argument("--steps", type=int, help="replace the last phase's number of steps")
    export = jobs.add_parser("export", parents=[shared], help="write the int8 ONNX model, its config and its card")
    export.add_argument("--target", type=Path, default=Path("src/tamis/models/weights/mini"))
    export.add_argument("--questions", type=int, default=200, help="dev contexts that fit the ranking weights")
    evaluate = jobs.add_parser("evaluate", parents=[shared], help="measure on the held-out documents")
    evaluate.add_argument("--target", type=Path, default=Path("src/tamis/models/weights/mini"))
    evaluate.add_argument("--questions", type=int, default=300, help="ranked questions a split")
    evaluate.add_argument("--report", type=Path, help="write the figures as JSON")
    _add_lm_jobs(jobs)
    return parser


def _add_lm_jobs(jobs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--config", type=Path, help="TOML file (default: lm.toml beside the code)")
    shared.add_argument("--out", type=Path, default=Path("build/lm"), help="tokenizer, shards, checkpoints, logs")
    lm = jobs.add_parser("lm", parents=[shared], help="train the language model: tokenizer, shards, main run")
    lm.add_argument("--data", type=Path, help="data folder (default: as the config says)")
    lm.add_argument("--resume", action="store_true", help="go on from the checkpoint in --out")
    export = jobs.add_parser("lm-export", parents=[shared], help="write its 4-bit ONNX model, its config and its card")
    export.add_argument("--target", type=Path, default=Path("src/tamis/models/weights/mini-lm"))
    evaluate = jobs.add_parser("lm-evaluate", parents=[shared], help="bits per byte of held-out text; fills the card")
    evaluate.add_argument("--target", type=Path, default=Path("src/tamis/models/weights/mini-lm"))
    evaluate.add_argument("--parts", nargs="+", choices=LM_PARTS, default=LM_PARTS[:-1], help="what is measured anew")
    evaluate.add_argument("--tokens", type=int, default=60_000, help="of each group, whole documents")


def _config(options: argparse.Namespace) -> EncoderConfig:
    config = load_config(options.config)
    if getattr(options, "seed", None) is not None:
        config = replace(config, seed=options.seed)
    if getattr(options, "steps", None) is not None:
        config = replace(config, finish=replace(config.finish, steps=options.steps))
    return replace(config, data=str(options.data)) if options.data else config


def _lm_config(options: argparse.Namespace) -> LMConfig:
    config = load_lm_config(options.config)
    return replace(config, data=str(options.data)) if getattr(options, "data", None) else config


def _lm(config: LMConfig, options: argparse.Namespace) -> None:
    from training.lm.run import train_lm

    train_lm(config, options.out, resume=options.resume)


def _lm_export(config: LMConfig, options: argparse.Namespace) -> None:
    from training.lm.export import export_lm

    export_lm(config, options.out, options.target)


def _lm_evaluate(config: LMConfig, options: argparse.Namespace) -> None:
    from training.lm.evaluate import evaluate_lm

    evaluate_lm(config, options.out, options.target, parts=options.parts, cap=options.tokens)


def _encoder(config: EncoderConfig, options: argparse.Namespace) -> None:
    from training.encoder.run import train_encoder

    train_encoder(config, options.out, resume=options.resume)


def _export(config: EncoderConfig, options: argparse.Namespace) -> None:
    from training.encoder.export import export_checkpoint

    export_checkpoint(config, options.out / "finish.pt", options.target, questions=options.questions)


def _evaluate(config: EncoderConfig, options: argparse.Namespace) -> None:
    from training.encoder.report import evaluate

    checkpoint = options.out / "finish.pt"
    evaluate(config, options.target, checkpoint=checkpoint, questions=options.questions, report=options.report)


if __name__ == "__main__":
    sys.exit(main())
