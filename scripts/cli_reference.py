"""Rewrite docs/cli.md: what `--help` says of every command. `make fix` runs it, a test compares."""

from __future__ import annotations

import contextlib
import io
import os
import re
from pathlib import Path
from unittest import mock

PAGE = Path(__file__).resolve().parents[1] / "docs" / "cli.md"
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


def main() -> None:
    """Write the page."""
    head, _, _ = PAGE.read_text(encoding="utf-8").partition(MARK)
    PAGE.write_text(page(head), encoding="utf-8")


if __name__ == "__main__":
    main()
