"""One mechanism an idea: what only one place of the package may do, found in its source."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "tamis"
MOVES = r"\bos\.(?:replace|rename)\(|\.replace\(\s*[\w.]+\s*\)|\bmkstemp\b|\bNamedTemporaryFile\b"
KINDS = (".py", ".html", ".css", ".js")
ONLY = (  # what, the pattern that betrays it, the one place
    ("HTTP clients", r"^\s*(?:import|from) (?:httpx|requests|aiohttp|urllib\.request|http\.client)\b", "io/http.py"),
    ("pages' policies", r"Content-Security-Policy", "io/page.py"),
    ("pages' frames", r"(?i)<!doctype", "io/page.py"),
    ("database drivers", r"^\s*(?:import|from) (?:sqlite3|psycopg|sqlcipher3)\b", "io/database/"),
    ("writers of whole files", MOVES, "io/files.py"),
    ("ways to the disk", r"\bos\.fsync\b", ("io/files.py", "io/journal.py")),
    ("locked journals", r"^\s*import (?:fcntl|msvcrt)\b|\bO_APPEND\b", "io/journal.py"),
    ("progress bars", r"^\s*(?:import|from) (?:rich\.progress|tqdm|alive_progress)\b", "io/progress.py"),
    ("readers of versions", r"""\[["'](?:schema|version)["']\]|\.(?:pop|get)\(["'](?:schema)["']""", "io/schema.py"),
)


@pytest.mark.parametrize(("what", "pattern", "place"), ONLY, ids=[what for what, _, _ in ONLY])
def test_only_one_place_has(what: str, pattern: str, place: str | tuple[str, ...]) -> None:
    texts = [path for folder in (SOURCE, ROOT / "training") for path in folder.rglob("*") if path.suffix in KINDS]
    places = [path for path in texts if re.search(pattern, path.read_text(encoding="utf-8"), re.MULTILINE)]
    names = [path.relative_to(ROOT).as_posix().removeprefix("src/tamis/") for path in places]
    assert names, f"the pattern for {what} finds nothing"
    assert all(name.startswith(place) for name in names), f"{what} belong into {place} alone: {names}"
