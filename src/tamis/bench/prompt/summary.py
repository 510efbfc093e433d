"""The rows of a run as tables: what each method keeps at each rate, beside the first method and the full text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from tamis.bench.paired import Difference, difference
from tamis.bench.prompt.meaning import LAWS
from tamis.bench.prompt.run import FULL
from tamis.bench.report import text_table
from tamis.io.journal import Row

DASH = "-"
MEASURES: Mapping[str, tuple[str, int]] = {  # key of a row -> (name, what one is multiplied by)
    "kept": ("answers kept, %", 100),
    "bag": ("every word kept, %", 100),
    "logprob": ("log-probability", 1),
    "exact": ("exact match, %", 100),
    "f1": ("F1, %", 100),
    "says": ("reader says it, %", 100),
    "content": ("reference words, %", 100),
    "pairs": ("reference pairs, %", 100),
}
OF = {"inverted": "denials", "dangling": "denials", "joined": "meetings", "cut": "words"}


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of one method at one rate, with 95 percent intervals; tasks of one source are drawn together.

    Attributes:
        value: the mean over the tasks that have it.
        gain: minus that of the first method, on the tasks of both; None for that method and where it has none.
        gap: minus that of the full text.
    """

    value: Difference
    gain: Difference | None
    gap: Difference | None


@dataclass(frozen=True, slots=True)
class PromptLine:
    """One method at one rate, over all tasks.

    Attributes:
        method: its name, with the style if one was asked for.
        rate: the share of the tokens that was allowed.
        tasks: that were compressed; `failed` more had a budget too small for what must stay.
        answers: tasks that have any.
        measures: those of `MEASURES` that rows have.
        laws: broken laws by name, and what they are counted of.
        reached: tokens that are left, of all tokens.
        seconds: of one task, median.
        speed: tokens a second, median; None for the full text.
    """

    method: str
    rate: float
    tasks: int
    failed: int
    answers: int
    measures: Mapping[str, Measure]
    laws: Mapping[str, int]
    reached: float
    seconds: float
    speed: float | None


def name_of(row: Row) -> str:
    """The method of a row, with its style if it has one.

    Example: "auto sentences"
    """
    return f"{row['method']} {row['style']}" if row.get("style") else str(row["method"])


def summarise(rows: Sequence[Row], first: str) -> list[PromptLine]:
    """A line for each rate and method, in the order of the rows; nothing but failures makes no line.

    first -- the method that all others are compared with; in its first style where there are several
    """
    groups: dict[tuple[float, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row["rate"], name_of(row)), []).append(row)
    full = [row for row in rows if row["method"] == FULL]
    name = next((name_of(row) for row in rows if row["method"] == first), first)
    rates = dict.fromkeys(rate for rate, _ in groups)
    ordered = ((rate, group) for rate in rates for (other, _), group in groups.items() if other == rate)
    lines = (_line(group, groups.get((rate, name), []), full) for rate, group in ordered)
    return [line for line in lines if line is not None]


def _line(rows: Sequence[Row], first: Sequence[Row], full: Sequence[Row]) -> PromptLine | None:
    whole = [row for row in rows if "failed" not in row]
    if not whole:
        return None
    original = sum(row["original"] for row in whole)
    speeds = [row["original"] / row["seconds"] for row in whole if row["seconds"]]
    return PromptLine(
        method=name_of(rows[0]),
        rate=rows[0]["rate"],
        tasks=len(whole),
        failed=len(rows) - len(whole),
        answers=sum(row.get("kept") is not None for row in whole),
        measures=dict(_measures(rows, first, full)),
        laws=_laws(whole),
        reached=sum(row["tokens"] for row in whole) / original if original else 1.0,
        seconds=median(row["seconds"] for row in whole),
        speed=median(speeds) if speeds else None,  # the first of a method may load its model
    )


def _measures(rows: Sequence[Row], first: Sequence[Row], full: Sequence[Row]) -> Iterator[tuple[str, Measure]]:
    for key in MEASURES:
        ours = _values(rows, key)
        if ours:
            none = {task: (0.0, source) for task, (_, source) in ours.items()}
            gain = None if rows is first else _beside(ours, _values(first, key))
            gap = None if rows[0]["method"] == FULL else _beside(ours, _values(full, key))
            value = _beside(ours, none)
            assert value is not None
            yield key, Measure(value, gain, gap)


