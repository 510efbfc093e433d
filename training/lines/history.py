"""Read a git repository: its commits, what they touched, and what tools would have shown before them."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@")


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit: its hash, its first parent, and its message."""

    name: str
    parent: str
    message: str


def git(repository: Path, *words: str) -> str:
    """What a git command prints; "" where it fails."""
    done = subprocess.run(["git", "-C", str(repository), *words], capture_output=True, check=False)
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""


def commits(repository: Path, limit: int) -> Iterator[Commit]:
    """The newest commits that are no merges, newest first."""
    log = git(repository, "log", "--no-merges", f"-{limit}", "--format=%H%x00%P%x00%B%x01")
    for entry in log.split("\x01"):
        name, _, rest = entry.strip().partition("\0")
        parents, _, message = rest.partition("\0")
        if len(parents.split()) == 1:
            yield Commit(name, parents.strip(), message.strip())


def touched(repository: Path, commit: Commit) -> dict[str, list[int]]:
    """By path, the lines (from 1) of the files before a commit that it deleted or put something behind."""
    patch = git(repository, "diff", "-U0", "--no-color", "--no-renames", "--diff-filter=M", commit.parent, commit.name)
    lines: dict[str, list[int]] = {}
    path = ""
    for line in patch.splitlines():
        if line.startswith("--- a/"):
            path = line[6:]
        elif path and (hunk := _HUNK.match(line)):
            start, count = int(hunk.group(1)), int(hunk.group(2) or 1)
            lines.setdefault(path, []).extend(range(start, start + count) if count else [start] * (start > 0))
    return lines


def file_before(repository: Path, commit: Commit, path: str) -> str:
    """A file as it was before a commit."""
    return git(repository, "show", f"{commit.parent}:{path}")
