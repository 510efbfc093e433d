"""A desk to work at, and a command line that is called as in a shell but in this process."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tamis.edge.cli import main

TEXT = (
    "The harbour committee met on Tuesday, 14 March 2023, to look again at the plan for the north quay.\n\n"
    "Ms. Aalto said that the dredging had cost 1,280,000 euros so far, which was not within the budget. "
    "No further work will be ordered before the survey is in; she will write to the contractor by Friday.\n"
)


@dataclass(frozen=True)
class Outcome:
    """What a command left behind: exit code, stdout, stderr."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode("utf-8")

    @property
    def json(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads(self.out)
        return loaded


Tamis = Callable[..., Outcome]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder as working directory, with one good text in it."""
    (tmp_path / "good.txt").write_text(TEXT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    return tmp_path


@pytest.fixture
def tamis(desk: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Tamis:
    """The command line; `stdin` is what is piped in."""

    def call(*argv: str, stdin: bytes = b"") -> Outcome:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = main(argv)
        sys.stderr.flush()
        out, err = capfdbinary.readouterr()
        return Outcome(code, out, err.decode("utf-8"))

    return call
