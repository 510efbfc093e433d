"""The samples of docs/expect.md are what this version does."""

from __future__ import annotations

import importlib.util
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[1] / "scripts" / "expectations.py"


def test_the_samples_are_those_of_this_version() -> None:
    spec = importlib.util.spec_from_file_location("expectations", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    rows = script.samples()
    assert len({row["language"] for row in rows}) >= 6
    written = script.PAGE.read_text(encoding="utf-8").partition(script.MARK)[2]
    assert written == script.written(rows), "python scripts/expectations.py rewrites the page"
