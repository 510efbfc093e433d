"""Sessions of agents to measure chats on: recorded ones, and walks through the history of a repository.

Recorded: `.traj` files of SWE-agent (MIT). Walks: a commit's message is the task, and the agent lists, searches, reads
and reads again what the commit touches, as it was before and after; every result is what git says.
"""

from __future__ import annotations

import json
import random
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SYSTEM = "You are a careful software engineer. Use the tools to look before you change anything."
LARGE = 120_000  # characters of a result, as agents cut them
Messages = list[dict[str, Any]]


def recorded(folder: Path) -> Iterator[tuple[str, Messages]]:
    """The sessions of `.traj` files: every observation becomes the result of the action before it."""
    for file in sorted(folder.rglob("*.traj")):
        steps = json.loads(file.read_text(encoding="utf-8"))
        if "trajectory" not in steps:
            continue
        task = next((m["content"] for m in steps.get("history", []) if m.get("role") == "user"), "Solve the task.")
        chat: Messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": str(task)}]
        for number, step in enumerate(steps["trajectory"]):
            words = str(step.get("thought") or "")
            chat += call(number, "bash", {"command": step.get("action", "")}, str(step.get("observation", "")), words)
        yield file.stem, chat


def call(number: int, name: str, arguments: dict[str, Any], result: str, words: str = "") -> Messages:
    """A call and its result, in the dialect of Anthropic."""
    ident = f"toolu_{number:03}"
    said: list[dict[str, Any]] = [{"type": "text", "text": words}] if words else []
    use = {"type": "tool_use", "id": ident, "name": name, "input": arguments}
    outcome = {"type": "tool_result", "tool_use_id": ident, "content": result[:LARGE]}
    return [{"role": "assistant", "content": [*said, use]}, {"role": "user", "content": [outcome]}]


def walks(repository: Path, count: int, seed: int = 0) -> Iterator[tuple[str, Messages]]:
    """Sessions along some commits of a repository, newest first among those that touch one to six files."""
    commits = git(repository, "log", "--no-merges", "--format=%H", "-n", "400").split()
    random.Random(seed).shuffle(commits)
    for commit in commits:
        touched = [f for f in git(repository, "show", "--format=", "--name-only", commit).splitlines() if f]
        if 1 <= len(touched) <= 6 and count > 0:
            count -= 1
            yield commit[:9], walk(repository, commit, touched)


def walk(repository: Path, commit: str, touched: list[str]) -> Messages:
    """One session: look around, search, read, look at the history, change, read again, look at the tests."""
    before, task = f"{commit}^", git(repository, "log", "-1", "--format=%B", commit)
    diff = git(repository, "show", "--format=", commit)
    names = re.findall(r"^[-+].*?\b([a-z]+_[a-z_]+|[A-Z][a-z]+[A-Z]\w+)\b", diff, re.MULTILINE)
    steps: list[tuple[str, dict[str, Any], str, str]] = []

    def add(name: str, arguments: dict[str, Any], result: str, words: str = "") -> None:
        steps.append((name, arguments, result, words))

    def read(commit: str, file: str, words: str = "") -> None:
        add("read_file", {"path": file}, git(repository, "show", f"{commit}:{file}"), words)

    add("list_files", {"path": "."}, git(repository, "ls-tree", "-r", "--name-only", before), "I look around first.")
    for name in list(dict.fromkeys(names))[:3]:
        add("grep", {"pattern": name}, git(repository, "grep", "-n", name, before), f"Where is `{name}` used?")
    for file in touched[:4]:
        read(before, file, f"Now `{file}`.")
    add(
        "bash", {"command": f"git log -n 12 {touched[0]}"}, git(repository, "log", "-n", "12", before, "--", touched[0])
    )
    read(before, touched[0], "I look at it once more before I change it.")
    add("bash", {"command": "git diff"}, diff, "I have made the change.")
    read(commit, touched[0], "Does it read well now?")
    for file in git(repository, "grep", "-l", Path(touched[0]).stem, commit).splitlines()[:3]:
        read(commit, file.partition(":")[2], "Who else depends on it?")
    read(commit, touched[0], "One last look.")
    chat: Messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": task}]
    for number, (name, arguments, result, words) in enumerate(steps):
        chat += call(number, name, arguments, result or "(nothing)", words)
    return [*chat, {"role": "assistant", "content": "It is done."}]


def git(repository: Path, *arguments: str) -> str:
    """What git prints; nothing where it fails."""
    done = subprocess.run(["git", "-C", str(repository), *arguments], capture_output=True, check=False)
    return done.stdout.decode("utf-8", "replace")
