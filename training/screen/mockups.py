"""Interfaces that are made up: mail programs, players, editors ... full of buttons that show an icon and no word.

Real pages say little of what their icons are. Here each icon is known by its pack and name, so that icons of packs that
an encoder was trained on, and of other styles, can be told apart. A page is a pure function of its source and number.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from training.config import read_toml
from training.screen.icons.packs import Icon, icons_of, read_packs
from training.screen.meanings import Meaning, glyph_meanings, meanings
from training.screen.sources import SETTLE, served

TABLE = Path(__file__).with_name("mockups.toml")
STYLE = Path(__file__).with_name("mockups.css")
FONTS = (
    "Liberation Sans",
    "DejaVu Sans",
    "Liberation Serif",
    "DejaVu Sans Mono",
    "Liberation Sans Narrow",
    "sans-serif",
)
_LABELLED = 0.65  # of the icons that are buttons, those that say what they are called


@dataclass(frozen=True, slots=True)
class Mockups:
    """A source of interfaces that are made up.

    Attributes:
        packs: names of packs of icons; each page has one of them.
        layouts: names of layouts (`layouts.LAYOUTS`); they take turns.
        count: of pages.
        views: of each page.
        settle: milliseconds until a page has built itself.
    """

    name: str
    licence: str
    split: str
    packs: tuple[str, ...]
    layouts: tuple[str, ...]
    count: int
    views: int = 1
    settle: int = SETTLE

    @contextmanager
    def pages(self, cache: Path) -> Iterator[Sequence[str]]:
        """Addresses of the pages, which are written into the cache."""
        from training.screen.layouts import LAYOUTS

        folder = cache / f"mockups-{self.name}"
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(self.count):
            pack, layout = self.packs[number % len(self.packs)], self.layouts[number % len(self.layouts)]
            sketch = Sketch(random.Random(f"{self.name} {number}"), glyphs_of(pack, cache))
            body = LAYOUTS[layout](sketch)
            (folder / f"{number:03d}-{layout}-{pack}.html").write_text(page(sketch, body), encoding="utf-8")
        with served(folder, {}) as address:
            yield [f"{address}/{path.name}" for path in sorted(folder.glob("*.html"))[: self.count]]


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The icons of a pack: those of each meaning, and others by their words."""

    by_meaning: Mapping[str, Sequence[Icon]]
    others: Sequence[Icon]


@cache
def glyphs_of(pack: str, cache: Path) -> Glyphs:
    """The icons of a pack by what they mean.

    Raises:
        ValueError: no pack has that name.
    """
    known = {one.name: one for one in read_packs()}
    if pack not in known:
        raise ValueError(f"no pack of icons is named {pack!r}; known: {', '.join(known)}")
    by_meaning: dict[str, list[Icon]] = {}
    others = []
    for icon in icons_of(known[pack], cache):
        names = glyph_meanings(f"{icon.pack}/{icon.name}")
        for name in names:
            by_meaning.setdefault(name, []).append(icon)
        plain = len(icon.words) <= 2 and all(word.isalpha() and len(word) > 2 for word in icon.words)
        if not names and plain:
            others.append(icon)
    return Glyphs(by_meaning, others)


