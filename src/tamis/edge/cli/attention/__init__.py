"""`tamis attention`: how sparsely a model may read. Each step is a module of this folder and a line here."""

from __future__ import annotations

import argparse

from tamis.edge.cli.command import Arguments, CommandEntry, LazyCommand, add_commands

STEPS: dict[str, CommandEntry] = {
    "search": LazyCommand("tamis.edge.cli.attention.search", "say how sparsely a model may read within a bound"),
}

EXAMPLES = """\
examples:
  tamis attention search --model ./SmolLM2-135M book.txt talk.txt -o plan.json"""


def add(parser: argparse.ArgumentParser) -> None:
    """The steps."""
    parser.epilog = EXAMPLES
    add_commands(parser, STEPS)


def run(arguments: Arguments) -> int:
    """Do one step."""
    return STEPS[arguments.step].load().run(arguments)
