"""Rewrite docs/cli.md and docs/tamis.1: what `--help` says of every command. `make fix` runs it, a test compares.

The man page is made by argparse-manpage, which reads the parsers themselves; the wheel puts it into share/man/man1.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
from pathlib import Path
from unittest import mock

PAGE = Path(__file__).resolve().parents[1] / "docs" / "cli.md"
MAN = PAGE.with_name("tamis.1")
SUMMARY = "keep what matters in a language model's context"
MARK = "<!-- From here on: written by scripts/cli_reference.py -->\n"
WIDTH = "80"


def helps() -> dict[str, str]:
    """Return the help text of `tamis`, of each of its commands and of their steps, in the order of their listing."""
    from tamis.edge.cli.table import build

    return {" ".join(("tamis", *command)): help_of(*command) for command, _ in build().walk()}


def help_of(*command: str) -> str:
    """Return what `tamis COMMAND --help` prints on a terminal of fixed width, without colours."""
    from tamis.edge.cli import main

    printed = io.StringIO()
    plain = {"COLUMNS": WIDTH, "NO_COLOR": "1", "TERM": "dumb"}
    with mock.patch.dict(os.environ, plain), contextlib.redirect_stdout(printed), contextlib.suppress(SystemExit):
        main([*command, "--help"])
    return printed.getvalue().strip()


def normal(text: str) -> str:
    """Return the text without what differs between versions of Python: line breaks, and a short option's metavar."""
    text = re.sub(r"(?<!\S)(-\w) ([A-Z_]+|\{[^}]*\}), (--[\w-]+)", r"\1, \3", text)
    return " ".join(text.split())


def page(head: str) -> str:
    """Return the page: its hand-written head, and a section for each command."""
    sections = [f"## {command}\n\n```text\n{text}\n```\n" for command, text in helps().items()]
    return head + MARK + "\n" + "\n".join(sections)


def man_page() -> str:
    """Return the man page, of all commands: what `--help` says, examples with their line breaks kept."""
    from argparse_manpage.manpage import Manpage

    from tamis.edge.cli.table import build

    with mock.patch.dict(os.environ, {"COLUMNS": "10000"}):  # lines are broken by `man`
        parser = build()
        for path, command in parser.walk():
            examples = f".nf\n{command.epilog}\n.fi"
            if path:
                command.description = f"{command.description}\n\n{examples}"
            else:
                command.epilog = examples
        says = {"project_name": "tamis", "description": SUMMARY, "manual_title": "tamis"}
        manual = Manpage(parser, says, format="single-commands-section")
        manual.date = ""  # it is of a version, and the same whenever it is made
        return str(manual)


def main() -> None:
    """Write the page and the man page."""
    head, _, _ = PAGE.read_text(encoding="utf-8").partition(MARK)
    PAGE.write_text(page(head), encoding="utf-8")
    MAN.write_text(man_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
