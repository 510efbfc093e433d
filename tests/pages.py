"""The code blocks of the documentation, and how they are run.

Blocks of `python` run in order, one namespace a page. In `console` blocks every line that starts with "$ " runs in
bash; lines behind it are the output that must appear ("..." stands for anything). `bash` blocks run line by line. A
block behind a `<!-- not run: REASON -->` comment is shown only; one behind `<!-- socket: NAME -->` runs where the
package of that socket is installed (`scripts/sockets.sh`).
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([ROOT / "README.md", ROOT / "examples" / "README.md", *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(
    r"(?:<!-- (?P<skip>not run|socket): (?P<why>[^\n]+) -->\n)?"
    r"^```(?P<kind>\w+)[^\n]*\n(?P<code>.*?)^```$",
    re.M | re.S,
)
DOES_NOT_RUN = ("pip install", "make ", "git clone", "cd ")


@dataclass(frozen=True)
class Block:
    """A fenced block of a page that is meant to run."""

    page: Path
    line: int
    kind: str
    code: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path, *, socket: str | None = None) -> list[Block]:
    """The blocks of a page that run everywhere; with `socket`, those that run with its package."""
    text = page.read_text(encoding="utf-8")
    mark = ("socket", socket) if socket else (None, None)
    return [
        Block(page, text.count("\n", 0, match.start("code")) + 1, match["kind"], match["code"])
        for match in FENCE.finditer(text)
        if (match["skip"], match["why"]) == mark
    ]


def sockets_of(page: Path) -> set[str]:
    """The sockets that blocks of a page name."""
    text = page.read_text(encoding="utf-8")
    return {match["why"] for match in FENCE.finditer(text) if match["skip"] == "socket"}


def run_python(sequence: Iterable[Block]) -> None:
    """Run the Python blocks of one page in order, in one namespace."""
    namespace: dict[str, object] = {"__name__": "docs"}
    for block in sequence:
        if block.kind == "python":
            code = compile("\n" * (block.line - 1) + block.code, str(block.page), "exec")
            exec(code, namespace)


def run_shell(block: Block, folder: Path) -> None:
    """Run the commands of a `bash` or `console` block in a folder; what they print must be what the page shows."""
    for command, expected in steps(block):
        done = shell(command, folder)
        assert done.returncode == 0, f"$ {command}\n{done.stdout}{done.stderr}"
        if expected:
            assert re.search(pattern(expected), done.stdout + done.stderr), f"$ {command}\n{done.stdout}{done.stderr}"


def steps(block: Block) -> list[tuple[str, str]]:
    """Return (command, expected output) pairs of a block, without what installs or builds."""
    code = block.code.replace("\\\n", " ")
    if block.kind == "console":
        parts = [part.partition("\n") for part in re.split(r"^\$ ", code, flags=re.M)[1:]]
        pairs = [(command, output.rstrip()) for command, _, output in parts]
    else:
        pairs = [(line, "") for line in code.splitlines() if line and line[0] != "#"]
    return [(command, output) for command, output in pairs if not command.startswith(DOES_NOT_RUN)]


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],
        cwd=folder,
        # (PYTHONPATH: `python -m training` is run from the source tree, which the desk is not)
        env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "COLUMNS": "100", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        check=False,
        timeout=300,
    )


def pattern(expected: str) -> str:
    """Turn shown output into a pattern: "..." stands for anything, white space for white space."""
    parts = [r"\s+".join(map(re.escape, part.split())) for part in expected.split("...")]
    return r"[\s\S]*?".join(parts)
