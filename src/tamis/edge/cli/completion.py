"""`tamis --print-completion SHELL`: what a shell needs to complete commands, options, their names and files.

The script is written by shtab, which walks the parsers; nothing of tamis runs while a user types.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from tamis.edge.cli.command import Parser

SHELLS = ("bash", "zsh", "tcsh")
FILES, FOLDERS = ("FILE", "PATH", "OUT"), ("DIR",)  # the metavars that stand for paths


class PrintCompletion(argparse.Action):
    """Prints the script and ends the program, as `--help` does."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        """Print; called by `argparse`."""
        assert isinstance(parser, Parser)
        sys.stdout.write(script(parser, str(values)))
        parser.exit()


def script(parser: Parser, shell: str) -> str:
    """The script for a shell, of all commands."""
    import shtab

    for _, command in parser.walk():
        for action in command.own_actions():
            if action.metavar in (*FILES, *FOLDERS):
                action.complete = shtab.FILE if action.metavar in FILES else shtab.DIRECTORY  # type: ignore[attr-defined]
            elif action.choices is None and (values := command.values.get(action.dest)):
                action.choices = values  # only for the script: what is wrong is told by the rooms, in their words
    return str(shtab.complete(parser, shell))
