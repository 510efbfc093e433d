"""The commands that remember, recall and keep a memory in order."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

from .cli import command, command_and_file
from .memory import RECALL_QUESTIONS
from .outcomes import Calls
from .places import EXAMPLES
from .talks import write

CHATS = EXAMPLES / "chats.jsonl"


def commanding_memories(folder: Path) -> Calls:
    """Remember, recall, memory."""
    database, page, bad = ["--memory", folder / "cli.db"], folder / "page.html", write(folder, "bad.json")
    calls = {**_recalls(), **_looks(), **_changes(folder / "backup.jsonl"), **_wrong(folder / "nothing.txt", bad)}
    for label, arguments in calls.items():
        yield label, partial(command, *arguments, *database)
    note = "Ann moved to Lyon in May."
    yield "stdin", partial(command, "remember", "-", "--session", "note", *database, stdin=note)
    yield "stats", lambda: re.sub(r"bytes +[\d,]+", "bytes <size>", command("memory", "stats", *database)["stdout"])
    show = ("memory", "show", "--html", page)
    yield "page", partial(command_and_file, page, *show, "-q", "new job", *database)
    yield "page/session", partial(command_and_file, page, *show, *database)


def _recalls() -> dict[str, list[object]]:
    return {
        "unknown": ["recall", "boat"],
        "remember": ["remember", CHATS],
        "again": ["remember", CHATS, "--json"],
        "recall": ["recall", RECALL_QUESTIONS[0], "-t", 200],
        "json": ["recall", RECALL_QUESTIONS[0], "-t", 100, "--json"],
        "explain": ["recall", RECALL_QUESTIONS[1], "-t", 150, "--explain", "--now", "2025-06-01"],
        "compress": ["recall", RECALL_QUESTIONS[2], "-t", 120, "--compress", 0.5],
    }


def _looks() -> dict[str, list[object]]:
    return {
        "ls": ["memory", "ls"],
        "ls json": ["memory", "ls", "--json"],
        "scopes": ["memory", "ls", "--scopes"],
        "show": ["memory", "show", "boat"],
        "show none": ["memory", "show", "nowhere"],
        "check": ["memory", "check"],
    }


def _changes(backup: Path) -> dict[str, list[object]]:
    return {
        "export": ["memory", "export", backup],
        "import": ["memory", "import", backup, "--scope", "copy"],
        "forget": ["memory", "forget", "--query", "allergic eggs"],
        "forget json": ["memory", "forget", "--session", "boat", "--json"],
        "forget yes": ["memory", "forget", "--session", "boat", "--yes"],
        "forget none": ["memory", "forget"],
        "expire": ["memory", "expire"],
        "reembed": ["memory", "reembed"],
        "after": ["recall", RECALL_QUESTIONS[0], "-t", 100],
    }


def _wrong(missing: Path, bad: Path) -> dict[str, list[object]]:
    return {
        "bad json": ["remember", bad],
        "kind": ["remember", bad, "--kind", "claude"],
        "missing": ["remember", missing],
        "ttl": ["remember", CHATS, "--ttl", "soon"],
        "now": ["recall", "boat", "--now", "soon"],
        "tokens": ["recall", "boat", "-t", -5],
        "scope": ["recall", "boat", "--scope", "a//b"],
        "import bad": ["memory", "import", bad],
    }
