"""Every picture by every method, one row each, kept as they come; a run that was killed goes on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

from tamis.bench.rows import Advance, collect
from tamis.bench.screen.methods import CONSTANT, METHODS, Pointed, ScreenMethod, constant
from tamis.bench.screen.tasks import ScreenTask
from tamis.errors import InvalidInput, unknown
from tamis.image import Box, Screenshot, screenshot_of
from tamis.io.files import digest
from tamis.io.journal import Row
from tamis.io.rows import read_jsonl
from tamis.screen import Element, ElementSource


@dataclass(frozen=True, slots=True)
class ScreenPlan:
    """What is to be measured.

    Attributes:
        methods: names in `METHODS` or in `others`, or `CONSTANT`; the others are compared with the first.
        others: further methods by name.
        elements: where elements come from; a `Looker` if there is none.
    """

    methods: tuple[str, ...] = (*METHODS, CONSTANT)
    others: Mapping[str, ScreenMethod] = field(default_factory=dict)
    elements: ElementSource | None = None

    def __post_init__(self) -> None:
        if not self.methods:
            raise InvalidInput("Nothing to measure.", hint="Name a method.")
        for name in self.methods:
            if name not in {*METHODS, *self.others, CONSTANT}:
                raise unknown("method", name, {*METHODS, *self.others, CONSTANT})

    def method(self, name: str) -> ScreenMethod:
        """By its name."""
        return self.others[name] if name in self.others else METHODS[name]


def measure_screens(
    plan: ScreenPlan, tasks: Sequence[ScreenTask], folder: Path, *, advance: Advance | None = None
) -> list[Row]:
    """Point at what is not in the folder's journal yet; return all rows of the plan.

    A row is one task by one method: `task`, `text`, `kind`, `source`, `picture`, `size`, `ratio`, `boxes`, `method`,
    `hit`, `among`, `confidence`, `point`, `seconds` (of the instruction).

    Args:
        plan: what is to be measured.
        tasks: of `read_screen_tasks`.
        folder: of the journal; made if need be.
        advance: called before each picture and method.

    Raises:
        UnreadableInput: a picture cannot be read.
        InvalidInput: the journal is of a run with other settings.
        OutputError: a row cannot be written.
        MissingExtra: a package that looks at pictures is not installed.
    """
    pictures: dict[Path, list[ScreenTask]] = {}
    for task in tasks:
        pictures.setdefault(task.picture, []).append(task)
    eyes = _Eyes(plan.elements)
    cells: dict[str, Callable[[], Row]] = {}
    for picture, some in pictures.items():
        mark = _mark(some)
        for name in plan.methods:
            if name != CONSTANT:
                key = f"{picture.name}|{name}|{mark}"
                cells[key] = partial(_picture, eyes, plan.method(name), picture, some)
    measured = collect(folder, {}, cells, advance)
    return _rows(plan, pictures, measured)


class _Eyes:
    """The picture that was looked at last: methods come one after the other on each."""

    def __init__(self, source: ElementSource | None) -> None:
        self._source = source
        self._at: Path | None = None
        self._shot: Screenshot
        self._elements: tuple[Element, ...] | None = None
        self._seen: dict[Path, Mapping[str, Row]] = {}

    def look(self, picture: Path, ratio: float, *, elements: bool) -> tuple[Screenshot, tuple[Element, ...]]:
        if picture != self._at:
            self._shot, self._elements, self._at = screenshot_of(picture, ratio=ratio), None, picture
        if elements and self._elements is None:
            kept = self._kept(picture)
            self._elements = tuple(self._looker()(self._shot)) if kept is None else kept
        return self._shot, (self._elements or ()) if elements else ()

    def _looker(self) -> ElementSource:
        from tamis.screen import Looker

        if self._source is None:
            self._source = Looker()
        return self._source

    def _kept(self, picture: Path) -> tuple[Element, ...] | None:
        """What `elements.jsonl` beside the picture says of it, if it is still the same picture."""
        if self._source is not None:
            return None
        file = picture.parent / "elements.jsonl"
        if picture.parent not in self._seen:
            self._seen[picture.parent] = {str(r["name"]): r for r in read_jsonl(file)} if file.is_file() else {}
        row = self._seen[picture.parent].get(picture.stem)
        if row is None or row["digest"] != digest(picture):
            return None
        return tuple(Element(**{**one, "box": Box(*one["box"])}) for one in row["elements"])


def _picture(eyes: _Eyes, method: ScreenMethod, picture: Path, tasks: Sequence[ScreenTask]) -> Row:
    shot, elements = eyes.look(picture, tasks[0].ratio, elements=method.looks)
    started = perf_counter()
    answers = method.point(shot, elements, tasks)
    seconds = (perf_counter() - started) / len(tasks)
    return {"size": list(shot.size), "seconds": seconds, "answers": [_answer(one) for one in answers]}


def _answer(one: Pointed) -> dict[str, Any]:
    point = None if one.point is None else [round(one.point.x, 1), round(one.point.y, 1)]
    return {"hit": one.hit, "among": one.among, "confidence": one.confidence, "point": point}


def _rows(plan: ScreenPlan, pictures: Mapping[Path, Sequence[ScreenTask]], measured: Sequence[Row]) -> list[Row]:
    names = [name for name in plan.methods if name != CONSTANT]
    rows, cells, sized = list[Row](), iter(measured), list[tuple[ScreenTask, tuple[int, int]]]()
    for tasks in pictures.values():
        for index, name in enumerate(names):
            cell = next(cells)
            for task, answer in zip(tasks, cell["answers"], strict=True):
                rows.append({**_head(task, cell["size"]), "method": name, **answer, "seconds": cell["seconds"]})
                if not index:
                    sized.append((task, (cell["size"][0], cell["size"][1])))
    if CONSTANT in plan.methods:
        sized = sized or [(task, screenshot_of(task.picture).size) for some in pictures.values() for task in some]
        for (task, size), one in zip(sized, constant(sized), strict=True):
            rows.append({**_head(task, size), "method": CONSTANT, **_answer(one), "seconds": 0.0})
    return rows


def _head(task: ScreenTask, size: Sequence[int]) -> Row:
    return {
        "task": task.name,
        "text": task.text,
        "kind": task.kind,
        "source": task.source,
        "picture": str(task.picture),
        "size": list(size),
        "ratio": task.ratio,
        "boxes": [list(box.edges) for box in task.boxes],
    }


def _mark(tasks: Sequence[ScreenTask]) -> str:
    """Changes with the tasks, the picture's path and what is in it: what was measured of others does not count."""
    parts = [(str(task.picture), task.text, [box.edges for box in task.boxes], task.ratio) for task in tasks]
    picture = digest(tasks[0].picture) if tasks[0].picture.is_file() else ""  # (reading it says what is missing)
    return hashlib.sha256(repr((parts, picture)).encode()).hexdigest()[:12]
