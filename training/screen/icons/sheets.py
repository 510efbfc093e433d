"""Icons on pages, for measurement: other colours, grounds, buttons and rasters than training has made itself.

A sheet is a screenshot of a page with icons as a style sheet would draw them: inline SVG or CSS masks, bare, in
buttons, in circles, in frames, at 1, 1.5 and 2 device pixels. Each icon's crop is the box of the element, grown.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from training.screen.harvest import browser
from training.screen.icons.packs import Icon
from training.screen.icons.render import svg

Pixels: TypeAlias = NDArray[np.uint8]
Rng: TypeAlias = np.random.Generator
_CELL, _ACROSS = 112, 12  # CSS pixels of an icon's part of the page; icons in a row
_ROWS = 8
_RATIOS = (1.0, 1.5, 2.0)
_GROW = 0.15
_LIGHT = ("#ffffff", "#f8f9fa", "#e9ecef", "#fff3cd", "#d1e7dd", "#cfe2ff")
_DARK = ("#212529", "#000000", "#0d6efd", "#198754", "#dc3545", "#6f42c1", "#343a40", "#0b3d5c")
_BOXES = (  # how the element around an icon looks: padding as a share of the icon, radius, filled or framed
    (0.0, "0", "bare"), (0.0, "0", "bare"), (0.0, "0", "bare"), (0.4, "50%", "filled"), (0.35, "6px", "filled"),
    (0.4, "6px", "framed"),
)  # fmt: skip


def crops(icons: Sequence[Icon], size: int, rng: Rng) -> list[Pixels]:
    """A crop of each icon, drawn so many device pixels large."""
    result: list[Pixels] = []
    with browser() as chromium:
        for start in range(0, len(icons), _ACROSS * _ROWS):
            ratio = float(rng.choice(_RATIOS))
            view = {"width": _CELL * _ACROSS, "height": _CELL * _ROWS}
            context = chromium.new_context(viewport=view, device_scale_factor=ratio)
            result += _sheet(context.new_page(), icons[start : start + _ACROSS * _ROWS], size, ratio, rng)
            context.close()
    return result


def _sheet(page: Any, icons: Sequence[Icon], size: int, ratio: float, rng: Rng) -> Iterator[Pixels]:
    from PIL import Image

    cells = "".join(_cell(icon, size / ratio, rng) for icon in icons)
    style = f"""body {{ margin: 0; display: grid; grid-template-columns: repeat({_ACROSS}, {_CELL}px) }}
        .cell {{ height: {_CELL}px; display: flex; align-items: center; justify-content: center }}
        .box {{ display: inline-flex; box-sizing: border-box }}"""
    page.set_content(f"<style>{style}</style>{cells}")
    boxes = page.evaluate(
        "() => [...document.querySelectorAll('.box')].map(e => e.getBoundingClientRect()).map("
        "r => [r.left, r.top, r.right, r.bottom])"
    )
    pixels = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
    for box in boxes:
        left, top, right, bottom = np.array(box) * ratio
        across, down = (right - left) * _GROW, (bottom - top) * _GROW
        edges = np.round([left - across, top - down, right + across, bottom + down]).astype(int)
        left, top, right, bottom = np.maximum(edges, 0)
        yield pixels[top:bottom, left:right].copy()


def _cell(icon: Icon, size: float, rng: Rng) -> str:
    first, second = (list(rng.permutation(colours)) for colours in (_LIGHT, _DARK))
    ground, ink = (first[0], second[0]) if rng.random() < 0.6 else (second[0], first[0])
    padding, radius, kind = _BOXES[rng.integers(len(_BOXES))]
    box = f"padding:{padding * size:.2f}px;border-radius:{radius};"
    if kind == "filled":
        other = second[1] if ink in first else first[1]
        box, ink = box + f"background:{ink};", other if rng.random() < 0.3 else ground
    elif kind == "framed":
        box += f"border:1px solid {ink};"
    drawn = _drawn(icon, size, ink, rng)
    return f'<div class="cell" style="background:{ground}"><span class="box" style="{box}">{drawn}</span></div>'


def _drawn(icon: Icon, size: float, ink: str, rng: Rng) -> str:
    """Inline, or as a mask of a box of that colour."""
    if rng.random() < 0.5:
        return svg(icon, size, f"display:block;color:{ink}")
    image = svg(icon, size, "color:#000").replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    mask = f"url(&quot;data:image/svg+xml,{quote(image)}&quot;) 0 0 / 100% 100%"
    return f'<i style="display:block;width:{size:.2f}px;height:{size:.2f}px;background:{ink};mask:{mask}"></i>'
