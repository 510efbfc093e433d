"""`tamis models`: what is installed."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from tamis.edge.cli.command import Arguments, add_json, describe

if TYPE_CHECKING:
    from tamis.models import ModelInfo

EXAMPLES = """\
examples:
  tamis models
  tamis models --json"""


def add(parser: argparse.ArgumentParser) -> None:
    """The options of `tamis models`."""
    describe(parser, epilog=EXAMPLES)
    add_json(parser, "print them as JSON")


def run(arguments: Arguments) -> int:
    """Print the installed models, as a list or as JSON."""
    from tamis.models import models

    cards = models()
    if arguments.json:
        print(json.dumps([_as_dict(info) for info in cards], ensure_ascii=False, indent=2))
        return 0
    print("\n\n".join(_card(info) for info in cards) or "no models are installed: reinstall tamis")
    print("\nAny token classifier works too: tamis compress --method llmlingua2 --model FOLDER (extra: torch)")
    print("So does any causal language model: tamis compress --method llmlingua --model FOLDER (extra: torch)")
    return 0


def _as_dict(info: ModelInfo) -> dict[str, object]:
    return {
        "name": info.name,
        "path": str(info.path),
        "size": info.size,
        "licence": info.licence,
        "sha256": dict(info.sha256),
        "heads": list(info.heads),
        "note": info.note,
    }


def _card(info: ModelInfo) -> str:
    lines = {
        "size": f"{info.size / 1e6:.1f} MB",
        "licence": info.licence,
        "says": ", ".join(info.heads),
        "path": str(info.path),
        **{f"sha256 of {name}": digest for name, digest in info.sha256.items()},
    }
    named = info.note.startswith(info.name)
    head = info.note if named else f"{info.name}: {info.note}"
    return "\n".join([head, *(f"  {what}: {value}" for what, value in lines.items() if value)])
