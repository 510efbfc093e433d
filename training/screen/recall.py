"""How many targets are among the candidates: by kind, source and device pixel ratio, and which are not.

A target is an element that is on top, drawn (its pixels are not all of one colour) and can be used, or is a text of its
own (not a word in a sentence), a heading or a picture. It is among the candidates if one of them has its middle in the
target's box, and a size of the same order (`near`), or if its name stands in a line of text whose words at that place
are in the target's box (`phrase`: a link in a sentence); a stricter count asks for an overlap of one half (`tight`).
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tamis.image import Box, Screenshot, iou, screenshot_of
from tamis.screen.elements import INPUTS, ElementSource
from tamis.screen.matching import plain
from tamis.screen.scene import phrase

_LARGER = 12.0  # times the target's area: a candidate beyond is another thing that happens to have the same middle


@dataclass(frozen=True, slots=True)
class Target:
    """An element that somebody may be asked to point at.

    Attributes:
        kind: "text", "icon" or "input".
        name: what it reads, or is called.
        box: in device pixels.
        label: what it is called, if it is not what it reads.
        icon: what draws its picture, as the page says it (`glyph_words`).
        row: of a table or a list that it is in, -1 for none.
        area: "navigation", "footer" ...: the part of the page that it is in.
        control: whether it does something.
        boxed: whether it has an edge or a surface of its own.
        lang: of the page.
    """

    shot: str
    source: str
    split: str
    ratio: float
    kind: str
    role: str
    name: str
    box: Box
    label: str = ""
    icon: str = ""
    row: int = -1
    area: str = ""
    control: bool = False
    boxed: bool = False
    lang: str = "en"
    state: Mapping[str, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Recall:
    """A target, and whether it was among the candidates of its shot."""

    target: Target
    near: bool
    phrase: bool
    tight: bool
    candidates: int


def shots_of(folder: Path) -> Iterator[tuple[Mapping[str, Any], Screenshot]]:
    """Each line of a harvest with its picture."""
    for line in (folder / "shots.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield row, screenshot_of(folder / f"{row['name']}.png", ratio=row["ratio"])


def targets_of(row: Mapping[str, Any], shot: Screenshot) -> Iterator[Target]:
    """The targets of a shot."""
    for element in row["elements"]:
        box = shot.css.box(*(min(most, max(0.0, edge)) for edge, most in zip(
            element["box"], (shot.css.width, shot.css.height) * 2, strict=True)))  # fmt: skip
        kind = "input" if element["role"] in INPUTS else "icon" if element["picture"] else "text"
        word = element["inline"] and not element["control"] and not element["picture"]
        if not element["top"] or word or not _drawn(shot, box) or (kind == "text" and not plain(element["name"])):
            continue
        read = element.get("text", "") if kind == "text" else ""
        yield Target(
            row["name"],
            row["source"],
            row["split"],
            row["ratio"],
            kind,
            element["role"],
            read or element["name"],
            box,
            label=element["name"] if read and plain(read) != plain(element["name"]) else "",
            lang=_language(row),
            **{key: element[key] for key in ("icon", "row", "area", "control", "boxed", "state") if key in element},
        )


def recalls(row: Mapping[str, Any], shot: Screenshot, source: ElementSource) -> list[Recall]:
    """For each target of a shot whether a source of elements has it."""
    targets = list(targets_of(row, shot))
    elements = source(shot)
    boxes = [element.box for element in elements]
    overlap = iou([target.box for target in targets], boxes)
    return [
        Recall(
            target,
            near := _near(target.box, boxes),
            near or any(target.box.contains(phrase(element, target.name)[1]) for element in elements),
            bool(boxes and overlap[index].max() >= 0.5),
            len(boxes),
        )
        for index, target in enumerate(targets)
    ]


def table(results: Sequence[Recall], by: str) -> str:
    """Shares of targets that are among the candidates, a line for each value of a target's field."""
    groups: dict[str, list[Recall]] = defaultdict(list)
    for result in results:
        groups[str(getattr(result.target, by))].append(result)
    rows = [
        f"| {name} | {len(group)} | "
        + " | ".join(
            f"{np.mean(values):.1%}" for values in zip(*((r.near, r.phrase, r.tight) for r in group), strict=True)
        )
        + " |"
        for name, group in [*sorted(groups.items()), ("all", list(results))]
    ]
    return "\n".join(
        [f"| {by} | n | middle in the box | or its words | overlap >= 0.5 |", "|---|--:|--:|--:|--:|", *rows]
    )


def _language(row: Mapping[str, Any]) -> str:
    """Of a page: as it says, or as its address does."""
    address = re.search(r"/([a-z]{2})(?:-[A-Z]{2})?/", str(row.get("url", "")))
    return str(row.get("lang") or (address[1] if address else "en"))[:2].lower()


def _near(target: Box, boxes: Sequence[Box]) -> bool:
    return any(target.contains(box.centre) and box.area <= _LARGER * target.area for box in boxes)


def _drawn(shot: Screenshot, box: Box) -> bool:
    pixels = shot.crop(box).reshape(-1, 3)
    return bool(pixels.size and np.ptp(pixels.astype(int), axis=0).max() > 12)
