"""Kills (SIGKILL) at random points of many writes: all that was acknowledged must be there, and nothing torn."""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.common import measure
from tamis.memory import Memory

WRITER = """
import sys
import numpy as np
from tamis.memory import Memory, Turn

class Plain:
    name = "plain"
    def vectors(self, texts):
        return np.full((len(texts), 8), 8 ** -0.5, np.float32)

with Memory(sys.argv[1], scope="kill", encoder=Plain()) as memory:
    for number in range(int(sys.argv[2]), int(sys.argv[3])):
        turn = Turn(f"turn number {number} is about topic {number // 7}", session=f"s{number // 50}", id=f"t{number}")
        memory.add(turn)
        print(number, flush=True)
"""


def run(chosen: argparse.Namespace) -> int:
    """Write, kill, go on behind the last acknowledged turn; 1 if one is missing or `check` finds anything."""
    chance, acknowledged, kills = random.Random(chosen.seed), -1, 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m.db"
        while acknowledged + 1 < chosen.writes:
            began = _first(path, acknowledged + 1)
            writer = subprocess.Popen(
                [sys.executable, "-c", WRITER, str(path), str(began), str(chosen.writes)],
                stdout=subprocess.PIPE,
                text=True,
            )
            said = _until_killed(writer, chance.uniform(0.0, 1.5))
            kills += writer.returncode != 0
            acknowledged = max([acknowledged, *said])
            _check(path, acknowledged)
        with Memory(path, scope="kill") as memory:
            turns = len(memory.turns())
    print(f"{chosen.writes:,} writes, {kills} kills: {turns:,} turns there, none lost, nothing torn")
    measure.save("memory_kill", {"machine": measure.machine(), "writes": chosen.writes, "kills": kills, "turns": turns})
    return 0


def _until_killed(writer: subprocess.Popen[str], seconds: float) -> list[int]:
    assert writer.stdout is not None
    said = [int(line)] if (line := writer.stdout.readline()) else []
    time.sleep(seconds)
    writer.kill()
    rest, _ = writer.communicate()
    return said + [int(line) for line in rest.split("\n")[:-1] if line]


def _first(path: Path, number: int) -> int:
    """A turn may be written and not yet acknowledged: then the next one is the first."""
    if not path.exists():
        return number
    with Memory(path, scope="kill") as memory:
        return number + len(memory.turns([f"t{number}"])) if memory.scopes() else number


def _check(path: Path, acknowledged: int) -> None:
    with Memory(path, scope="kill") as memory:
        faults = memory.check()
        there = {turn.id for turn in memory.turns()}
        tiled = [ident for segment in memory.segments() for ident in segment.turns]
    lost = [number for number in range(acknowledged + 1) if f"t{number}" not in there]
    if faults or lost or sorted(tiled) != sorted(there):
        sys.exit(f"after turn {acknowledged}: lost {lost[:5]}, faults {faults[:5]}")