@dataclass(slots=True)
class Sketch:
    """A page in the making: its own random numbers, its icons, and one look for everything on it.

    Attributes:
        used: names of icons that are on it: a second one of a name is rare.
    """

    rng: random.Random
    glyphs: Glyphs
    used: set[str] = field(default_factory=set)

    def words(self, kind: str, count: int) -> list[str]:
        """Some texts of a kind, none twice."""
        texts: list[str] = _table()["texts"][kind]
        return self.rng.sample(texts, min(count, len(texts)))

    def one(self, kind: str) -> str:
        """A text of a kind."""
        texts: list[str] = _table()["texts"][kind]
        return self.rng.choice(texts)

    def button(self, *names: str, text: str = "", style: str = "") -> str:
        """A button with the icon of the first meaning that the pack has; a text beside it, a label, or neither."""
        meaning, icon = self._icon(names)
        label = escape(self._label(meaning))
        label_of = "" if text or self.rng.random() > _LABELLED else f' aria-label="{label}" title="{label}"'
        if icon is None:
            return f"<button class='{style}'>{text or label}</button>"
        return (
            f"<button class='b {style}'{label_of}>{svg(icon)}{f'<span>{escape(text)}</span>' if text else ''}</button>"
        )

    def link(self, text: str, *names: str, style: str = "") -> str:
        """A line of a menu: an icon and a text."""
        _, icon = self._icon(names)
        return f"<a href='#' class='l {style}'>{svg(icon) if icon else ''}<span>{escape(text)}</span></a>"

    def bar(self, names: Sequence[str], style: str = "") -> str:
        """A tool bar: a button for each meaning that the pack has."""
        return f"<div role='toolbar' class='bar {style}'>{''.join(self.button(name) for name in names)}</div>"

    def more(self, count: int, style: str = "") -> str:
        """A tool bar of icons that mean nothing in particular: anchors, trees, whatever the pack has."""
        icons = self.rng.sample(self.glyphs.others, min(count, len(self.glyphs.others)))
        buttons = []
        for icon in icons:
            label = (
                f' aria-label="{escape(" ".join(icon.words).capitalize())}"' if self.rng.random() < _LABELLED else ""
            )
            buttons.append(f"<button class='b'{label}>{svg(icon)}</button>")
        return f"<div role='toolbar' class='bar {style}'>{''.join(buttons)}</div>"

    def some(self, names: Sequence[str], least: int) -> list[str]:
        """Some of the names in their order, at least so many."""
        count = self.rng.randint(min(least, len(names)), len(names))
        kept = set(self.rng.sample(list(names), count))
        return [name for name in names if name in kept]

    def _icon(self, names: Sequence[str]) -> tuple[str, Icon | None]:
        for name in names:
            if icons := self.glyphs.by_meaning.get(name):
                return name, self.rng.choice(list(icons))
        return names[0], None

    def _label(self, meaning: str) -> str:
        one: Meaning | None = meanings().get(meaning)
        return self.rng.choice(one.labels[:3]).capitalize() if one else meaning.capitalize()


def svg(icon: Icon) -> str:
    """An icon as HTML has it, with its pack and name."""
    return f"<svg viewBox='{icon.view}' data-glyph='{icon.pack}/{icon.name}'>{icon.body}</svg>"


def page(sketch: Sketch, body: str) -> str:
    """A page: a body in one of very many looks."""
    rng = sketch.rng
    hue, dark = rng.randrange(360), rng.random() < 0.35
    tint = rng.choice((0, 4, 12))
    back, surface, fore, muted, line = (11, 16, 92, 65, 26) if dark else (rng.choice((96, 98, 100)), 100, 12, 42, 86)
    greys = {"back": back, "surface": surface, "fore": fore, "muted": muted, "line": line}
    values = {
        **{name: f"hsl({hue} {tint}% {light}%)" for name, light in greys.items()},
        "accent": f"hsl({(hue + rng.choice((0, 120, 180))) % 360} {rng.choice((55, 75, 90))}% {58 if dark else 42}%)",
        "radius": f"{rng.choice((0, 3, 6, 10, 20))}px",
        "size": f"{rng.choice((12, 13, 14, 15, 16))}px",
        "icon": f"{rng.choice((14, 16, 18, 20, 24, 28))}px",
        "pad": f"{rng.choice((3, 5, 7, 10))}px",
        "gap": f"{rng.choice((2, 4, 8, 14))}px",
        "edge": rng.choice(("transparent", "transparent", "var(--line)")),
        "font": f"'{rng.choice(FONTS)}'",
    }
    variables = "".join(f"--{name}:{value};" for name, value in values.items())
    looks = " ".join(name for name in ("round", "filled", "tinted") if rng.random() < 0.25)
    sheet = STYLE.read_text(encoding="utf-8")
    frame = Template(_table()["frame"])
    return frame.substitute(
        title=escape(sketch.one("brands")), variables=variables, sheet=sheet, looks=looks, body=body
    )


@cache
def _table() -> Mapping[str, Any]:
    return read_toml(TABLE)
