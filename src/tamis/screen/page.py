"""A page of what was looked at and where instructions point: one file, with the picture in it."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from typing import Any

from numpy.typing import NDArray

from tamis.image import Mark, heat, marked, png
from tamis.image.draw import LETTERS
from tamis.image.screenshot import Pixels
from tamis.io.page import Markup, escape, page
from tamis.screen.grounding import Grounding, RankedElement
from tamis.screen.pointing import Screen

_SEEN = 1280  # pixels of the page that a picture is seen across, however many it has
_COLOURS = {"text": "accent", "shape": "warm", "tree": "second"}


def grounding_page(
    screen: Screen, groundings: Sequence[Grounding], *, title: str, heats: Sequence[NDArray[Any]] = ()
) -> str:
    """The screenshot with every element on it, then each instruction with its place and its candidates.

    heats -- for each instruction the (rows, columns) of attention that are drawn on the screenshot, if there are any
    """
    parts = [_section(number, one) for number, one in enumerate(groundings, 1)]
    for number, grid in enumerate(heats):
        parts[number] += f'<img class="screen" alt="attention" src="{_data(heat(screen.shot.pixels, grid))}"/>'
    sections = Markup("".join(parts))
    marks = [Mark(one.box, str(number), one.point) for number, one in enumerate(groundings, 1) if one.box is not None]
    width, height = screen.shot.size
    picture = _data(marked(screen.shot.pixels, marks, size=round(LETTERS * max(1, width / _SEEN))))
    facts = f"{width} x {height} device pixels", *screen.shot.notes, f"{len(screen.elements)} elements"
    fields = {
        "title": title,
        "size": ", ".join(facts),
        "view": f"0 0 {width} {height}",
        "picture": Markup(f'<image href="{picture}" width="{width}" height="{height}"/>'),
        "boxes": Markup("".join(_boxes(screen))),
        "sections": sections,
    }
    return page("tamis.screen:page", title=f"{title} - tamis", fields=fields, pictures=True)


def _data(pixels: Pixels) -> str:
    return f"data:image/png;base64,{base64.b64encode(png(pixels)).decode()}"


def _boxes(screen: Screen) -> Iterator[str]:
    for element in screen.elements:
        left, top, _, _ = (round(edge, 1) for edge in element.box.edges)
        size = f'width="{element.box.width:.1f}" height="{element.box.height:.1f}"'
        text = escape(f"{element.role}: {element.text}" if element.text else element.role)
        yield f'<rect class="{element.source}" x="{left}" y="{top}" {size}><title>{text}</title></rect>'


def _section(number: int, one: Grounding) -> str:
    place = f"({one.point.x:.0f}, {one.point.y:.0f})" if one.point else escape(one.reason)
    rows = "".join(map(_candidate, one.ranked))
    sure = f'<span class="soft">confidence {one.confidence:.2f}</span>'
    head = f"<h2>{number}. {escape(one.instruction)}</h2><p>{place} {sure}</p>"
    return f"{head}<table><tr><th>score</th><th>at</th><th>role</th><th>text</th></tr>{rows}</table>"


def _candidate(one: RankedElement) -> str:
    """A row; without the place icons could not be told apart."""
    middle = one.element.box.centre
    cells = f"{one.score:.2f}", f"{middle.x:.0f}, {middle.y:.0f}", one.element.role, one.element.text
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"
