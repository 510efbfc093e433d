"""Speed of `tamis.compress`: tokens a second against length, where the time goes, and a cold start.

Tokens are those of the source (o200k_base); a time runs from the call to the result, model loading excluded except in
the cold start.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import tamis
from benchmarks.common import measure
from benchmarks.common.texts import transcript
from tamis.prompt.methods.table import METHODS as METHODS_OF_TAMIS
from tamis.text.counting import counter

LENGTHS = (100, 300, 1_000, 3_000, 10_000, 30_000, 100_000, 250_000)
METHODS = ("auto", "llmlingua2", "truncate")
RATE = 0.33
COLD_TOKENS = 1_000
CLEAR = 0.5  # seconds: in less, what other processes took (a share of one core) cannot be told, ticks being 10 ms
LONG = 30_000  # tokens; from here on a single run is long enough, and longer texts run with all threads only
# Stage by stage: modules of `tamis.prompt` and the names that they call. `select` holds the counting that it asks for.
STAGES = {
    ("compressor", "source_of"): "split",
    ("forms.prose", "words"): "split",
    ("pins", "detect"): "protect",
    ("compressor", "with_pins"): "protect",
    ("compressor", "touched"): "protect",
    ("result", "fate"): "render",
    ("compressor", "unit_costs"): "count words",
    ("fit", "_chosen"): "select",
}


def sweep(
    data: Path, lengths: Sequence[int] = LENGTHS, *, threads: Sequence[int] = (1, 2), repeats: int = 5
) -> list[dict[str, Any]]:
    """Tokens a second of each method at each length."""
    longest = transcript(max(lengths), data)
    texts = {n: transcript(n, data) if n < max(lengths) else longest for n in lengths}
    rows = []
    for method in METHODS:
        for count in threads if method != "truncate" else threads[-1:]:
            options = tamis.Options(threads=count)
            tamis.compress(texts[min(lengths)], rate=RATE, method=method, options=options)
            some = [n for n in lengths if n <= LONG or count == max(threads)]
            rows += [_row(method, count, texts[n], repeats if n < LONG else 1) for n in some]
    return rows


def _row(method: str, threads: int, text: str, repeats: int) -> dict[str, Any]:
    options = tamis.Options(threads=threads)

    def work() -> tamis.Compression:
        return tamis.compress(text, rate=RATE, method=method, options=options)

    tokens = counter()(text)
    own, all_of_it = time.process_time(), measure.busy()
    times = measure.seconds(work, repeats)
    own = time.process_time() - own
    others = max(measure.busy() - all_of_it - own, 0.0)
    half = measure.median(times)
    return {
        "method": method,
        "threads": threads,
        "tokens": tokens,
        "runs": repeats,
        "tokens/s": tokens / half,
        "median s": half,
        "best s": times[0],
        "worst s": times[-1],
        "CPU s": own / repeats,
        "others": f"{others / sum(times):.0%}" if sum(times) > CLEAR else "",
    }


def stages(data: Path, tokens: int = 10_000, *, method: str = "auto", repeats: int = 5) -> list[dict[str, Any]]:
    """Where the time of one call goes, in milliseconds (median of the runs)."""
    text = transcript(tokens, data)
    tamis.compress(text, rate=RATE, method=method)
    runs = []
    for _ in range(repeats):
        with clocks(method) as spent:
            start = time.perf_counter()
            tamis.compress(text, rate=RATE, method=method)
            spent["all"] = time.perf_counter() - start
        spent["rest"] = spent["all"] - sum(v for k, v in spent.items() if k != "all")
        runs.append(dict(spent))
    total = measure.median(run["all"] for run in runs)
    names = [*dict.fromkeys([*STAGES.values(), "score", "rest", "all"])]
    rows = ({"stage": name, "ms": 1e3 * measure.median(run.get(name, 0.0) for run in runs)} for name in names)
    return [{**row, "share": f"{row['ms'] / total / 10:.0f} %"} for row in rows]


@contextmanager
def clocks(method: str) -> Iterator[dict[str, float]]:
    """Measure the stages of whatever is compressed meanwhile; everything is put back afterwards."""
    spent: dict[str, float] = defaultdict(float)
    before = watched()
    whole = METHODS_OF_TAMIS[method]
    try:
        for (module, name), stage in STAGES.items():
            setattr(_module(module), name, _clocked(before[module, name], stage, spent))
        METHODS_OF_TAMIS[method] = replace(whole, score=_clocked(whole.score, "score", spent))
        yield spent
    finally:
        METHODS_OF_TAMIS[method] = whole
        for (module, name), function in before.items():
            setattr(_module(module), name, function)


def watched() -> dict[tuple[str, str], Any]:
    """The functions of the stages, as they are now."""
    return {(module, name): getattr(_module(module), name) for module, name in STAGES}


def _module(name: str) -> Any:
    return import_module(f"tamis.prompt.{name}")


def _clocked(function: Any, stage: str, spent: dict[str, float]) -> Any:
    def timed(*given: Any, **named: Any) -> Any:
        start = time.perf_counter()
        try:
            return function(*given, **named)
        finally:
            spent[stage] += time.perf_counter() - start

    return timed


def cold(data: Path, repeats: int = 9) -> dict[str, Any]:
    """Wall seconds of a fresh `tamis compress` process on a file of 1,000 tokens; the first one stands apart."""
    command = Path(sys.executable).with_name("tamis")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "text.txt"
        file.write_text(transcript(COLD_TOKENS, data), encoding="utf-8")

        def work() -> None:
            subprocess.run([command, "compress", file, "--rate", str(RATE)], check=True, capture_output=True)

        first, *_ = measure.seconds(work, 1)
        times = measure.seconds(work, repeats)
    half = measure.median(times)
    return {"tokens": COLD_TOKENS, "first s": first, "median s": half, "best s": times[0], "worst s": times[-1]}


def run(data: Path, *, lengths: Sequence[int] = LENGTHS, repeats: int = 5, cold_runs: int = 9) -> dict[str, Any]:
    """All of it."""
    about = measure.machine()
    return {
        "machine": about,
        "rate": RATE,
        "sweep": sweep(data, lengths, repeats=repeats),
        "stages": stages(data, min(10_000, max(lengths)), repeats=repeats),
        "cold": cold(data, cold_runs) if cold_runs else {},
    }


def show(result: dict[str, Any]) -> str:
    """The result as Markdown tables."""
    columns = ("method", "threads", "tokens", "runs", "tokens/s", "median s", "best s", "CPU s", "others")
    sweep_rows = measure.table(result["sweep"], columns)
    stage_rows = measure.table(result["stages"], ("stage", "ms", "share"))
    cold_row = measure.table([result["cold"]], list(result["cold"])) if result["cold"] else ""
    return f"{sweep_rows}\n\n{stage_rows}\n\n{cold_row}".rstrip()
