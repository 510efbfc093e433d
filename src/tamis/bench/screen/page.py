"""The report as a page: tables, and what went wrong, drawn on its picture."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from tamis.bench.report import html_table, report
from tamis.bench.screen.summary import HEAD, ScreenLine, cells
from tamis.image import Box, Mark, Point, Transform, marked, png, screenshot_of
from tamis.image.screenshot import Pixels
from tamis.io.journal import Row
from tamis.io.page import escape

TITLE = "Where instructions point"
ABOUT = """\
A hit is a click inside a right box; for absent targets, no click. hit@3: one of the best three has its middle in a
right box. AUROC: how well the confidence tells targets that are there from absent ones. False clicks: absent targets
that are clicked where 90 % of the targets that are there are. A random element: the chance that an element that was
seen is right. The best constant point is chosen on these tasks themselves. Intervals (95 %) come from drawing pictures
anew; differences are paired."""
FAILURES = 30
_WIDTH = 640
_ROOM = 220  # pixels of the picture around what is drawn
RIGHT, WRONG = (0, 158, 115), (213, 94, 0)


def page(
    lines: Sequence[ScreenLine], rows: Sequence[Row], settings: Mapping[str, object], *, most: int = FAILURES
) -> str:
    """The page as HTML; it loads nothing.

    settings -- of the run, by name
    most -- failures of the first method that are drawn
    """
    parts = [f"<section><h2>{escape(by)}</h2>{_table(lines, by)}</section>" for by in _order(lines)]
    first = lines[0].method if lines else ""
    failures = [row for row in rows if row["method"] == first and row["hit"] < 1]
    shown = _spread(failures, most)
    head = f"<h2>What {escape(first)} missed: {len(failures)}, {_of_them(len(shown), len(failures))}</h2>"
    drawn = "".join(map(_failure, shown))
    return report(TITLE, ABOUT, settings, "\n".join([*parts, f"<section>{head}{drawn}</section>"]), pictures=True)


def _spread(rows: Sequence[Row], most: int) -> list[Row]:
    """So many of the rows, from all of the pictures: they come one picture after the other."""
    count = min(most, len(rows))
    return [rows[index * len(rows) // count] for index in range(count)]


def _of_them(count: int, of: int) -> str:
    return "all of them" if count == of else f"{count} of them, spread over the pictures"


def _order(lines: Sequence[ScreenLine]) -> list[str]:
    return list(dict.fromkeys(line.by for line in lines))


def _table(lines: Sequence[ScreenLine], by: str) -> str:
    return html_table(HEAD, [cells(line) for line in lines if line.by == by])


def _failure(row: Row) -> str:
    """The instruction, and the part of the picture where it should and did point."""
    boxes = [Box(*edges) for edges in row["boxes"]]
    point = None if row["point"] is None else Point(*row["point"])
    shot = screenshot_of(row["picture"])
    clicked = [] if point is None else [Box(point.x, point.y, point.x, point.y)]
    around = [*boxes, *clicked]
    view = (Box.around(around).grow(_ROOM).clip(shot.bounds) if around else None) or shot.bounds
    scale = min(1.0, _WIDTH / view.width)
    to = Transform(scale, scale, -scale * view.left, -scale * view.top)
    marks = [Mark(to.box(box), "right", None, RIGHT) for box in boxes]
    marks += [Mark(to.box(box).grow(8), "clicked", to.box(box).centre, WRONG) for box in clicked]
    picture = base64.b64encode(png(marked(_scaled(shot.crop(view), scale), marks))).decode()
    caption = f"<dt>{escape(row['text'])} <small>{escape(_note(row))}</small></dt>"
    return f'<dl class=example>{caption}<dd><img alt="" src="data:image/png;base64,{picture}"/></dd></dl>'


def _note(row: Row) -> str:
    """Where it is from, and what went wrong where the picture does not show it."""
    parts = [row["kind"], row["source"]]
    if row["point"] is None:
        parts.append("not clicked, though it is there")
    elif not row["boxes"]:
        parts.append("clicked, though it is not there")
    if row["confidence"] is not None:
        parts.append(f"confidence {row['confidence']:.2f}")
    return ", ".join(parts)


def _scaled(pixels: Pixels, scale: float) -> Pixels:
    """Smaller, before anything is drawn on it: labels stay readable."""
    from PIL import Image

    height, width = pixels.shape[:2]
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return pixels if scale == 1 else np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR))


def pictures_of(rows: Sequence[Row]) -> int:
    """How many pictures there are."""
    return len({Path(row["picture"]) for row in rows})
