"""`tamis distill`: chunks, costs, answers of a teacher by rule, labels, status, and an encoder that learns them."""

from __future__ import annotations

import sys
from functools import partial
from importlib import util
from pathlib import Path
from types import ModuleType

from .cli import command
from .compress import compression
from .inputs import ENGLISH, transcript
from .models import model_folders
from .outcomes import Calls
from .places import EXAMPLES


def distilling(folder: Path) -> Calls:
    """`tamis distill`: chunks, costs, answers of a teacher by rule, labels, status, training."""
    teacher, text, work = _teacher(), folder / "talk.txt", folder / "work"
    text.write_text(transcript()[:15_000], encoding="utf-8")
    with teacher.served(teacher.Rule()) as url:
        yield "status/none", partial(command, "distill", "status", work)
        yield from _answers([text, "--out", work, "--teacher", f"{url}#rule", "--chunk-tokens", 200])
        yield from _labels(work)
        yield "export/early", partial(command, "distill", "export", work)
        yield from _training(folder, work)


def _teacher() -> ModuleType:
    """The example's teacher, as a module: examples are no package."""
    spec = util.spec_from_file_location("teacher", EXAMPLES / "teacher.py")
    assert spec is not None and spec.loader is not None  # noqa: PT018
    teacher = util.module_from_spec(spec)
    sys.modules["teacher"] = teacher
    spec.loader.exec_module(teacher)
    return teacher


def _answers(arguments: list[object]) -> Calls:
    ask = partial(command, "distill", "ask", *arguments)
    yield "cost", partial(ask, "--price-in", 0.15, "--price-out", 0.6)
    yield "ask", partial(ask, "--yes", "--together", 1)
    yield "ask/again", partial(ask, "--yes")
    yield "budget", partial(ask, "--yes", "--budget", -1)


def _labels(work: Path) -> Calls:
    yield "label", partial(command, "distill", "label", work)
    yield "label/more", partial(command, "distill", "label", work, "--drop-variation", 0.2, "--window", 20)
    yield "status", partial(command, "distill", "status", work)
    yield "status/json", partial(command, "distill", "status", work, "--json")
    for name in ("chunks.jsonl", "labels.jsonl"):
        yield name, partial((work / name).read_text, encoding="utf-8")


def _training(folder: Path, work: Path) -> Calls:
    """An encoder that knows nothing learns the labels."""
    encoder, model = model_folders(folder / "models")["encoder"], work / "model"
    train = ["--encoder", encoder, "--epochs", 2, "--lr", 0.003, "--batch-tokens", 1024, "--device", "cpu"]
    yield "train", partial(command, "distill", "train", work, *train)
    yield "exported", partial(command, "distill", "export", work, "--int8", "--licence", "CC-BY-4.0")
    yield "card", lambda: (model / "README.md").read_text(encoding="utf-8")
    yield "files", lambda: sorted(path.name for path in model.rglob("*"))
    yield "status/trained", partial(command, "distill", "status", work)
    yield "used", lambda: compression(ENGLISH, rate=0.4, method="llmlingua2", model=str(model))
