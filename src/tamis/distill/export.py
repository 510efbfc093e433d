"""From a trained classifier to the folder that `tamis compress --model` takes, with torch and without."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import nn

from tamis.distill.evaluate import figures
from tamis.distill.graph import build
from tamis.distill.label import Marked
from tamis.distill.lessons import Lesson, lessons
from tamis.distill.quiet import quiet
from tamis.errors import ModelError
from tamis.io.files import digest, write
from tamis.models.classifier_onnx import FORMAT, KIND, SECTION, load_onnx_classifier
from tamis.models.sequences import SequenceReader
from tamis.models.transformers.hub import Place, bare

KEEP = 1
PROBES = 4  # sequences, of different lengths, that prove the graph


@dataclass(frozen=True)
class ModelForm:
    """What is to be written.

    Attributes:
        onnx: also a graph for onnxruntime. int8: with weights of eight bits.
        about: sections for the card, title -> (what, value) rows.
        licence: of the model, as its maker says; for the card.
    """

    onnx: bool = True
    int8: bool = False
    licence: str = ""
    about: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def cool(model: Any, temperature: float) -> None:
    """Build a temperature into the last layer, so that whoever runs the weights gets calibrated probabilities.

    Raises:
        ModelError: the model does not end in a linear layer.
    """
    last = [layer for layer in model.modules() if isinstance(layer, nn.Linear)][-1:]
    if not last or last[0].out_features != model.config.num_labels:
        raise ModelError(f"{type(model).__name__} does not end in a linear layer.", hint="Leave out calibration.")
    with torch.no_grad():
        last[0].weight.div_(temperature)
        if last[0].bias is not None:
            last[0].bias.div_(temperature)


def export(model: Any, tokenizer: Any, folder: Path, *, test: Sequence[Marked], form: ModelForm) -> dict[str, Any]:
    """Write the model's folder; `config.json`, without which it is none, comes last. Returns the figures by form.

    tokenizer -- its `model_max_length` is the longest sequence that the model was taught

    Raises:
        ModelError: the model has no ONNX form.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").unlink(missing_ok=True)
    (folder / "model.onnx").unlink(missing_ok=True)
    model = model.cpu().float().eval()
    limit = tokenizer.model_max_length
    with quiet():
        model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    described = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    (folder / "config.json").unlink()
    if form.onnx:
        build(model, _probes(test, SequenceReader(bare(tokenizer), limit)), folder / "model.onnx", int8=form.int8)
        described[SECTION] = {"format": FORMAT, "kind": KIND, "onnx": "model.onnx", "limit": limit, "keep_label": KEEP}
    write(folder / "config.json", (json.dumps(described, indent=2) + "\n").encode())
    measured = judged(folder, test, form)
    write(folder / "README.md", card(folder, form, measured).encode())
    return measured


def _probes(test: Sequence[Marked], reader: SequenceReader) -> list[Lesson]:
    """Sequences from the shortest to the longest."""
    ranked = sorted(lessons(test, reader), key=lambda one: len(one.ids))
    return [ranked[round(i * (len(ranked) - 1) / (PROBES - 1))] for i in range(PROBES)]


def judged(folder: Path, test: Sequence[Marked], form: ModelForm) -> dict[str, Any]:
    """The figures of each form in the folder."""
    from tamis.models.classifier import load_classifier

    table = {"safetensors (torch)": figures(load_classifier(folder, Place("cpu")), test)}
    if form.onnx:
        name = "int8 (onnxruntime)" if form.int8 else "float32 (onnxruntime)"
        table[name] = figures(load_onnx_classifier(folder), test)
    return table


def card(folder: Path, form: ModelForm, measured: Mapping[str, Mapping[str, float]]) -> str:
    """The model card: what it is, what it was made of, how good it is."""
    lines = [
        "# A keep-or-drop classifier of tokens",
        "",
        "Distilled from a teacher's deletions with `tamis distill` (the method of LLMLingua-2, arXiv 2403.12968):",
        "label 1 (`keep`) is the probability that a word survives.",
        "",
        "    tamis compress FILE --method llmlingua2 --model FOLDER",
        "",
        f"Licence: {form.licence or 'not stated by its maker; mind those of the texts, the encoder and the teacher.'}",
    ]
    for title, rows in form.about.items():
        lines += ["", f"## {title}", "", "| what | value |", "|---|---|"]
        lines += [f"| {what} | {_cell(value)} |" for what, value in rows.items()]
    lines += ["", "## Figures, on held-out texts, by words", ""]
    lines += [f"| measure | {' | '.join(measured)} |", "|---" * (len(measured) + 1) + "|"]
    for name in dict.fromkeys(name for one in measured.values() for name in one):
        lines.append(f"| {name} | {' | '.join(_cell(one.get(name, '')) for one in measured.values())} |")
    lines += ["", "## Files", "", "| file | sha256 |", "|---|---|"]
    lines += [f"| {path.name} | {digest(path)} |" for path in sorted(folder.iterdir()) if path.name in _LISTED]
    return "\n".join([*lines, ""])


_LISTED = {"model.safetensors", "model.onnx", "tokenizer.json"}


def _cell(value: object) -> str:
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text.replace("|", "\\|").replace("\n", " ")
