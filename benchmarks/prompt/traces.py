"""Tool output with a task: how many of the lines that the task needed are kept, by kind, beside plain baselines.

    python -m training lines examples --repositories DIR... --test NAME... --out DIR
    python -m benchmarks.prompt traces DIR/test.jsonl

The examples come from the histories of git repositories and from test runs (`training/lines`); none of
them is kept here.
A needed line counts as kept if it stands in the result as it stood in the source; lines of signs alone do not count.
"""

from __future__ import annotations

import argparse
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter

import numpy as np

import tamis
from benchmarks.common import measure
from tamis.core import Floats
from tamis.prompt.methods.auto.features import okapi
from tamis.prompt.request import Request
from tamis.text.identifiers import TOKEN
from training.lines.examples import LineExample, read

RATES = (0.3, 0.15)


def head_tail(requests: Sequence[Request]) -> list[Floats]:
    """Lines from both ends."""
    places = [np.arange(len(r.units)) for r in requests]
    return [-np.minimum(at, at[::-1]).astype(np.float64) for at in places]


def bm25(requests: Sequence[Request]) -> list[Floats]:
    """Lines by their words in common with the task."""
    scores = []
    for request in requests:
        words = [TOKEN.findall(body) for body in request.units.bodies()]
        line = np.repeat(np.arange(len(words)), [len(row) for row in words])
        bodies = [word for row in words for word in row]
        scores.append(okapi(bodies, line, len(words), TOKEN.findall(request.question or "")))
    return scores


def dice(requests: Sequence[Request]) -> list[Floats]:
    """Lines by chance."""
    return [np.random.default_rng(0).random(len(request.units)) for request in requests]


LINES = tamis.Options(form="lines", omissions=False)
AUTO = tamis.Options(form="auto")
Shortener = Callable[[LineExample, float], "tamis.Compression"]
METHODS: dict[str, Shortener] = {
    "auto, task": lambda e, rate: tamis.compress(e.text, rate=rate, question=e.task, options=AUTO),
    "auto": lambda e, rate: tamis.compress(e.text, rate=rate, options=AUTO),
    "bm25 lines": lambda e, rate: tamis.compress(e.text, rate=rate, question=e.task, method=bm25, options=LINES),
    "head + tail": lambda e, rate: tamis.compress(e.text, rate=rate, method=head_tail, options=LINES),
    "random lines": lambda e, rate: tamis.compress(e.text, rate=rate, method=dice, options=LINES),
}


def share_kept(example: LineExample, text: str) -> float:
    """The share of the needed lines that stand in a text."""
    source = example.text.splitlines()
    wanted = [source[i].strip() for i in example.relevant if sum(map(str.isalnum, source[i])) > 3]
    lines = {line.strip() for line in text.splitlines()}
    return sum(line in lines for line in wanted) / len(wanted) if wanted else float("nan")


def main(arguments: list[str] | None = None) -> int:
    """Measure, print a table, keep the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.prompt traces", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--most", type=int, default=40, help="examples of each kind")
    parser.add_argument("--methods", nargs="+", choices=[*METHODS], default=[*METHODS])
    parser.add_argument("--results", type=Path, default=measure.RESULTS)
    chosen = parser.parse_args(arguments)
    rows = sample(read(chosen.file), chosen.most)
    figures = {name: measured(rows, METHODS[name]) for name in chosen.methods}
    print(table(figures))
    (chosen.results / "traces.json").write_text(measure.json.dumps(figures, indent=1) + "\n") if hasattr(
        measure, "json"
    ) else None
    return 0


def sample(rows: Sequence[LineExample], most: int) -> list[LineExample]:
    """Up to so many examples of each kind, by chance."""
    shuffled = list(rows)
    random.Random(0).shuffle(shuffled)
    by_kind: dict[str, list[LineExample]] = defaultdict(list)
    for row in shuffled:
        if share_kept(row, row.text) == 1:
            by_kind[row.kind].append(row)
    return [row for kind in sorted(by_kind) for row in by_kind[kind][:most]]


def measured(rows: Sequence[LineExample], shorten: Shortener) -> dict[str, dict[str, float]]:
    """By rate and kind, the mean share of the needed lines that is kept, in percent; and milliseconds a text."""
    figures: dict[str, dict[str, float]] = {}
    for rate in RATES:
        shares: dict[str, list[float]] = defaultdict(list)
        started = perf_counter()
        for row in rows:
            shares[row.kind].append(share_kept(row, shorten(row, rate).text))
        seconds = perf_counter() - started
        means = {kind: 100 * float(np.mean(values)) for kind, values in shares.items()}
        figures[f"{rate:g}"] = {**means, "all": float(np.mean([*means.values()])), "ms": 1000 * seconds / len(rows)}
    return figures


def table(figures: dict[str, dict[str, dict[str, float]]]) -> str:
    """The figures as Markdown."""
    lines: list[str] = []
    for rate in (f"{rate:g}" for rate in RATES):
        kinds = list(next(iter(figures.values()))[rate])
        lines += [f"| rate {rate} | {' | '.join(kinds)} |", "|---|" + "--:|" * len(kinds)]
        for name, by_rate in figures.items():
            lines.append(f"| {name} | " + " | ".join(f"{by_rate[rate][kind]:.1f}" for kind in kinds) + " |")
        lines.append("")
    return "\n".join(lines)
