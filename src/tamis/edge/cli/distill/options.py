"""The options that steps of `tamis distill` share, and how they print figures."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tamis.edge.cli.command import Arguments
from tamis.edge.cli.messages import say

if TYPE_CHECKING:
    from tamis.distill.steps import Work

ENCODER = "google-bert/bert-base-multilingual-cased"  # the smaller of the paper's two


class WorkArguments(Arguments):
    """The command line of every step: its work folder."""

    work: str


class AskArguments(WorkArguments):
    """The command line of `tamis distill ask`."""

    files: list[str]
    teacher: str
    key_env: str
    instruction: str | None
    temperature: float | None
    body: dict[str, Any]
    tokenizer: str
    chunk_tokens: int
    together: int
    rpm: float | None
    tpm: float | None
    tries: int
    backoff: float
    timeout: float
    price_in: float
    price_out: float
    budget: float | None
    yes: bool


class LabelArguments(WorkArguments):
    """The command line of `tamis distill label`."""

    window: int
    drop_variation: float
    drop_gap: float


class TrainArguments(WorkArguments):
    """The command line of `tamis distill train`."""

    encoder: str
    epochs: int
    lr: float
    batch_tokens: int
    policy: str
    held_out: float
    seed: int
    device: str
    bf16: bool
    checkpoint_every: int


class ExportArguments(WorkArguments):
    """The command line of `tamis distill export`."""

    onnx: bool
    int8: bool
    licence: str


class RunArguments(AskArguments, LabelArguments, TrainArguments, ExportArguments):
    """The command line of `tamis distill run`."""


def add_files(parser: argparse.ArgumentParser) -> None:
    """The texts, and the folder that is worked in."""
    parser.add_argument("files", nargs="+", metavar="FILE", help='files, folders, patterns; JSONL rows with "text"')
    parser.add_argument("--out", dest="work", required=True, metavar="DIR", help="the work folder; made if missing")


def add_work(parser: argparse.ArgumentParser) -> None:
    """The folder that is worked in."""
    parser.add_argument("work", metavar="DIR", help="the work folder")


def add_teacher(parser: argparse.ArgumentParser) -> None:
    """Who is asked, and how."""
    group = parser.add_argument_group("teacher")
    group.add_argument("--teacher", required=True, metavar="URL#MODEL", help="server and model: https://host/v1#name")
    group.add_argument(
        "--key-env", default="OPENAI_API_KEY", metavar="NAME", help="environment variable with the key (OPENAI_API_KEY)"
    )
    group.add_argument("--instruction", metavar="FILE", help="say it in other words than ours")
    group.add_argument("--temperature", type=_temperature, default=0.3, metavar="T", help="0.3; none: the server's own")
    group.add_argument(
        "--body", type=_body, default={}, metavar="JSON", help='more fields of a request: {"reasoning_effort": "low"}'
    )
    group.add_argument("--chunk-tokens", type=int, default=512, metavar="N", help="longest chunk (512)")
    group.add_argument("--tokenizer", default="o200k_base", metavar="T", help="that counts them (o200k_base)")


def add_pace(parser: argparse.ArgumentParser) -> None:
    """How fast."""
    group = parser.add_argument_group("pace")
    group.add_argument("--together", type=int, default=8, metavar="N", help="questions at a time (8)")
    group.add_argument("--rpm", type=float, metavar="N", help="requests a minute, at most")
    group.add_argument("--tpm", type=float, metavar="N", help="tokens a minute, at most; answers count at full length")
    group.add_argument("--tries", type=int, default=6, metavar="N", help="of one question (6)")
    group.add_argument("--backoff", type=float, default=1.0, metavar="S", help="seconds before the second try (1)")
    group.add_argument("--timeout", type=float, default=120.0, metavar="S", help="seconds for one answer (120)")


def add_cost(parser: argparse.ArgumentParser) -> None:
    """What it may cost."""
    group = parser.add_argument_group("cost")
    group.add_argument("--price-in", type=float, default=0.0, metavar="P", help="for a million tokens of requests")
    group.add_argument("--price-out", type=float, default=0.0, metavar="P", help="for a million tokens of answers")
    group.add_argument(
        "--budget", type=float, metavar="P", help="never spend more on this work folder, all runs together"
    )
    group.add_argument("--yes", action="store_true", help="ask the teacher without asking me")


def add_labels(parser: argparse.ArgumentParser) -> None:
    """What becomes of the answers."""
    group = parser.add_argument_group("labels")
    group.add_argument("--window", type=int, default=150, metavar="N", help="how far moved words are looked for (150)")
    group.add_argument(
        "--drop-variation", type=float, default=0.05, metavar="X", help="share left out by variation rate (0.05)"
    )
    group.add_argument("--drop-gap", type=float, default=0.10, metavar="X", help="then, by alignment gap (0.10)")


def add_training(parser: argparse.ArgumentParser) -> None:
    """How the encoder learns."""
    group = parser.add_argument_group("training")
    group.add_argument("--encoder", default=ENCODER, metavar="MODEL", help=f"folder or hub id ({ENCODER})")
    group.add_argument("--epochs", type=int, default=10, metavar="N", help="(10)")
    group.add_argument("--lr", type=float, default=1e-5, metavar="X", help="highest learning rate (1e-5)")
    group.add_argument("--batch-tokens", type=int, default=5120, metavar="N", help="padded pieces a batch (5120)")
    group.add_argument("--policy", default="all", metavar="P", help="pieces of a word that learn: all (default), first")
    group.add_argument(
        "--held-out", type=float, default=0.1, metavar="X", help="share to choose by, and judge by (0.1)"
    )
    group.add_argument("--seed", type=int, default=0, metavar="N", help="same seed, same model (0)")
    group.add_argument("--device", default="auto", metavar="D", help="auto (default), cpu, cuda, mps")
    group.add_argument("--bf16", action="store_true", help="compute in bfloat16 (for GPUs)")
    group.add_argument("--checkpoint-every", type=int, default=200, metavar="N", help="steps (200)")


def add_export(parser: argparse.ArgumentParser) -> None:
    """What is written."""
    group = parser.add_argument_group("model")
    group.add_argument("--no-onnx", dest="onnx", action="store_false", help="for torch only")
    group.add_argument("--int8", action="store_true", help="ONNX weights of eight bits: a quarter of the size")
    group.add_argument("--licence", default="", metavar="TEXT", help="of the model, for its card")


def _temperature(text: str) -> float | None:
    return None if text.lower() == "none" else float(text)


def _body(text: str) -> dict[str, Any]:
    fields = json.loads(text)
    if not isinstance(fields, dict):
        raise argparse.ArgumentTypeError(f"{text!r} is no JSON object")
    return fields


def work_of(arguments: WorkArguments) -> Work:
    """The work folder."""
    from tamis.distill.steps import Work

    return Work(Path(arguments.work))


def say_figures(arguments: Arguments, title: str, figures: Mapping[str, Any]) -> None:
    """Say what a step came to, unless nothing is to be said."""
    if not arguments.quiet:
        say(figures_line(title, figures))


def figures_line(title: str, figures: Mapping[str, Any]) -> str:
    """What a step came to, in one line."""
    return f"{title}: " + ", ".join(f"{what} {_figure(value)}" for what, value in figures.items())


def _figure(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.4g}" if isinstance(value, float) else str(value)
