"""Examples of tool output with a task, from the histories of git repositories: no teacher, no downloads.

The task is a commit's message; what its author must have looked at are the lines that the commit touched: in the
file as it was, in a search for one of its names, in a listing of the files, in the diff that brought these lines in.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from training.lines.history import Commit, commits, file_before, git, touched

CODE = (".py", ".go", ".rs", ".js", ".ts", ".java", ".c", ".h", ".rb", ".cpp", ".tsx", ".jsx")
SIZES = {"code": (60, 1500), "search": (12, 400), "listing": (30, 700), "diff": (40, 1500)}  # lines, least and most
MOST = 60  # touched lines of a commit that still has one purpose
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{4,}")
_TRAILER = re.compile(r"(?im)^(?:signed-off-by|co-authored-by|reviewed-by|change-id|pr-url|fixes|closes|refs?)\b.*$")


@dataclass(frozen=True, slots=True)
class LineExample:
    """Output of a tool, and which of its lines a task needs.

    Attributes:
        kind: "code", "search", "listing", "diff", "log".
        repository: where it comes from; train and test are divided by this.
        task: what somebody wants.
        text: what the tool printed.
        relevant: numbers of the lines, from 0.
    """

    kind: str
    repository: str
    task: str
    text: str
    relevant: tuple[int, ...]


def examples(repository: Path, name: str, most: int, seed: int = 0) -> Iterator[LineExample]:
    """Up to so many examples of each kind."""
    left = Counter(dict.fromkeys(SIZES, most))
    dice = random.Random(seed)
    for commit in commits(repository, 40 * most):
        if not +left:
            return
        lines = {path: rows for path, rows in touched(repository, commit).items() if path.endswith(CODE)}
        count = sum(map(len, lines.values()))
        task = _task(commit.message)
        if not (lines and 1 <= len(lines) <= 4 and 1 <= count <= MOST and len(task) > 15):
            continue
        for kind, text, relevant in _outputs(repository, commit, lines, task, dice):
            least, largest = SIZES[kind]
            if left[kind] > 0 and relevant and least <= text.count("\n") <= largest and len(text) < 100_000:
                left[kind] -= 1
                yield LineExample(kind, name, task, text, tuple(sorted(relevant)))


def _task(message: str) -> str:
    """What a message asks for, without its trailers."""
    return _TRAILER.sub("", message).strip()[:1000]


def _outputs(
    repository: Path, commit: Commit, lines: dict[str, list[int]], task: str, dice: random.Random
) -> Iterator[tuple[str, str, set[int]]]:
    """What tools would have shown, and the lines of it that were needed."""
    path = max(lines, key=lambda p: len(lines[p]))
    before = file_before(repository, commit, path)
    rows = before.splitlines()
    wanted = {row - 1 for row in lines[path] if row <= len(rows) and rows[row - 1].strip()}
    yield "code", before, wanted
    yield _search(repository, commit, lines, [rows[i] for i in wanted], task)
    listing = git(repository, "ls-tree", "-r", "--name-only", commit.parent)
    yield "listing", listing, {i for i, file in enumerate(listing.splitlines()) if file in lines}
    yield _origin(repository, commit, path, [rows[i].strip() for i in wanted])


def _search(
    repository: Path, commit: Commit, lines: dict[str, list[int]], texts: Sequence[str], task: str
) -> tuple[str, str, set[int]]:
    """A search for a name that stands in what was touched, one that the task says too if there is one."""
    names = list(dict.fromkeys(_NAME.findall(" ".join(texts))))
    names.sort(key=lambda word: (word not in task, -len(word)))
    for name in names[:4]:
        output = git(repository, "grep", "-n", "-I", "-w", name, commit.parent).replace(f"{commit.parent}:", "")
        if SIZES["search"][0] <= output.count("\n") <= SIZES["search"][1]:
            places = {f"{path}:{row}" for path, rows in lines.items() for row in rows}
            hits = {i for i, line in enumerate(output.splitlines()) if ":".join(line.split(":")[:2]) in places}
            if hits and len(hits) < 0.5 * output.count("\n"):
                return "search", output, hits
    return "search", "", set()


def _origin(repository: Path, commit: Commit, path: str, texts: Sequence[str]) -> tuple[str, str, set[int]]:
    """The diff of the commit that touched the file last, and its lines that this one touches again."""
    last = git(repository, "log", "-1", "--format=%H", commit.parent, "--", path).strip()
    output = git(repository, "show", "--no-color", "--format=commit %h%n%n%s%n", last) if last else ""
    known = {text for text in texts if len(text) > 6}
    hits = {
        i for i, line in enumerate(output.splitlines())
        if line[:1] in "+ " and not line.startswith("+++") and line[1:].strip() in known
    }  # fmt: skip
    return "diff", output, hits


def write(file: Path, rows: Sequence[LineExample]) -> None:
    """Write examples as JSON Lines."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def read(file: Path) -> list[LineExample]:
    """Read what `write` wrote."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [LineExample(**{**row, "relevant": tuple(row["relevant"])}) for row in rows]
