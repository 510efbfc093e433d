"""Drawings of icons as a browser draws them: sheets of hundreds, white on black, cut into masks.

A mask is what the colour of an icon is multiplied with at each pixel. Each icon is drawn at three sizes (12 to 20, 20
to 32, 32 to 64 device pixels), not on whole pixels, as inline SVG.
"""

from __future__ import annotations

import html
import io
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.screen.harvest import browser
from training.screen.icons.packs import Icon

LOG = logging.getLogger(__name__)
SIZES = ((12, 13, 14, 15, 16, 18, 20), (20, 22, 24, 26, 28, 30, 32), (32, 36, 40, 48, 56, 64))
_MARGIN = 2
_SIDE = 1536  # pixels of a sheet
_ID = re.compile(r'(\bid="|url\(#|href="#)([^")]+)')


@dataclass(frozen=True, eq=False)
class Masks:
    """Drawings of many icons.

    Attributes:
        pixels: of all of them, one after another.
        sizes: (n,) a drawing is square.
        starts: (n,) where its pixels begin.
        icons: (n,) which icon it is of.
    """

    pixels: NDArray[np.uint8]
    sizes: NDArray[np.int64]
    starts: NDArray[np.int64]
    icons: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.sizes)

    def __getitem__(self, index: int) -> NDArray[np.uint8]:
        size, start = int(self.sizes[index]), int(self.starts[index])
        return self.pixels[start : start + size * size].reshape(size, size)

    def save(self, path: Path) -> None:
        """Write them as one file."""
        np.savez(path, pixels=self.pixels, sizes=self.sizes, starts=self.starts, icons=self.icons)

    @staticmethod
    def load(path: Path) -> Masks:
        """Read what `save` wrote."""
        with np.load(path) as arrays:
            return Masks(**{name: arrays[name] for name in ("pixels", "sizes", "starts", "icons")})


def render(icons: Sequence[Icon], rng: np.random.Generator) -> Masks:
    """Each icon at one size of each range; what a browser draws nothing of is left out."""
    by_size: dict[int, list[int]] = {}
    for index in range(len(icons)):
        for sizes in SIZES:
            by_size.setdefault(int(rng.choice(sizes)), []).append(index)
    drawn: list[tuple[int, NDArray[np.uint8]]] = []
    with browser() as chromium:
        page = chromium.new_page(viewport={"width": _SIDE, "height": _SIDE})
        for size, indexes in sorted(by_size.items()):
            for part in _parts(indexes, (_SIDE // (size + _MARGIN)) ** 2):
                drawn += _sheet(page, icons, part, size, rng)
            LOG.info("%d pixels: %d drawings so far", size, len(drawn))
    kept = [(index, mask) for index, mask in drawn if mask.max(initial=0) > 60]
    pixels = np.concatenate([mask.ravel() for _, mask in kept])
    sides = np.array([len(mask) for _, mask in kept])
    starts = np.concatenate([[0], np.cumsum(sides**2)[:-1]])
    return Masks(pixels, sides, starts, np.array([index for index, _ in kept]))


def _parts(indexes: Sequence[int], most: int) -> Iterator[Sequence[int]]:
    return (indexes[start : start + most] for start in range(0, len(indexes), most))


def _sheet(
    page: Any, icons: Sequence[Icon], part: Sequence[int], size: int, rng: np.random.Generator
) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """The drawings of one screenshot."""
    from PIL import Image

    step = size + _MARGIN
    across = _SIDE // step
    places = [(number % across * step, number // across * step) for number in range(len(part))]
    shifts = rng.uniform(0, _MARGIN - 1, (len(part), 2))
    body = "".join(
        svg(icons[index], size, f"left:{x + dx:.2f}px;top:{y + dy:.2f}px")
        for index, (x, y), (dx, dy) in zip(part, places, shifts, strict=True)
    )
    style = "body{margin:0;background:#000;color:#fff}svg{position:absolute;overflow:hidden}"
    page.set_content(f"<style>{style}</style>{body}")
    picture = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("L"))
    for index, (x, y) in zip(part, places, strict=True):
        yield index, picture[y : y + size + 1, x : x + size + 1].copy()


def svg(icon: Icon, size: float, style: str, attributes: Mapping[str, str] | None = None) -> str:
    """The element that draws an icon; identifiers in it are its own."""
    own = f"{icon.pack}-{icon.name}-{size:g}-"
    body = _ID.sub(lambda match: f"{match[1]}{own}{match[2]}", icon.body)
    more = "".join(f' {name}="{html.escape(value)}"' for name, value in (attributes or {}).items())
    return f'<svg width="{size:g}" height="{size:g}" viewBox="{icon.view}" style="{style}"{more}>{body}</svg>'
