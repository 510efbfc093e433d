"""Compare tamis with the `llmlingua` package: same text, same threads, alternating runs on the same machine.

The package lives in an environment of its own (made here, kept between runs), with random weights of the true size and
a tokenizer trained on the example text to as many pieces a word as the real ones. Speed does not depend on weights.
`reference.py` is the program that runs over there.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

import tamis
from benchmarks.common import measure
from benchmarks.common.texts import MEETING, cut, transcript

PACKAGES = ("llmlingua==0.2.2", "torch==2.13.0", "transformers==5.23.0", "sentencepiece")
PERPLEXITY = ("llmlingua==0.2.2", "torch==2.13.0", "transformers==4.46.3", "rank-bm25==0.2.2")  # newer ones break it
FAMILIES = {"mbert": "bert-base-multilingual-cased", "xlmr": "xlm-roberta-large"}  # the package reads the names
RATE = 0.33
PAUSE = 0.5  # seconds between runs: threads that still spin from the last one would slow down the next
ONE_CHUNK = 300  # tokens: fits the 510 pieces that the package judges at once
CURVE = (100, 300, 1_000, 3_000, 10_000)
Runner = Callable[[], float]  # one run -> seconds


class Peer:
    """The package in its own process."""

    def __init__(self, work: Path, *, program: str = "reference.py", packages: Sequence[str] = PACKAGES) -> None:
        self.work = work
        call = [environment(work, packages), Path(__file__).with_name(program)]
        self._notes = (work / "reference.log").open("w", encoding="utf-8")
        self._process = subprocess.Popen(
            call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._notes, text=True
        )

    def ask(self, do: str, **request: object) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps({"do": do, **request}), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"The reference failed; see {self._notes.name}.")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def load(self, family: str, threads: int) -> dict[str, Any]:
        """Build the model if it is not there, and load it."""
        path = self.work / FAMILIES[family]
        facts = path / "facts.json"
        if not facts.exists():
            built = self.ask("build", family=family, path=str(path), text=str(MEETING))
            facts.write_text(json.dumps(built), encoding="utf-8")
        self.ask("load", path=str(path), threads=threads)
        about: dict[str, Any] = json.loads(facts.read_text(encoding="utf-8"))
        return about

    def seconds(self, text: str) -> float:
        return float(self.ask("compress", text=str(self._file(text)), rate=RATE)["seconds"])

    def words(self, text: str) -> list[tuple[str, float]]:
        return [(w, p) for w, p in self.ask("words", text=str(self._file(text)))["words"]]

    def _file(self, text: str) -> Path:
        file = self.work / "text.txt"
        file.write_text(text, encoding="utf-8")
        return file

    def __enter__(self) -> Peer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()
        self._notes.close()


def perplexity_peer(work: Path) -> Peer:
    """The package for its perplexity path, which no transformers of today runs: an environment of its own again."""
    folder = work / "perplexity"
    folder.mkdir(parents=True, exist_ok=True)
    return Peer(folder, program="reference_lm.py", packages=PERPLEXITY)


def environment(work: Path, packages: Sequence[str] = PACKAGES) -> Path:
    """Return the interpreter of the package's environment; made on first use."""
    python = work / "venv" / "bin" / "python"
    done = work / "venv" / ".complete"
    if not done.exists():
        print(f"Installing {packages[0]} into an environment of its own ...", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", work / "venv"], check=True)
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages], check=True
        )
        done.touch()
    return python


def default_work() -> Path:
    """Where the environment and the models are kept: about 5 GB."""
    work = Path(tempfile.gettempdir()) / "tamis-benchmarks"
    work.mkdir(exist_ok=True)
    return work


def ours(text: str, threads: int, *, method: str = "auto", model: str = "mini") -> Runner:
    """One run of tamis."""

    def run() -> float:
        start = time.perf_counter()
        tamis.compress(text, rate=RATE, method=method, model=model, options=tamis.Options(threads=threads))
        return time.perf_counter() - start

    return run


def alternate(runners: dict[str, Runner], repeats: int, *, warm: bool = True) -> dict[str, list[float]]:
    """Seconds of each, in turns; after one warm run of each, unless all have run before."""
    for run in runners.values() if warm else ():
        run()
    taken: dict[str, list[float]] = {name: [] for name in runners}
    for _ in range(repeats):
        for name, run in runners.items():
            time.sleep(PAUSE)
            taken[name].append(run())
    return taken


def compare(peer: Peer, family: str, text: str, *, ours_text: str, threads: int, repeats: int) -> list[dict[str, Any]]:
    """Tokens a second of tamis as it comes, of tamis with the peer's weights, and of the peer; and ratios."""
    about = peer.load(family, threads)
    same = str(peer.work / FAMILIES[family])
    size = f"{FAMILIES[family]} size, {about['parameters'] / 1e6:.0f} M"
    runners = {
        "tamis auto": ours(ours_text, threads),
        f"tamis llmlingua2, {size}": ours(text, threads, method="llmlingua2", model=same),
        f"llmlingua package, {size}": lambda: peer.seconds(text),
    }
    taken = alternate(runners, repeats)
    tokens = {name: tamis.text.counting.counter()(ours_text if "auto" in name else text) for name in runners}
    speed = {name: tokens[name] / measure.median(times) for name, times in taken.items()}
    theirs = speed[list(speed)[-1]]
    return [
        {"what": name, "family": family, "tokens": tokens[name], "threads": threads, "runs": repeats}
        | {"tokens/s": speed[name], "median s": measure.median(taken[name]), "times the package": speed[name] / theirs}
        | {"pieces a word": about["pieces_per_word"]}
        for name in runners
    ]


