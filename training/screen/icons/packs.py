"""Icons of packs: their drawings (SVG) and what their packs call them.

A pack is an npm package of the Iconify project: one JSON of all drawings, with its licence. Words that people search
for come from the packages of some packs' own projects (`tags.py`). A pack is trained on, looked at (`develop`: never
trained on, free to tune on) or held out (measured at the end).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.config import build_section, read_toml
from training.screen.sources import unpacked

TABLE = Path(__file__).with_name("packs.toml")
ROLES = ("train", "develop", "held-out")
MOST = 4  # drawings of one name in one pack: weights and sizes of the same thing
_WEIGHTS = ("regular", "light", "thin", "bold", "fill", "filled", "solid", "duotone", "twotone", "linear", "broken")
_FORMS = ("outline", "outlined", "rounded", "sharp", "baseline", "alt", "o", "xs", "sm", "md", "lg", "xl")
_NUMBERS = ("2", "3", "4", "5", "6", "10", "12", "14", "16", "20", "24", "28", "32", "48", "96")
_STYLES = frozenset([*_WEIGHTS, *_FORMS, *_NUMBERS])
_PREFIXES = frozenset(["baseline", "outline", "round", "sharp", "twotone"])


@dataclass(frozen=True, slots=True)
class Pack:
    """A row of the table.

    Attributes:
        root: "npm:NAME@VERSION".
        role: of `ROLES`.
        licence: of the drawings, an SPDX identifier; `icons_of` compares it with what the package says.
        ends: last words of names that are styles in this pack ("line", "round"); others are known to be.
    """

    name: str
    root: str
    role: str
    licence: str
    ends: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Icon:
    """A drawing.

    Attributes:
        words: of its name, without those of its style.
        body: of its SVG.
        view: "LEFT TOP WIDTH HEIGHT".
    """

    pack: str
    role: str
    name: str
    words: tuple[str, ...]
    body: str
    view: str


def read_packs(table: Path = TABLE) -> tuple[Pack, ...]:
    """The packs of a table.

    Raises:
        ValueError: a role is unknown, or a pack is there twice.
    """
    rows = read_toml(table)["pack"]
    packs = tuple(build_section(Pack, f"pack {row.get('name')}", {"ends": [], **row}) for row in rows)
    if wrong := {pack.role for pack in packs} - set(ROLES):
        raise ValueError(f"{table}: unknown roles {sorted(wrong)}; known: {', '.join(ROLES)}")
    if len({pack.name for pack in packs}) != len(packs):
        raise ValueError(f"{table}: a pack is there twice")
    return packs


def icons_of(pack: Pack, cache: Path) -> list[Icon]:
    """The icons of a pack, no more than `MOST` of one name.

    Raises:
        ValueError: the package names another licence than the table.
    """
    folder = unpacked(pack.root, cache)
    info, data = (json.loads((folder / name).read_text(encoding="utf-8")) for name in ("info.json", "icons.json"))
    if info["license"].get("spdx") != pack.licence:
        raise ValueError(f"{pack.root} says {info['license']}, the table says {pack.licence}")
    same: dict[tuple[str, ...], list[Icon]] = defaultdict(list)
    for icon in _drawn(pack, data):
        same[icon.words].append(icon)
    chosen = (sorted(icons, key=lambda icon: _digest(icon.name))[:MOST] for icons in same.values())
    return [icon for icons in chosen for icon in icons]


def _drawn(pack: Pack, data: dict[str, Any]) -> Iterator[Icon]:
    for name, icon in data["icons"].items():
        words = words_of(name, pack.ends)
        if icon.get("hidden") or not words or "<animate" in icon["body"] or len(icon["body"]) > 12_000:
            continue
        width, height = (icon.get(key, data.get(key, 16)) for key in ("width", "height"))
        view = f"{icon.get('left', 0)} {icon.get('top', 0)} {width} {height}"
        yield Icon(pack.name, pack.role, name, words, icon["body"], view)


def words_of(name: str, ends: Sequence[str] = ()) -> tuple[str, ...]:
    """The words of an icon's name without those that only say how it is drawn."""
    parts = [part for part in re.split(r"[-_\s]+|(?<=[a-z])(?=\d)", name.lower()) if part]
    if len(parts) > 1 and parts[0] in _PREFIXES:
        parts = parts[1:]
    while len(parts) > 1 and (parts[-1] in _STYLES or parts[-1] in ends):
        parts.pop()
    kept = [part for part in parts if part not in _STYLES or (part in ("light", "bold") and len(parts) == 2)]
    return tuple(kept or parts)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
