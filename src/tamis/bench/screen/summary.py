"""The rows of a run as a table: hit rates by kind, size and source, and how absent targets are told from others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean, median

import numpy as np

from tamis.bench.paired import Difference, difference, interval
from tamis.bench.report import text_table
from tamis.bench.screen.tasks import ABSENT
from tamis.core import Floats
from tamis.distill.auc import auc
from tamis.io.journal import Row

ALL = "all"
COVERAGE = 0.9
HEAD = ("of", "method", "n", "hit, %", "minus the first", "hit@3, %", "AUROC", "false clicks, %", "ms")


@dataclass(frozen=True, slots=True)
class ScreenLine:
    """One method on one group of tasks.

    Attributes:
        by: "all", "kind", "size" or "source".
        group: which one of these.
        method: its name.
        tasks: how many, on how many `pictures`.
        hit: the share of right clicks; of absent targets that of no click. 95 % intervals: pictures are drawn anew, so
            that with one picture there is no interval, and both ends are the share itself.
        gain: minus that of the first method on the same tasks; None for the first itself.
        among: the share of tasks where one of the best three is right; None for absent targets.
        auroc: how well the confidence tells targets that are there from absent ones; None where there are none of one
            kind, or the method has no confidence.
        false_clicks: the share of absent targets that are clicked where 90 % of those that are there are.
        seconds: of an instruction, median.
    """

    by: str
    group: str
    method: str
    tasks: int
    pictures: int
    hit: Difference
    gain: Difference | None
    among: float | None
    auroc: float | None
    false_clicks: float | None
    seconds: float


def summarise(rows: Sequence[Row], first: str) -> list[ScreenLine]:
    """Lines of all targets that are there, then by kind, size and source where there are several.

    first -- the method that all others are compared with
    """
    groups = [(ALL, ALL), *_groups(rows)]
    methods = list(dict.fromkeys(row["method"] for row in rows))
    return [
        _line(by, group, method, rows, first)
        for by, group in groups
        for method in methods
        if any(row["method"] == method for row in _of(rows, by, group))
    ]


def size_of(row: Row) -> str:
    """The size of a screenshot, in millions of pixels."""
    pixels = row["size"][0] * row["size"][1] / 1e6
    edges = (0.5, 1.5, 3, 6)
    upper = next((f"up to {edge:g} MP" for edge in edges if pixels <= edge), None)
    return upper or f"over {edges[-1]} MP"


def _groups(rows: Sequence[Row]) -> Iterator[tuple[str, str]]:
    names = {
        "kind": sorted({row["kind"] for row in rows}, key=lambda kind: (kind == ABSENT, kind)),
        "size": sorted({size_of(row) for row in rows if row["boxes"]}),
        "source": sorted({row["source"] for row in rows if row["boxes"]}),
    }
    for by, groups in names.items():
        if len(groups) > 1 or by == "kind":
            yield from ((by, group) for group in groups)


def _of(rows: Sequence[Row], by: str, group: str) -> list[Row]:
    if by == "kind":
        return [row for row in rows if row["kind"] == group]
    present = [row for row in rows if row["boxes"]]
    if by == ALL:
        return present
    return [row for row in present if (size_of(row) if by == "size" else row["source"]) == group]


def _line(by: str, group: str, method: str, rows: Sequence[Row], first: str) -> ScreenLine:
    some = _of(rows, by, group)
    mine = [row for row in some if row["method"] == method]
    theirs = {row["task"]: row["hit"] for row in some if row["method"] == first}
    hits, pages = np.array([row["hit"] for row in mine], float), [row["picture"] for row in mine]
    low, high = interval(hits, groups=pages)
    gain = None
    if method != first and all(row["task"] in theirs for row in mine):
        gain = difference(hits, [theirs[row["task"]] for row in mine], groups=pages)
    absence = _absence([row for row in rows if row["method"] == method]) if by == ALL else (None, None)
    among = None if group == ABSENT else fmean(row["among"] for row in mine)
    seconds = median(row["seconds"] for row in mine)
    hit = Difference(float(hits.mean()), low, high)
    return ScreenLine(by, group, method, len(mine), len(set(pages)), hit, gain, among, *absence, seconds)


def _absence(rows: Sequence[Row]) -> tuple[float | None, float | None]:
    """How well targets that are there are told from absent ones, and absent ones that are clicked at 90 % coverage."""
    present, absent = (_sureness([row for row in rows if bool(row["boxes"]) is there]) for there in (True, False))
    if not present.size or not absent.size:
        return None, None
    scores, labels = np.concatenate([present, absent]), np.arange(len(present) + len(absent)) < len(present)
    limit = np.sort(present)[::-1][int(np.ceil(COVERAGE * len(present))) - 1]
    return auc(scores, labels), float((absent >= limit).mean())


def _sureness(rows: Sequence[Row]) -> Floats:
    """The confidence of each; what was not clicked ranks below all that was."""
    return np.array(
        [row["confidence"] + (row["point"] is not None) for row in rows if row["confidence"] is not None], dtype=float
    )


def cells(line: ScreenLine) -> tuple[str, ...]:
    """A line as text."""
    shown = line.group if line.by == ALL else f"{line.by}: {line.group}"
    gain = "-" if line.gain is None else _interval(line.gain, "+", line.pictures)
    shares = (line.among, line.auroc, line.false_clicks)
    among, auroc, false = ("-" if share is None else share for share in shares)
    return (
        shown,
        line.method,
        f"{line.tasks}",
        _interval(line.hit, "", line.pictures),
        gain,
        among if isinstance(among, str) else f"{100 * among:.1f}",
        auroc if isinstance(auroc, str) else f"{auroc:.3f}",
        false if isinstance(false, str) else f"{100 * false:.1f}",
        f"{1000 * line.seconds:.1f}",
    )


def _interval(figure: Difference, sign: str, pictures: int) -> str:
    mean, low, high = (format(100 * value, f"{sign}.1f") for value in (figure.mean, figure.low, figure.high))
    return f"{mean} ({low} to {high})" if pictures > 1 else mean


def table(lines: Sequence[ScreenLine]) -> str:
    """The lines as text."""
    return text_table(HEAD, [cells(line) for line in lines])
