"""How long recalling and adding take, and how many turns a second a memory takes in."""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.common import measure
from tamis.memory import Memory, Turn
from tamis.models.encoder import load_mini

SIZE = 384
QUESTIONS, ADDED, TAKEN_IN = 200, 50, 3_000
STEP = 5_000


class Known:
    """Vectors that are known already, so that a question costs nothing to encode; a new text gets one by chance."""

    name = "known"

    def __init__(self, vectors: Mapping[str, NDArray[np.float32]]) -> None:
        self.known = vectors

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, d) of unit length."""
        return np.stack([self._vector(text) for text in texts])

    def _vector(self, text: str) -> NDArray[np.float32]:
        if text in self.known:
            return self.known[text]
        made = np.random.default_rng(len(text)).standard_normal(SIZE).astype(np.float32)
        return np.asarray(made / np.linalg.norm(made))


class Paying(Known):
    """The same, but a question also pays for its encoding by the embedded model."""

    def __init__(self, vectors: Mapping[str, NDArray[np.float32]]) -> None:
        super().__init__(vectors)
        self.real = load_mini()

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, d) of unit length."""
        self.real.vectors(texts)
        return super().vectors(texts)


def talk(texts: Sequence[str]) -> list[Turn]:
    """Turns of two speakers, 20 a session, five minutes apart."""
    begun = datetime(2020, 1, 1, tzinfo=timezone.utc)
    return [
        Turn(text, ("Ann", "Bob")[n % 2], begun + timedelta(minutes=5 * n), f"s{n // 20}", f"t{n}")
        for n, text in enumerate(texts)
    ]


def read(path: Path, vectors: Path | None) -> dict[str, NDArray[np.float32]]:
    """Different texts of JSON lines with "text", each with its vector; made (a few minutes) unless they are kept."""
    lines = path.read_text(encoding="utf-8").splitlines()
    texts = list(dict.fromkeys(json.loads(line)["text"] for line in lines))
    if vectors is not None and vectors.exists():
        made = np.load(vectors)
    else:
        encoder = load_mini()
        made = np.concatenate([encoder.vectors(texts[at : at + 2_000]) for at in range(0, len(texts), 2_000)])
        if vectors is not None:
            np.save(vectors, made)
    return dict(zip(texts, made, strict=True))


def run(chosen: argparse.Namespace) -> int:
    """Measure every size; print and keep."""
    known = read(chosen.texts, chosen.vectors)
    result: dict[str, Any] = {"machine": measure.machine(), "texts": chosen.texts.name}
    result["sizes"] = [_size(count, known) for count in chosen.turns]
    result["ingest"] = _ingest()
    rows = [{"turns": one["turns"], **one["ms"]} for one in result["sizes"]]
    print(measure.table(rows, list(rows[0])))
    print(f"ingest with embedding: {result['ingest']['turns_per_second']:.0f} turns a second")
    measure.save("memory_speed", result)
    return 0


def _size(count: int, known: dict[str, NDArray[np.float32]]) -> dict[str, Any]:
    turns = talk([*known][:count])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m.db"
        with Memory(path, scope="bench", encoder=Known(known), guard=None) as memory:
            for start in range(0, count, STEP):
                memory.add(turns[start : start + STEP])
            begun = time.perf_counter()
            with Memory(path, scope="bench", encoder=Known(known)) as again:
                again.recall("w1")
            opened = time.perf_counter() - begun
            ms = _percentiles("recall", _asking(memory, turns, known))
            adding = _timed([lambda n=n: memory.add(Turn(f"new w{n} turn", session=f"s{n}")) for n in range(ADDED)])
            ms |= _percentiles("add", adding)
        with Memory(path, scope="bench", encoder=Paying(known), guard=None) as memory:
            ms |= _percentiles("recall, encoding", _asking(memory, turns, known))
        return {"turns": count, "ms": ms, "opening_s": opened, "file_mb": path.stat().st_size / 1e6}


def _asking(memory: Memory, turns: Sequence[Turn], known: dict[str, NDArray[np.float32]]) -> list[float]:
    chance = random.Random(2)
    questions = [" ".join(chance.choice(turns).text.split()[:8]) for _ in range(QUESTIONS)]  # as long as questions are
    known |= dict(zip(questions, load_mini().vectors(questions), strict=True))
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
    """Real sentences of the example transcript, guard and segmentation on, in batches of the command line's size."""
    text = (Path(__file__).parents[2] / "examples" / "meeting.txt").read_text(encoding="utf-8")
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