def curve(peer: Peer, data: Path, *, threads: int, lengths: Sequence[int] = CURVE) -> list[dict[str, Any]]:
    """Throughput against length, for the plot: the mBERT-sized model in the package and in tamis."""
    peer.load("mbert", threads)
    rows = []
    for n in lengths:
        text = transcript(n, data)
        same = ours(text, threads, method="llmlingua2", model=str(peer.work / FAMILIES["mbert"]))
        taken = alternate(
            {"same": same, "package": lambda text=text: peer.seconds(text)}, 3 if n < 10_000 else 1, warm=n < 10_000
        )
        best = {name: n / measure.median(times) for name, times in taken.items()}
        rows.append({"tokens": n, "tamis, same weights": best["same"], "llmlingua package": best["package"]})
    return rows


def probabilities(peer: Peer, family: str, tokens: int = ONE_CHUNK, *, mended: bool = False) -> dict[str, Any]:
    """The package's word probabilities against ours, for a text that fits one of its chunks.

    mended -- the package is made to use the model's own special tokens first
    """
    text = " ".join(cut(MEETING.read_text(encoding="utf-8"), tokens).split())
    peer.load(family, 2)
    if mended:
        peer.ask("mend")
    theirs = peer.words(text)
    from tamis.models.catalog import load

    (said,) = load(str(peer.work / FAMILIES[family])).keep([text])
    spans = located(text, [word for word, _ in theirs])
    mine = pooled(said.offsets, said.values["keep"], spans)
    found = ~np.isnan(mine)
    reference = np.array([p for _, p in theirs])
    apart = np.abs(mine - reference)[found]
    return {
        "package": f"{FAMILIES[family]}{', its special tokens mended' if mended else ''}",
        "words": len(theirs),
        "compared": int(found.sum()),
        "standard deviation": float(reference.std()),
        "largest difference": float(apart.max()),
        "mean difference": float(apart.mean()),
    }


def located(text: str, words: Sequence[str]) -> list[tuple[int, int] | None]:
    """Where the package's words lie in the text, in order; None for one that it altered."""
    spans: list[tuple[int, int] | None] = []
    at = 0
    for word in words:
        bare = word.lstrip("▁")
        start = text.find(bare, at, at + 80) if bare else -1
        spans.append((start, start + len(bare)) if start >= 0 else None)
        at = start + len(bare) if start >= 0 else at
    return spans


def pooled(
    offsets: np.ndarray[Any, Any], values: np.ndarray[Any, Any], spans: Sequence[tuple[int, int] | None]
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """(n,) mean of our token probabilities over each span; nan where no token lies."""
    means = np.full(len(spans), np.nan)
    for i, span in enumerate(spans):
        if span is not None:
            inside = (offsets[:, 0] >= span[0]) & (offsets[:, 1] <= span[1]) & (offsets[:, 1] > offsets[:, 0])
            means[i] = values[inside].mean() if inside.any() else np.nan
    return means


@dataclass(frozen=True)
class Plan:
    """What to measure: families and their text lengths in tokens, runs, threads, and whether to draw the curve."""

    families: tuple[str, ...] = tuple(FAMILIES)
    tokens: int = 10_000
    large_tokens: int = 2_500
    repeats: int = 5
    threads: int = 2
    curve: bool = True


def run(data: Path, work: Path, plan: Plan) -> dict[str, Any]:
    """All of it."""
    about = measure.machine()
    text = transcript(plan.tokens, data)
    rows, same, line = [], [], []
    with Peer(work) as peer:
        for family in plan.families:
            large = family == "xlmr"
            theirs = transcript(plan.large_tokens, data) if large else text
            repeats = max(plan.repeats // 2, 1) if large else plan.repeats
            rows += compare(peer, family, theirs, ours_text=text, threads=plan.threads, repeats=repeats)
            same.append(probabilities(peer, family))
            if large:
                same.append(probabilities(peer, family, mended=True))
        if plan.curve:
            line = curve(peer, data, threads=plan.threads, lengths=[n for n in CURVE if n <= 3 * plan.tokens])
    return {"machine": about, "packages": PACKAGES, "rows": rows, "probabilities": same, "curve": line}


def show(result: dict[str, Any]) -> str:
    """The result as Markdown tables."""
    columns = ("what", "tokens", "threads", "runs", "tokens/s", "median s", "times the package", "pieces a word")
    parts = [measure.table(result["rows"], columns)]
    parts.append(measure.table(result["probabilities"], list(result["probabilities"][0])))
    if result["curve"]:
        parts.append(measure.table(result["curve"], list(result["curve"][0])))
    return "\n\n".join(parts)
