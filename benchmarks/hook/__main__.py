"""How long an agent waits for `tamis-hook`, process start to end, beside an interpreter that does nothing.

    python -m benchmarks.hook --count 60

Both take turns, so that ratios hold on a busy machine; CPU seconds say what a quiet one would take at least. Results
are logs, listings and JSON of about 2,000 tokens, each of them new to the server.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.common import measure

SCRIPT = "import sys; from tamis.edge.hook.client import main; sys.exit(main())"
HOOK = [sys.executable, "-c", SCRIPT]  # what the console script does
NOTHING = [sys.executable, "-c", "pass"]
KINDS = ("log", "listing", "json")


@dataclass(frozen=True)
class Run:
    """One process: wall and CPU seconds, CPU seconds of the server meanwhile, whether it answered."""

    wall: float
    cpu: float
    server: float = 0.0
    answered: bool = False


def text_of(kind: str, number: int) -> str:
    """About 2,000 tokens, unlike those of any other number."""
    if kind == "log":
        lines = [f"tests/test_{number}.py::test_{n} PASSED in {(n * 7 + number) % 90} ms" for n in range(95)]
        return "\n".join([*lines, f"FAILED tests/test_{number}.py::test_sum - assert {number} == 42"])
    if kind == "listing":
        return "\n".join(
            f"src/room_{number}/part_{n % 9}.py:{n * 3}:    value = step_{n}({number})" for n in range(105)
        )
    rows = [{"id": n, "name": f"client {number}", "note": f"waits since {n % 28 + 1} May"} for n in range(85)]
    return json.dumps(rows)


def event_of(text: str, number: int, transcript: Path) -> bytes:
    """The event of an agent."""
    event = {
        "session_id": f"s{number}",
        "transcript_path": str(transcript),
        "hook_event_name": "PostToolUse",
        "tool_name": "Bash",
        "tool_input": {"command": "make check", "description": "Run the checks"},
        "tool_response": {"stdout": text, "stderr": "", "interrupted": False},
        "tool_use_id": f"toolu_{number}",
    }
    return json.dumps(event).encode()


def call(command: Sequence[str], data: bytes, environment: dict[str, str], server: int = 0) -> Run:
    """Run a process to its end."""
    before, start = server_cpu(server), time.perf_counter()
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(data)
    process.stdin.close()
    out = process.stdout.read()
    _, _, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = 0
    process.stdout.close()
    return Run(wall, used.ru_utime + used.ru_stime, server_cpu(server) - before, bool(out))


def server_cpu(pid: int) -> float:
    """CPU seconds that a process has used; 0 for none."""
    if not pid:
        return 0.0
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measured(count: int, folder: Path) -> dict[str, list[Run]]:
    """Runs by what they are of."""
    own = {"TAMIS_HOOK_DIR": str(folder), "TAMIS_STORE": str(folder / "originals.db"), "TAMIS_HOOK_DEADLINE": "30"}
    environment = {**os.environ, **own}
    transcript = folder / "transcript.jsonl"
    asked = {"type": "user", "message": {"role": "user", "content": "Why does the check fail?"}}
    transcript.write_text(json.dumps(asked) + "\n", encoding="utf-8")
    runs: dict[str, list[Run]] = {"cold": [call(HOOK, event_of(text_of("log", 0), 0, transcript), environment)]}
    pid = int((folder / "hook.lock").read_text(encoding="ascii"))
    try:
        for number in range(1, count + 1):
            runs.setdefault("python -c pass", []).append(call(NOTHING, b"", environment))
            runs.setdefault("short result", []).append(call(HOOK, b"{}", environment))
            for kind in KINDS:
                data = event_of(text_of(kind, number), number, transcript)
                runs.setdefault(kind, []).append(call(HOOK, data, environment, pid))
            again = event_of(text_of("log", number), 10_000 + number, transcript)
            runs.setdefault("log, seen before", []).append(call(HOOK, again, environment, pid))
    finally:
        os.kill(pid, signal.SIGTERM)
    return runs


def row(what: str, runs: Sequence[Run], base: Sequence[Run]) -> dict[str, Any]:
    """One line of the table; times in milliseconds."""
    walls = sorted(run.wall * 1e3 for run in runs)
    ratios = [run.wall / other.wall for run, other in zip(runs, base, strict=False)]
    return {
        "what": what,
        "p50": round(measure.median(walls), 1),
        "p99": round(walls[min(int(0.99 * len(walls)), len(walls) - 1)], 1),
        "beside nothing": round(measure.median(ratios), 2),
        "CPU": round(1e3 * measure.median(run.cpu for run in runs), 1),
        "CPU of the server": round(1e3 * sum(run.server for run in runs) / len(runs), 1),
        "answered": f"{sum(run.answered for run in runs)}/{len(runs)}",
    }


def main() -> int:
    """Measure, print and keep."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=60, help="runs of each")
    parser.add_argument("--results", type=Path, default=measure.RESULTS)
    given = parser.parse_args()
    machine = measure.machine()
    with tempfile.TemporaryDirectory(prefix="tamis-hook-") as folder:
        runs = measured(given.count, Path(folder))
    rows = [row(what, some, runs["python -c pass"]) for what, some in runs.items()]
    print(measure.table(rows, tuple(rows[0])))
    measure.save("hook", {"machine": machine, "count": given.count, "rows": rows}, given.results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
