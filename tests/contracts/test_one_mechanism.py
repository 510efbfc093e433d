"""One mechanism an idea: what only one place of the package may do, found in its source."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "tamis"
ONLY = (  # what, the pattern that betrays it, the one place
    ("HTTP clients", r"^\s*(?:import|from) (?:httpx|requests|aiohttp|urllib\.request|http\.client)\b", "io/http.py"),
    ("pages' policies", r"Content-Security-Policy", "io/page.py"),
    ("pages' frames", r"(?i)<!doctype", "io/page.py"),
    ("database drivers", r"^\s*(?:import|from) (?:sqlite3|psycopg|sqlcipher3)\b", "io/database/"),
)


@pytest.mark.parametrize(("what", "pattern", "place"), ONLY, ids=[what for what, _, _ in ONLY])
def test_only_one_place_has(what: str, pattern: str, place: str) -> None:
    texts = [path for path in SOURCE.rglob("*") if path.suffix in (".py", ".html", ".css", ".js")]
    places = [path for path in texts if re.search(pattern, path.read_text(encoding="utf-8"), re.MULTILINE)]
    names = [path.relative_to(SOURCE).as_posix() for path in places]
    assert names, f"the pattern for {what} finds nothing"
    assert all(name.startswith(place) for name in names), f"{what} belong into {place} alone: {names}"
