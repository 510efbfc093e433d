"""`tamis novelty`: have we seen such input before? Each step is a module of this folder and a line here."""

from __future__ import annotations

import argparse

from tamis.edge.cli.command import Arguments, CommandEntry, LazyCommand, add_commands

STEPS: dict[str, CommandEntry] = {
    "fit": LazyCommand("tamis.edge.cli.novelty.fit", "learn what known texts look like"),
    "check": LazyCommand("tamis.edge.cli.novelty.check", "say which texts are novel, and why"),
}

EXAMPLES = """\
examples:
  tamis novelty fit prompts.jsonl -o ours.safetensors
  tamis novelty check ours.safetensors today.jsonl --rate 0.01"""


def add(parser: argparse.ArgumentParser) -> None:
    """The steps."""
    parser.epilog = EXAMPLES
    add_commands(parser, STEPS)


def run(arguments: Arguments) -> int:
    """Do one step."""
    return STEPS[arguments.step].load().run(arguments)
