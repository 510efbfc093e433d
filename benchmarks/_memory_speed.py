"""How long recalling and adding take, and how many turns a second a memory takes in."""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import _measure
import numpy as np
from numpy.typing import NDArray

from tamis.memory import Memory, Turn
from tamis.models.encoder import load_mini

CLUSTERS, SIZE = 400, 384
QUESTIONS, ADDED, TAKEN_IN = 200, 50, 3_000
STEP = 5_000


class Drawn:
    """Vectors in clusters, by chance but the same for the same text: what encoding costs is left out."""

    name = "drawn"

    def __init__(self) -> None:
        rng = np.random.default_rng(0)
        self.centres = rng.standard_normal((CLUSTERS, SIZE)).astype(np.float32)

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, SIZE) of unit length."""
        made = np.stack([self._vector(text) for text in texts])
        return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), np.float32)

    def _vector(self, text: str) -> NDArray[np.float32]:
        rng = np.random.default_rng(abs(hash(text)) % 2**32)
        return np.asarray(self.centres[rng.integers(CLUSTERS)] + 0.8 * rng.standard_normal(SIZE), np.float32)


class Mixed(Drawn):
    """Drawn for what is stored, but a question also pays for its encoding by the embedded model."""

    def __init__(self) -> None:
        super().__init__()
        self.real = load_mini()

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, SIZE) of unit length."""
        self.real.vectors(texts)
        return super().vectors(texts)


def talk(count: int) -> list[Turn]:
    """Turns of about 17 words from a vocabulary with Zipf's frequencies, 20 a session, an hour apart."""
    rng, names = np.random.default_rng(1), ("Ann", "Bob")
    words = np.array([f"w{number:x}" for number in range(30_000)])
    drawn = np.minimum(rng.zipf(1.3, 17 * count) - 1, len(words) - 1)
    begun = datetime(2020, 1, 1, tzinfo=timezone.utc)
    return [
        Turn(
            " ".join(words[drawn[17 * n : 17 * (n + 1)]]) + f" n{n}",
            names[n % 2],
            begun + timedelta(minutes=5 * n),
            f"s{n // 20}",
            f"t{n}",
        )
        for n in range(count)
    ]


def run(chosen: argparse.Namespace) -> int:
    """Measure every size; print and keep."""
    result: dict[str, Any] = {"machine": _measure.machine(), "sizes": [_size(count) for count in chosen.turns]}
    result["ingest"] = _ingest()
    rows = [{"turns": one["turns"], **one["ms"]} for one in result["sizes"]]
    print(_measure.table(rows, list(rows[0])))
    print(f"ingest with embedding: {result['ingest']['turns_per_second']:.0f} turns a second")
    _measure.save("memory_speed", result)
    return 0


def _size(count: int) -> dict[str, Any]:
    turns = talk(count)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m.db"
        with Memory(path, scope="bench", encoder=Drawn(), guard=None) as memory:
            for start in range(0, count, STEP):
                memory.add(turns[start : start + STEP])
            begun = time.perf_counter()
            with Memory(path, scope="bench", encoder=Drawn()) as again:
                again.recall("w1")
            opened = time.perf_counter() - begun
            ms = _percentiles("recall", _asking(memory, turns))
            adding = _timed([lambda n=n: memory.add(Turn(f"new w{n} turn", session=f"s{n}")) for n in range(ADDED)])
            ms |= _percentiles("add", adding)
        with Memory(path, scope="bench", encoder=Mixed(), guard=None) as memory:
            ms |= _percentiles("recall, encoding", _asking(memory, turns))
        return {"turns": count, "ms": ms, "opening_s": opened, "file_mb": path.stat().st_size / 1e6}


def _asking(memory: Memory, turns: Sequence[Turn]) -> list[float]:
    chance = random.Random(2)
    questions = [" ".join(chance.sample(chance.choice(turns).text.split(), 6)) for _ in range(QUESTIONS)]
    memory.recall(questions[0])
    return _timed([lambda q=q: memory.recall(q, 1_000) for q in questions])


def _timed(work: Sequence[Callable[[], object]]) -> list[float]:
    taken = []
    for one in work:
        start = time.perf_counter()
        one()
        taken.append(time.perf_counter() - start)
    return taken


def _percentiles(name: str, taken: Sequence[float]) -> dict[str, float]:
    return {f"{name} p{p}": round(1000 * float(np.quantile(taken, p / 100)), 2) for p in (50, 95)}


def _ingest() -> dict[str, float]:
    """Real sentences of the example transcript, guard and segmentation on, in batches as the command line makes them."""
    text = (Path(__file__).parents[1] / "examples" / "meeting.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.strip()]
    turns = [Turn(f"{lines[n % len(lines)][:400]} ({n})", "AB"[n % 2], session=f"s{n // 40}") for n in range(TAKEN_IN)]
    with tempfile.TemporaryDirectory() as folder, Memory(Path(folder) / "m.db", scope="bench") as memory:
        memory.add("warm")
        start = time.perf_counter()
        for at in range(0, len(turns), 256):
            memory.add(turns[at : at + 256])
        seconds = time.perf_counter() - start
    characters = sum(len(turn.text) for turn in turns) / len(turns)
    return {"turns_per_second": len(turns) / seconds, "characters": characters}
