"""How far a work folder is; reads only, and disturbs nothing that runs. Loads no torch."""

from __future__ import annotations

import json
from typing import Any

from tamis.distill.chunk import load_chunks
from tamis.distill.cost import Price
from tamis.distill.journal import read_journal
from tamis.distill.steps import AskSettings, Work
from tamis.errors import InvalidInput


def status(work: Work) -> dict[str, dict[str, Any]]:
    """Figures by step, of the steps that have begun.

    Raises:
        InvalidInput: it is no work folder, or a file of it is damaged.
    """
    if not work.folder.is_dir():
        hint = "Begin with: tamis distill run TEXT --out DIR."
        raise InvalidInput(f"There is no work folder {str(work.folder)!r}.", hint=hint)
    summary = {"answers": _answers(work)}
    for title, name in (("labels", "label.json"), ("training", "train.json")):
        if (work / name).exists():
            summary[title] = _short(json.loads((work / name).read_text(encoding="utf-8")))
    checkpoints = list((work / "train").glob("*/checkpoint.safetensors"))
    if "training" not in summary and checkpoints:
        summary["training"] = {"checkpoints": len(checkpoints)}
    if (work / "model" / "config.json").exists():
        summary["model"] = {"folder": str(work / "model"), "files": len(list((work / "model").iterdir()))}
    return summary


def _answers(work: Work) -> dict[str, Any]:
    """Of the present chunks and wording; "paid" counts all that is in the journal."""
    request, chunks = AskSettings.of(work), load_chunks(work / "chunks.jsonl")
    answers = read_journal(work / "answers.jsonl")
    done = sum(request.wording.key(chunk) in answers for chunk in chunks)
    tokens_in = sum(answer.tokens_in for answer in answers.values())
    tokens_out = sum(answer.tokens_out for answer in answers.values())
    return {
        "teacher": request.wording.model,
        "chunks": len(chunks),
        "answered": done,
        "open": len(chunks) - done,
        "paid": len(answers),
        "tokens in": tokens_in,
        "tokens out": tokens_out,
        **({} if request.price == Price() else {"money": round(request.price.of(tokens_in, tokens_out), 4)}),
    }


def _short(note: dict[str, Any]) -> dict[str, Any]:
    """The figures of a step without its settings and histories."""
    figures = note.get("figures", note)
    return {name: value for name, value in figures.items() if not isinstance(value, (dict, list))}
