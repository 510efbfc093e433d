"""Events as agents write them, and the hook as they call it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

FAILURES = "".join(f"test_{n} PASSED after {n * 3} ms in worker {n % 7}\n" for n in range(300))
LOG = (
    FAILURES[:6000] + "E   AssertionError: expected 41, got 42\nFAILED tests/test_sum.py::test_sum\n" + FAILURES[6000:]
)


def claude(text: str = LOG, command: str = "make check", **more: Any) -> dict[str, Any]:
    """An event of Claude Code after a call of Bash."""
    return {
        "session_id": "session",
        "cwd": "/somewhere",
        "hook_event_name": "PostToolUse",
        "tool_name": "Bash",
        "tool_input": {"command": command, "description": "Run the tests"},
        "tool_response": {"stdout": text, "stderr": "", "interrupted": False, "isImage": False},
        "tool_use_id": "toolu_1",
        **more,
    }


@dataclass
class Place:
    """Where a hook works: a folder of its own, with a server of its own."""

    folder: Path
    more: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        own = {"TAMIS_HOOK_DIR": str(self.folder), "TAMIS_STORE": str(self.folder / "originals.db")}
        return {**os.environ, "TAMIS_HOOK_DEADLINE": "60", "TAMIS_HOOK_IDLE": "120", **own, **self.more}

    def start(self, event: Any, *words: str, **more: Any) -> subprocess.Popen[bytes]:
        """Call the hook, and do not wait for it."""
        data = event if isinstance(event, bytes) else json.dumps(event).encode()
        command = [sys.executable, "-m", "tamis.edge.hook.client", *words]
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        process = subprocess.Popen(command, env=self.environment | more.pop("env", {}), **pipes, **more)
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(data)
            process.stdin.close()
        process.stdin = None
        return process

    def call(self, event: Any, *words: str, **more: Any) -> Any:
        """What the hook answers; None for nothing. It always exits with 0 and says nothing on stderr."""
        process = self.start(event, *words, **more)
        out, err = process.communicate(timeout=90)
        assert process.returncode == 0
        assert err == b""
        return json.loads(out) if out else None

    @property
    def log(self) -> str:
        path = self.folder / "hook.log"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    @property
    def pid(self) -> int:
        return int((self.folder / "hook.lock").read_text(encoding="ascii"))

    def kill(self) -> None:
        """End the server, and see that it is gone."""
        with contextlib.suppress(OSError, ValueError):
            os.kill(self.pid, signal.SIGKILL)
            for _ in range(500):
                os.kill(self.pid, 0)
                time.sleep(0.01)


def new_place() -> Place:
    return Place(Path(tempfile.mkdtemp(prefix="tamis-hook-")))


@pytest.fixture
def place() -> Iterator[Place]:
    """A place of a test's own."""
    one = new_place()
    yield one
    one.kill()
    shutil.rmtree(one.folder, ignore_errors=True)


@pytest.fixture(scope="module")
def warm() -> Iterator[Place]:
    """A place with a server that is warm, for the tests of a file."""
    one = new_place()
    assert one.call(claude()) is not None
    yield one
    one.kill()
    shutil.rmtree(one.folder, ignore_errors=True)


Events = Callable[..., dict[str, Any]]
