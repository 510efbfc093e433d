"""The arguments of `tamis distill` and its steps. Imports nothing that is slow."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from typing import Any

_MORE = """\
Texts are cut into chunks, a teacher behind any OpenAI-compatible server shortens them, its deletions become labels, an
encoder learns them and is calibrated, judged on held-out documents, and written to DIR/model with a card:

  tamis compress FILE --method llmlingua2 --model DIR/model

What it will cost is said before, and while it runs. Every answer is put on the disk before anything else happens to
it: after Ctrl-C, a kill or a power failure run the same line again, and nothing that was answered is asked twice."""

_EXAMPLES = """\
examples:
  tamis distill run notes/ --out work --teacher https://api.openai.com/v1#gpt-4o-mini \\
      --price-in 0.15 --price-out 0.60 --encoder FacebookAI/xlm-roberta-base
  tamis distill run corpus.jsonl --out work --teacher http://127.0.0.1:8080/v1#local --yes
  tamis distill status work
  tamis distill label work --drop-variation 0.1 && tamis distill train work && tamis distill export work --int8

exit codes: 0 done, 1 some chunks have no answer, 2 arguments or input cannot be used, 130 interrupted"""

_STEPS = {
    "run": (
        "do all steps",
        "tamis distill run notes/ --out work --teacher https://api.openai.com/v1#gpt-4o-mini --price-in 0.15 "
        "--price-out 0.60",
    ),
    "ask": (
        "cut texts into chunks and ask the teacher",
        "tamis distill ask corpus.jsonl --out work --teacher http://127.0.0.1:8080/v1#local --together 32 --yes",
    ),
    "label": ("label words by the answers, leave out the worst", "tamis distill label work --drop-gap 0.05"),
    "train": ("train an encoder on the labels", "tamis distill train work --encoder answerdotai/ModernBERT-base"),
    "export": ("calibrate, judge and write the model", "tamis distill export work --int8 --licence CC-BY-4.0"),
    "status": ("say how far a work folder is", "tamis distill status work --json"),
}

ENCODER = "google-bert/bert-base-multilingual-cased"  # the smaller of the paper's two


class Distilling(argparse.Namespace):
    """What the command line says; options of steps that were not called are missing."""

    step: str | None
    files: list[str]
    work: str
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
    window: int
    drop_variation: float
    drop_gap: float
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
    onnx: bool
    int8: bool
    licence: str
    json: bool


def add_distill(parser: argparse.ArgumentParser) -> None:
    """Give `tamis distill` its steps."""
    parser.description = f"{parser.description}\n\n{_MORE}"
    parser.epilog = _EXAMPLES
    steps = parser.add_subparsers(dest="step", title="steps", required=True)
    for name, (says, example) in _STEPS.items():
        step = steps.add_parser(
            name,
            help=says,
            description=f"{says[0].upper()}{says[1:]}.",
            epilog=f"example:\n  {example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        step.add_argument(
            "--debug", action="store_true", default=argparse.SUPPRESS, help="show where an error comes from"
        )
        for add in _OF[name]:
            add(step)


def _add_files(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="TEXT", help='files, folders, patterns; JSONL rows with "text"')
    parser.add_argument("--out", dest="work", required=True, metavar="DIR", help="the work folder; made if missing")


def _add_work(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("work", metavar="DIR", help="the work folder")


def _add_teacher(parser: argparse.ArgumentParser) -> None:
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


def _add_pace(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("pace")
    group.add_argument("--together", type=int, default=8, metavar="N", help="questions at a time (8)")
    group.add_argument("--rpm", type=float, metavar="N", help="requests a minute, at most")
    group.add_argument("--tpm", type=float, metavar="N", help="tokens a minute, at most; answers count at full length")
    group.add_argument("--tries", type=int, default=6, metavar="N", help="of one question (6)")
    group.add_argument("--backoff", type=float, default=1.0, metavar="S", help="seconds before the second try (1)")
    group.add_argument("--timeout", type=float, default=120.0, metavar="S", help="seconds for one answer (120)")


def _add_cost(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("cost")
    group.add_argument("--price-in", type=float, default=0.0, metavar="P", help="for a million tokens of requests")
    group.add_argument("--price-out", type=float, default=0.0, metavar="P", help="for a million tokens of answers")
    group.add_argument(
        "--budget", type=float, metavar="P", help="never spend more on this work folder, all runs together"
    )
    group.add_argument("--yes", action="store_true", help="ask the teacher without asking me")


def _add_labels(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("labels")
    group.add_argument("--window", type=int, default=150, metavar="N", help="how far moved words are looked for (150)")
    group.add_argument(
        "--drop-variation", type=float, default=0.05, metavar="X", help="share left out by variation rate (0.05)"
    )
    group.add_argument("--drop-gap", type=float, default=0.10, metavar="X", help="then, by alignment gap (0.10)")


def _add_training(parser: argparse.ArgumentParser) -> None:
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


def _add_export(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("model")
    group.add_argument("--no-onnx", dest="onnx", action="store_false", help="for torch only")
    group.add_argument("--int8", action="store_true", help="ONNX weights of eight bits: a quarter of the size")
    group.add_argument("--licence", default="", metavar="TEXT", help="of the model, for its card")


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print it as JSON")


_ASK = (_add_files, _add_teacher, _add_pace, _add_cost)
_OF: dict[str, tuple[Callable[[argparse.ArgumentParser], None], ...]] = {
    "run": (*_ASK, _add_labels, _add_training, _add_export),
    "ask": _ASK,
    "label": (_add_work, _add_labels),
    "train": (_add_work, _add_training),
    "export": (_add_work, _add_export),
    "status": (_add_work, _add_json),
}


def _temperature(text: str) -> float | None:
    return None if text.lower() == "none" else float(text)


def _body(text: str) -> dict[str, Any]:
    made = json.loads(text)
    if not isinstance(made, dict):
        raise argparse.ArgumentTypeError(f"{text!r} is no JSON object")
    return made
