"""The rows of a run as a table: scores beside dense attention on the same questions, and what they cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median

from tamis.bench.paired import Difference, difference
from tamis.io.journal import Row

LEAST = 50  # contexts behind an interval that is printed


@dataclass(frozen=True, slots=True)
class Line:
    """One method in one mode, over all tasks.

    Attributes:
        score: mean over sessions of all tasks.
        contexts: that were read.
        loss: score minus that of `dense` on the same sessions, with its 95 percent interval, which says little of
            fewer than LEAST contexts.
        first, later: mean score of first questions, and of those that follow; None where none does.
        prefill: seconds to read a context, median.
        ttft: seconds to the first token of an answer, median.
        decode: milliseconds of each further token, median of the answers that have several; 0 where none has.
        kb: kilobytes (1,000 bytes) of the cache at its largest, mean.
        density, kept: shares, see `play.Run`; means.
        mass: mean; None where it is not defined.
        tasks: mean score of each task.
    """

    method: str
    mode: str
    contexts: int
    score: float
    loss: Difference
    first: float
    later: float | None
    prefill: float
    ttft: float
    decode: float
    kb: float
    density: float
    kept: float
    mass: float | None
    tasks: dict[str, float]

    @property
    def against(self) -> str:
        """The loss as text: with its interval, or with the contexts that are too few for one."""
        if self.method == "dense":
            return ""
        if self.contexts < LEAST:
            return f"{self.loss.mean:+.3f} (of {self.contexts} context{'s' if self.contexts > 1 else ''})"
        return f"{self.loss.mean:+.3f} ({self.loss.low:+.3f} to {self.loss.high:+.3f})"


def summary(rows: Sequence[Row]) -> list[Line]:
    """A line for each mode and method, in the order of the rows; `dense` is among them."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row["mode"], row["method"]), []).append(row)
    modes = dict.fromkeys(mode for mode, _ in groups)
    return [_line(mine, groups[mode, "dense"]) for mode in modes for (of, _), mine in groups.items() if of == mode]


def _line(rows: Sequence[Row], dense: Sequence[Row]) -> Line:
    turns = [turn for row in rows for turn in row["turns"]]
    ours, theirs = ([_mean(row) for row in some] for some in (rows, dense))
    masses = [row["mass"] for row in rows if row["mass"] is not None]
    return Line(
        method=rows[0]["method"],
        mode=rows[0]["mode"],
        contexts=len(rows),
        score=fmean(ours),
        loss=difference(ours, theirs),
        first=fmean(row["turns"][0]["score"] for row in rows),
        later=_later(rows),
        prefill=median(row["prefill"] for row in rows),
        ttft=median(turn["ttft"] for turn in turns),
        decode=1_000 * median([turn["decode"] for turn in turns if turn["decode"]] or [0.0]),
        kb=fmean(row["bytes"] for row in rows) / 1_000,
        density=fmean(row["density"] for row in rows),
        kept=fmean(row["kept"] for row in rows),
        mass=fmean(masses) if len(masses) == len(rows) else None,
        tasks={task: fmean(map(_mean, mine)) for task, mine in _by_task(rows).items()},
    )


def _by_task(rows: Sequence[Row]) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row["task"], []).append(row)
    return groups


def _mean(row: Row) -> float:
    return fmean(turn["score"] for turn in row["turns"])


def _later(rows: Sequence[Row]) -> float | None:
    scores = [turn["score"] for row in rows for turn in row["turns"][1:]]
    return fmean(scores) if scores else None


def table(lines: Sequence[Line]) -> str:
    """The lines as text, a block for each mode."""
    wide = max(len("method"), *(len(line.method) for line in lines))
    head = (
        f"{'method':<{wide}}  score  {'against dense (95 %)':<25}  first  later  read s  ttft ms  ms/token  cache kB"
        "  density   kept    mass"
    )
    blocks = []
    for mode in dict.fromkeys(line.mode for line in lines):
        blocks += [f"{mode.replace('_', '-')}", head]
        blocks += [_row(line, wide) for line in lines if line.mode == mode] + [""]
    return "\n".join(blocks).rstrip()


def _row(line: Line, wide: int) -> str:
    later = "    -" if line.later is None else f"{line.later:5.3f}"
    mass = "     -" if line.mass is None else f"{line.mass:6.3f}"
    return (
        f"{line.method:<{wide}}  {line.score:5.3f}  {line.against:<25}  {line.first:5.3f}  {later}  "
        f"{line.prefill:6.3f}  {1_000 * line.ttft:7.1f}  {line.decode:8.2f}  {line.kb:8,.0f}  {line.density:7.3f}  "
        f"{line.kept:5.3f}  {mass}"
    )
