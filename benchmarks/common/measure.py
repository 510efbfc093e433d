"""What every measurement needs: medians, the machine in words, results as files, tables as text."""

from __future__ import annotations

import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).resolve().parents[1] / "results"


def seconds(work: Callable[[], object], repeats: int) -> list[float]:
    """Wall seconds of each run, sorted."""
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return sorted(taken)


def busy() -> float:
    """CPU seconds that the whole machine has spent on anything since it started; 0 where the system does not say."""
    stat = Path("/proc/stat")
    if not stat.exists():
        return 0.0
    user, nice, system, _, _, interrupts, soft, steal = map(int, stat.read_text(encoding="utf-8").split()[1:9])
    return (user + nice + system + interrupts + soft + steal) / os.sysconf("SC_CLK_TCK")


def median(values: Iterable[float]) -> float:
    return statistics.median(values)


def machine() -> dict[str, Any]:
    """What a reader needs to judge a time: processor, cores, load before the run, versions."""
    names = ("tamis", "numpy", "onnxruntime", "tokenizers", "torch", "transformers")
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "versions": {name: v for name in names if (v := _version(name))},
        "date": time.strftime("%Y-%m-%d %H:%M"),
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    named = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    amx = ", AMX" if any("amx_int8" in line for line in lines) else ""
    return (named[0] if named else platform.processor() or "unknown") + amx


def save(name: str, result: dict[str, Any], folder: Path = RESULTS) -> Path:
    """Write a result, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{name}.json"
    draft = target.with_suffix(".part")
    draft.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    draft.replace(target)
    return target


def load(name: str, folder: Path = RESULTS) -> dict[str, Any]:
    """Read a result; {} if it was never measured."""
    source = folder / f"{name}.json"
    return json.loads(source.read_text(encoding="utf-8")) if source.exists() else {}


def table(rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> str:
    """A Markdown table; numbers get thousands separators, at most three significant decimals."""
    lines = [f"| {' | '.join(columns)} |", f"|{'|'.join('--:' if _numeric(rows, c) else '---' for c in columns)}|"]
    lines += [f"| {' | '.join(_cell(row.get(c, '')) for c in columns)} |" for row in rows]
    return "\n".join(lines)


def _numeric(rows: Sequence[dict[str, Any]], column: str) -> bool:
    return any(isinstance(row.get(column), (int, float)) for row in rows)


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)
