"""Time two source trees of tamis beside one another, in one run.

    python -m benchmarks.beside --before TREE --after TREE                 # all cases, 7 rounds, about 10 minutes
    python -m benchmarks.beside --before TREE --after TREE --only auto     # one of: cold auto recall prefill

Each measurement is a fresh process whose PYTHONPATH is TREE/src. The trees take turns, AB BA AB ..., after one run of
each that does not count. The ratio is that of the medians, after / before; its interval is the 95 percent of a
bootstrap over rounds. `in pairs` is the median of the rounds' own ratios: where it is far from the other, or the load
that is printed exceeds the cores, others were at work; measure again. What is measured:

    cold     wall seconds of a whole `tamis compress` process on a text of 1,000 tokens
    auto     seconds of `tamis.compress` on 10,000 tokens; best of three calls after a warm-up
    recall   seconds of `Memory.recall` at 100,000 turns, vectors given; median of 50 questions after a warm-up
    prefill  seconds of reading 16K tokens with `sparse(model, vertical_slash)`, a small model; best of two calls
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, timezone
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.common.measure import machine, table

ROOT = Path(__file__).resolve().parents[1]
MEETING = ROOT / "examples" / "meeting.txt"
CASES = ("cold", "auto", "recall", "prefill")
COLD, AUTO, PROMPT = 1_000, 10_000, 16_384  # tokens
TURNS, STEP, SIZE, QUESTIONS = 100_000, 5_000, 384, 50
RATE, SHARE, DRAWS, PATIENCE = 0.33, 0.12, 5_000, 900

# Where names that may move are: the first place that has one counts.
PLACES = {
    "counter": ("tamis.text.counting:counter", "tamis.text:counter"),
    "every": ("tamis.memory.segment:every", "tamis.memory:every"),
    "Ratio": ("tamis.attention:Ratio", "tamis.core:Ratio"),
}


@dataclass(frozen=True)
class Side:
    """A tree of sources, and the folder with its texts and its store."""

    tree: Path
    folder: Path


@dataclass(frozen=True)
class Row:
    """A case, measured.

    Attributes:
        before, after: seconds, round by round.
        ratio: of the medians, after / before; low, high: its interval.
        pairs: the median of after / before of each round.
        load: of the machine, at its highest (minute's mean, between measurements).
    """

    case: str
    before: tuple[float, ...]
    after: tuple[float, ...]
    ratio: float
    low: float
    high: float
    pairs: float
    load: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; or be the process that is measured."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["--child"]:
        return _child(given[1], Path(given[2]))
    chosen = _parser().parse_args(given)
    trees = (chosen.before, chosen.after)
    with tempfile.TemporaryDirectory() as name:
        sides = [
            Side(tree.resolve(), Path(name) / label) for tree, label in zip(trees, ("before", "after"), strict=True)
        ]
        _prepare(sides, chosen)
        rows = _measured(sides, chosen)
    print(table([_shown(row) for row in rows], list(_shown(rows[0]))))
    if chosen.json:
        about = {"machine": machine(), "before": str(chosen.before), "after": str(chosen.after), "turns": chosen.turns}
        told = json.dumps({**about, "rows": [asdict(row) for row in rows]}, indent=1)
        chosen.json.write_text(told + "\n", encoding="utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--before", type=Path, required=True, metavar="TREE")
    parser.add_argument("--after", type=Path, required=True, metavar="TREE")
    parser.add_argument("--only", action="append", choices=CASES, help="may be repeated")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--turns", type=int, default=TURNS, help=f"of the memory ({TURNS:,})")
    parser.add_argument("--own", action="store_true", help="a store made by each tree, where the formats differ")
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser


# --- measuring ---------------------------------------------------------------------------------------------------


def _prepare(sides: Sequence[Side], chosen: argparse.Namespace) -> None:
    """Texts and store of each side: the same, made by the tree before, unless each is to have its own store."""
    first, other = sides
    for side in sides:
        side.folder.mkdir()
        (side.folder / "turns").write_text(str(chosen.turns), encoding="utf-8")
    _ran(first, "texts")
    if "recall" in (chosen.only or CASES):
        begun = time.perf_counter()
        _ran(first, "store")
        _say(f"a memory of {chosen.turns:,} turns: {time.perf_counter() - begun:.0f} s")
    for path in first.folder.iterdir():
        if not (chosen.own and path.name.startswith("m.db")):
            shutil.copy(path, other.folder)
    if chosen.own and "recall" in (chosen.only or CASES):
        _ran(other, "store")


def _measured(sides: Sequence[Side], chosen: argparse.Namespace) -> list[Row]:
    """Both sides of every case."""
    taken: dict[str, tuple[list[float], list[float]]] = {case: ([], []) for case in chosen.only or CASES}
    load = dict.fromkeys(taken, 0.0)
    for number in range(-1, chosen.rounds):  # the first round warms the disk and compiles, and does not count
        for case, lists in taken.items():
            for which in (0, 1) if number % 2 == 0 else (1, 0):
                seconds = _once(sides[which], case)
                if number >= 0:
                    lists[which].append(seconds)
            load[case] = max(load[case], os.getloadavg()[0])
            if number >= 0:
                _say(f"round {number + 1}, {case}: {lists[0][-1]:.4f} s before, {lists[1][-1]:.4f} s after")
    return [_row(case, *lists, load[case]) for case, lists in taken.items()]


def _once(side: Side, case: str) -> float:
    if case != "cold":
        return float(_ran(side, case)["seconds"])
    command = [sys.executable, "-m", "tamis", "compress", str(side.folder / "cold.txt"), "--rate", str(RATE)]
    begun = time.perf_counter()
    subprocess.run(command, check=True, **_how(side))
    return time.perf_counter() - begun


def _ran(side: Side, case: str) -> dict[str, Any]:
    """What a fresh process of the tree says of a case."""
    command = [sys.executable, str(Path(__file__).resolve()), "--child", case, str(side.folder)]
    done = subprocess.run(command, check=False, **_how(side))
    if done.returncode:
        raise SystemExit(f"{case} failed in {side.tree}:\n{done.stderr[-2000:]}")
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    if not Path(said["tamis"]).is_relative_to(side.tree):
        raise SystemExit(f"{side.tree} was to be measured, and {said['tamis']} was.")
    return said


def _how(side: Side) -> dict[str, Any]:
    own = {
        "PYTHONPATH": os.pathsep.join((str(side.tree / "src"), str(ROOT))),
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }
    return {"capture_output": True, "text": True, "cwd": side.folder, "env": {**os.environ, **own}, "timeout": PATIENCE}


def _row(case: str, before: Sequence[float], after: Sequence[float], load: float) -> Row:
    low, high = bootstrap(before, after)
    pairs = median(b / a for a, b in zip(before, after, strict=True))
    return Row(case, tuple(before), tuple(after), median(after) / median(before), low, high, pairs, load)


def bootstrap(before: Sequence[float], after: Sequence[float], *, seed: int = 0) -> tuple[float, float]:
    """The 95 percent interval of the ratio of medians, rounds drawn with their pairs."""
    chance, count = random.Random(seed), len(before)
    ratios = []
    for _ in range(DRAWS):
        drawn = chance.choices(range(count), k=count)
        ratios.append(median(after[n] for n in drawn) / median(before[n] for n in drawn))
    ratios.sort()
    return ratios[round(0.025 * (DRAWS - 1))], ratios[round(0.975 * (DRAWS - 1))]


def _shown(row: Row) -> dict[str, str]:
    return {
        "case": row.case,
        "before, s": f"{median(row.before):.4f}",
        "after, s": f"{median(row.after):.4f}",
        "after / before": f"{row.ratio:.3f}",
        "95 %": f"{row.low:.3f} to {row.high:.3f}",
        "in pairs": f"{row.pairs:.3f}",
        "load": f"{row.load:.1f}",
        "rounds": str(len(row.before)),
    }


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


# --- what is measured: runs in a process of its own, with the tree's own tamis ---------------------------------------


def _child(case: str, folder: Path) -> int:
    seconds = CHILDREN[case](folder)
    print(json.dumps({"seconds": seconds, "tamis": str(Path(import_module("tamis").__file__ or "").resolve())}))
    return 0


def _at(name: str) -> Any:
    for place in PLACES[name]:
        module, _, attribute = place.partition(":")
        try:
            return getattr(import_module(module), attribute)
        except (ImportError, AttributeError):
            continue
    raise ImportError(f"{name} is in none of {PLACES[name]}")


def _best(work: Callable[[], object], calls: int) -> float:
    return min(_seconds(work) for _ in range(calls))


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _texts(folder: Path) -> float:
    """The transcript of the examples, cut to the lengths that are measured."""
    text, count = MEETING.read_text(encoding="utf-8"), _at("counter")("o200k_base")
    for name, tokens in (("cold", COLD), ("auto", AUTO)):
        low, high = 0, len(text)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if count(text[:middle]) <= tokens else (low, middle)
        (folder / f"{name}.txt").write_text(text[:low], encoding="utf-8")
    return 0.0


def _auto(folder: Path) -> float:
    import tamis

    text = (folder / "auto.txt").read_text(encoding="utf-8")
    tamis.compress(text[:4_000], rate=RATE)
    return _best(lambda: tamis.compress(text, rate=RATE), 3)


class _Known:
    """An encoder that costs nothing: each text gets a vector by chance, always the same."""

    name = "known"

    def vectors(self, texts: Sequence[str]) -> Any:
        """(n, d) of unit length."""
        import numpy as np

        seeds = [zlib.crc32(text.encode()) for text in texts]
        made = np.stack([np.random.default_rng(seed).standard_normal(SIZE, dtype=np.float32) for seed in seeds])
        return made / np.linalg.norm(made, axis=1, keepdims=True)


def _said(count: int) -> Iterator[str]:
    """So many different things to say, of the transcript's words."""
    words, chance = MEETING.read_text(encoding="utf-8").split(), random.Random(1)
    for number in range(count):
        start = chance.randrange(len(words) - 20)
        yield f"{' '.join(words[start : start + chance.randrange(6, 20)])} {number}"


def _store(folder: Path) -> float:
    """A memory of two speakers, 20 turns a session, five minutes apart."""
    from tamis import Memory, Turn

    begun, count = datetime(2020, 1, 1, tzinfo=timezone.utc), _count(folder)
    turns = [
        Turn(text, ("Ann", "Bob")[n % 2], begun + timedelta(minutes=5 * n), f"s{n // 20}", f"t{n}")
        for n, text in enumerate(_said(count))
    ]
    own: dict[str, Any] = {"scope": "bench", "encoder": _Known(), "guard": None, "segmenter": _at("every")(5)}
    with Memory(folder / "m.db", **own) as memory:
        for at in range(0, count, STEP):
            memory.add(turns[at : at + STEP])
    return 0.0


def _count(folder: Path) -> int:
    return int((folder / "turns").read_text(encoding="utf-8"))


def _recall(folder: Path) -> float:
    from tamis import Memory

    chance = random.Random(2)
    said = list(_said(_count(folder)))
    questions = [" ".join(chance.choice(said).split()[:8]) for _ in range(QUESTIONS)]
    with Memory(folder / "m.db", scope="bench", encoder=_Known(), guard=None) as memory:  # type: ignore[arg-type]
        memory.recall(questions[0], 1_000)
        return median(_seconds(lambda q=question: memory.recall(q, 1_000)) for question in questions)  # type: ignore[misc]


def _prefill(folder: Path) -> float:
    import torch
    from transformers import LlamaConfig, LlamaModel

    from tamis.attention import selector, sparse

    torch.manual_seed(0)
    shape: dict[str, Any] = {"num_hidden_layers": 3, "num_attention_heads": 8, "num_key_value_heads": 2}
    config = LlamaConfig(vocab_size=64, hidden_size=512, intermediate_size=512, max_position_embeddings=PROMPT, **shape)
    model = LlamaModel(config).eval()
    pattern = selector("vertical_slash", budget=_at("Ratio")(SHARE))
    ids = torch.randint(3, 64, (1, PROMPT))

    def read(count: int) -> None:
        with torch.no_grad(), sparse(model, pattern, mode="always"):
            model(ids[:, :count], use_cache=False)

    read(2_048)
    return _best(lambda: read(PROMPT), 2)


CHILDREN: dict[str, Callable[[Path], float]] = {
    "texts": _texts,
    "store": _store,
    "auto": _auto,
    "recall": _recall,
    "prefill": _prefill,
}

if __name__ == "__main__":
    raise SystemExit(main())
