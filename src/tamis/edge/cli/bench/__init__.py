"""`tamis bench`: benchmarks that a user can run. Each is a module of this folder and a line here."""

from __future__ import annotations

import argparse

from tamis.edge.cli.command import Arguments, CommandEntry, LazyCommand, add_commands

STEPS: dict[str, CommandEntry] = {
    "prompt": LazyCommand("tamis.edge.cli.bench.prompt", "compress texts of your own by several methods, and compare"),
    "memory": LazyCommand("tamis.edge.cli.bench.memory", "how much of the evidence for questions a memory recalls"),
    "traces": LazyCommand("tamis.edge.cli.bench.traces", "what is kept of the results of tools that agents read"),
    "screen": LazyCommand("tamis.edge.cli.bench.screen", "how often a grounder clicks right on pictures of your own"),
    "position": LazyCommand("tamis.edge.cli.bench.position", "how well a model looks things up, by where they stand"),
    "scbench": LazyCommand(
        "tamis.edge.cli.bench.scbench", "compare sparse attention, caches and prompt compression on shared contexts"
    ),
}


def add(parser: argparse.ArgumentParser) -> None:
    """The benchmarks."""
    parser.epilog = "examples:\n" + "\n".join(f"  tamis bench {name}" for name in STEPS)
    add_commands(parser, STEPS)


def run(arguments: Arguments) -> int:
    """Run one."""
    return STEPS[arguments.step].load().run(arguments)
