"""The same pages at other sizes and in the dark: what is asked of them, and clicked right, beside the plain size.

A page of each source is rendered at 1280 x 800, and again with fewer or more device pixels for each CSS pixel, with a
dark theme, and with its colours turned round. What is asked of the plain one is asked of all; the right boxes are those
of the same elements, as the page itself says them. Pages that have other elements there (a layout that asks how many
pixels there are), or no dark theme, are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common.figures import markdown
from tamis.bench.paired import Difference, difference, interval
from tamis.bench.screen.run import ScreenPlan, measure_screens
from tamis.bench.screen.tasks import ScreenTask
from tamis.image import Box, png, screenshot_of
from tamis.io.files import digest, write
from tamis.io.rows import read_jsonl
from tamis.screen import Looker
from training.screen.harvest import View, harvest
from training.screen.lookout import look_at
from training.screen.questions import read_instructions, write_instructions
from training.screen.sources import PageSource, read_sources

PLAIN = "1x"
VIEWS = {
    PLAIN: View(),
    "0.75x": View(ratio=0.75),
    "1.5x": View(ratio=1.5),
    "2x": View(ratio=2.0),
    "3x (3840 x 2400)": View(ratio=3.0),
    "dark": View(theme="dark"),
}
METHOD = "tamis"
INVERTED = "inverted"  # few pages know a dark theme: what is light is dark, whatever the page knows
HEAD = ("size", "pages", "n", "hit, %", "minus 1x", "text, %", "minus 1x", "absent, %", "minus 1x")
_CLOSE = 3.0  # CSS pixels between the box of an instruction and that of its element
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FirstPage:
    """A source whose first page alone is looked at, once."""

    source: PageSource
    views: int = 1

    @property
    def name(self) -> str:
        """Of the source."""
        return self.source.name

    @property
    def licence(self) -> str:
        """Of the pages."""
        return self.source.licence

    @property
    def split(self) -> str:
        """The part that the source belongs to."""
        return self.source.split

    @property
    def settle(self) -> int:
        """Milliseconds until a page has built itself."""
        return self.source.settle

    @contextmanager
    def pages(self, cache: Path) -> Iterator[Sequence[str]]:
        """One address."""
        with self.source.pages(cache) as pages:
            yield pages[:1]


def render(split: str, most: int, cache: Path, out: Path) -> None:
    """Render the pages in all views, look at them, and write what is asked of the plain ones; what is there stays.

    cache -- a folder of the sources' packages
    """
    sources = [FirstPage(source) for source in read_sources() if source.split == split]
    step = max(1.0, len(sources) / most)
    chosen = [sources[int(index * step)] for index in range(min(most, len(sources)))]
    looker = Looker()
    for name, view in VIEWS.items():
        folder = out / name
        if not (folder / "shots.jsonl").is_file():
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "sources").symlink_to(cache.resolve(), target_is_directory=True)
            harvest(chosen, folder, views=(view,))
        look_at(folder, looker, lambda done, total: None)
    _invert(out / PLAIN, out / INVERTED)
    look_at(out / INVERTED, looker, lambda done, total: None)
    write_instructions(out / PLAIN)


def _invert(plain: Path, folder: Path) -> None:
    """The same shots with their colours turned round."""
    folder.mkdir(exist_ok=True)
    for path in plain.glob("*.png"):
        if not (folder / path.name).is_file():
            write(folder / path.name, png(255 - screenshot_of(path).pixels))
    write(folder / "shots.jsonl", (plain / "shots.jsonl").read_bytes())


def measured(out: Path) -> dict[str, list[Row]]:
    """The rows of each view: what is asked, and whether the click was right."""
    plain, asked = _shots(out / PLAIN), [one for _, one in read_instructions(out / PLAIN)]
    results = {}
    for name in (*VIEWS, INVERTED):
        shots, tasks = _shots(out / name), []
        for number, one in enumerate(asked):
            boxes = _moved(one.boxes, plain[one.shot], shots.get(one.shot))
            picture = out / name / f"{one.shot}.png"
            if boxes is not None and (name == PLAIN or _other(picture, out / PLAIN / picture.name)):
                ratio = float(shots[one.shot]["ratio"])
                tasks.append(ScreenTask(str(number), picture, one.text, boxes, one.kind, one.shot, ratio))
        results[name] = measure_screens(ScreenPlan((METHOD,)), tasks, out / name)
    return results


def _shots(folder: Path) -> dict[str, Row]:
    return {str(row["name"]): row for row in read_jsonl(folder / "shots.jsonl")}


def _moved(boxes: Sequence[Box], plain: Row, other: Row | None) -> tuple[Box, ...] | None:
    """The boxes of the same elements on another rendering; None where that has other elements."""
    if other is None or _named(plain) != _named(other):
        return None
    before, after = (np.array([one["box"] for one in row["elements"]], float) for row in (plain, other))
    result = []
    for box in boxes:
        far = np.abs(before - np.array(box.edges) / plain["ratio"]).max(1)
        if far.min() > _CLOSE:  # its element reaches beyond the screen
            return None
        left, top, right, bottom = after[int(far.argmin())] * other["ratio"]
        result.append(Box(left, top, max(left, right), max(top, bottom)))
    return tuple(result)


def _other(one: Path, plain: Path) -> bool:
    """Whether it is another picture: some pages know no dark theme."""
    return digest(one) != digest(plain)


def _named(row: Row) -> list[tuple[str, str]]:
    return [(one["role"], one["name"]) for one in row["elements"]]


def table(results: Mapping[str, Sequence[Row]]) -> str:
    """A line for each view: hit rates, and the difference on what was asked of both."""
    plain = {row["task"]: row["hit"] for row in results[PLAIN]}
    lines = []
    for name, rows in results.items():
        there = [row for row in rows if row["boxes"]]
        groups = there, [row for row in there if row["kind"] == "text"], [row for row in rows if not row["boxes"]]
        cells = [cell for some in groups for cell in _cells(some, plain)]
        lines.append([name, f"{len({row['picture'] for row in rows})}", f"{len(there)}", *cells])
    return markdown(HEAD, lines)


def _cells(rows: Sequence[Row], plain: Mapping[str, float]) -> tuple[str, str]:
    """The hit rate, and how much higher it is than that of the plain pages; pages are drawn anew."""
    if not rows:
        return "-", "-"
    hits, pages = np.array([row["hit"] for row in rows], float), [row["picture"] for row in rows]
    low, high = interval(hits, groups=pages)
    gain = difference(hits, [plain[row["task"]] for row in rows], groups=pages)
    return _shown(Difference(float(hits.mean()), low, high), ""), _shown(gain, "+")


def _shown(figure: Difference, sign: str) -> str:
    mean, low, high = (format(100 * value, f"{sign}.1f") for value in (figure.mean, figure.low, figure.high))
    return f"{mean} ({low} to {high})"