def _values(rows: Sequence[Row], key: str) -> dict[str, tuple[float, object]]:
    """The measure and the source of each task that has it."""
    return {row["task"]: (float(row[key]), row.get("source", row["task"])) for row in rows if row.get(key) is not None}


def _beside(ours: Mapping[str, tuple[float, object]], theirs: Mapping[str, tuple[float, object]]) -> Difference | None:
    """The paired difference on the tasks of both; None where there is none."""
    both = [task for task in ours if task in theirs]
    if not both:
        return None
    sources = [ours[task][1] for task in both]
    return difference([ours[task][0] for task in both], [theirs[task][0] for task in both], groups=sources)


def _laws(rows: Sequence[Row]) -> dict[str, int]:
    """Sums over the texts: of tasks of one source, the first alone counts."""
    counts = {row.get("source", row["task"]): row["laws"] for row in reversed(rows) if "laws" in row}
    names = (*LAWS, *dict.fromkeys(OF.values()))
    return {name: sum(each[name] for each in counts.values()) for name in names} if counts else {}


# --- tables ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a report: its title, its head, its rows."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables(lines: Sequence[PromptLine]) -> list[Table]:
    """What is kept, then the same beside the first method and beside the full text, where these are; laws and costs."""
    keys = [key for key in MEASURES if any(key in line.measures for line in lines)]
    names = tuple(MEASURES[key][0] for key in keys)
    first = next((line.method for line in lines if line.method != FULL), FULL)
    made = []
    parts = {"value": "What is left", "gain": f"Minus {first}, on the same texts", "gap": "Minus the full text"}
    for part, title in parts.items():
        candidates = [line for line in lines if part == "value" or line.method != FULL]
        rows = [line for line in candidates if any(getattr(measure, part) for measure in line.measures.values())]
        if rows:
            made.append(Table(title, ("method", "rate", "texts", *names), tuple(_cells(rows, keys, part))))
    return [*made, _laws_and_costs([line for line in lines if line.method != FULL])]


def _cells(lines: Sequence[PromptLine], keys: Sequence[str], part: str) -> Iterator[tuple[str, ...]]:
    for line in lines:
        yield (*_head(line), *(_shown(line, key, part) for key in keys))


def _laws_and_costs(lines: Sequence[PromptLine]) -> Table:
    """Broken laws, and what is left at what cost."""
    laws = tuple(OF) if any(line.laws for line in lines) else ()
    rows = [
        (
            *_head(line),
            *(f"{line.laws[law]} of {line.laws[OF[law]]:,}" if line.laws else DASH for law in laws),
            *_cost(line),
        )
        for line in lines
    ]
    return Table(
        "Meaning, tokens, time", ("method", "rate", "texts", *laws, "reached", "s a text", "tokens/s"), tuple(rows)
    )


def table(lines: Sequence[PromptLine]) -> str:
    """The tables as text."""
    if not any(line.method != FULL for line in lines):
        return "No text could be compressed within its budget."
    first, *others = tables(lines)
    return "\n\n".join([text_table(first.head, first.rows), *(
        f"{other.title}\n{text_table(other.head, other.rows)}" for other in others)])  # fmt: skip


def _head(line: PromptLine) -> tuple[str, ...]:
    tasks = f"{line.tasks} ({line.failed} failed)" if line.failed else f"{line.tasks}"
    return line.method, f"{line.rate:.3g}", tasks


def _cost(line: PromptLine) -> tuple[str, ...]:
    if line.speed is None:
        return f"{line.reached:.3f}", DASH, DASH
    return f"{line.reached:.3f}", f"{line.seconds:.3f}", f"{line.speed:,.0f}"


def _shown(line: PromptLine, key: str, part: str) -> str:
    figure = getattr(line.measures[key], part) if key in line.measures else None
    if figure is None:
        return DASH
    scale = MEASURES[key][1]
    form = ("+" if part != "value" else "") + (".1f" if scale != 1 else ".3f")
    mean, low, high = (format(scale * value, form) for value in (figure.mean, figure.low, figure.high))
    return f"{mean} ({low} to {high})"
