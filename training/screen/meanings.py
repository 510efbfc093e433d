"""What things on screens mean: the tables `meanings.toml`, `meanings_held_out.toml`, and the words of an icon's name.

A thing means what it is called (the whole name), or what it is drawn as. Pages say how they draw an icon in many ways:
the class of a font, a file's name, a word that a font turns into a picture, or "PACK/NAME".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tamis.screen.matching import plain
from training.config import build_section, read_toml
from training.screen.icons.packs import words_of

TABLE = Path(__file__).with_name("meanings.toml")
HELD_OUT = Path(__file__).with_name("meanings_held_out.toml")
_SAID = ("called", "looks", "does")
_FONTS = re.compile(
    r"^(?:fa|bi|mdi|ti|ion|glyphicon|icon-tabler|tabler-icon|lucide|cui|cil|cib|la|ri|ph|bx|bxs|uil|feather|typcn|pe-7s|"
    r"nc|ni|ui-icon|jsoneditor|note-icon|icon|s-icon|octicon|codicon|material|dashicons|im|eva|lni|tim)-([a-z][\w-]*)$"
)
_FILE = re.compile(r"^([a-z][\w-]*)\.(?:svg|png|gif)$", re.I)
_ENDS = frozenset(["outline", "outlined", "fill", "filled", "solid", "line", "thin", "bold", "sharp", "round",
                   "rounded", "regular", "duotone", "light", "alt", "o", "icon"])  # fmt: skip
_SIZES = re.compile(
    r"^(?:fw|lg|sm|xs|xl|\dx|\d+|spin|solid|regular|brands|light|stack.*|icon|inverse|pull-.*|wrapper)$"
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """A meaning, as people say it.

    Attributes:
        labels: plain names of things that mean it.
        glyphs: words of names of icons that mean it.
        called, looks, does: what its icon is called, what that looks like, what it does: for each split its phrases.
    """

    name: str
    labels: tuple[str, ...]
    glyphs: tuple[str, ...]
    called: tuple[tuple[str, ...], ...]
    looks: tuple[tuple[str, ...], ...]
    does: tuple[tuple[str, ...], ...]


@cache
def meanings() -> Mapping[str, Meaning]:
    """The table, by name.

    Raises:
        ValueError: a phrase is there twice, or the two tables are not of the same meanings.
    """
    held_out = read_toml(HELD_OUT)["meaning"]
    barred = {phrase for row in held_out for what in _SAID for phrase in row[what]}
    rows = [_both(*pair, barred) for pair in zip(read_toml(TABLE)["meaning"], held_out, strict=True)]
    table = [build_section(Meaning, f"meaning {row.get('name')}", row) for row in rows]
    phrases = [phrase for one in table for part in (*one.looks, *one.does) for phrase in part]
    if twice := {phrase for phrase in phrases if phrases.count(phrase) > 1}:
        raise ValueError(f"{TABLE}: phrases of several meanings: {sorted(twice)}")
    return {one.name: one for one in table}


def _both(develop: Mapping[str, Any], held_out: Mapping[str, Any], barred: AbstractSet[str]) -> dict[str, Any]:
    """A meaning in both parts; what the held-out one says, of whatever meaning, the other one does not."""
    if develop["name"] != held_out["name"]:
        raise ValueError(f"{HELD_OUT}: {held_out['name']!r} stands where {TABLE.name} has {develop['name']!r}")
    return {
        **develop,
        **{what: ([one for one in develop[what] if one not in barred], held_out[what]) for what in _SAID},
    }


def label_meanings(name: str) -> frozenset[str]:
    """The meanings of what a thing is called."""
    return _by("labels").get(plain(name), frozenset())


def glyph_meanings(icon: str) -> frozenset[str]:
    """The meanings of what draws an icon."""
    words = glyph_words(icon)
    return _by("glyphs").get(words) or _by("glyphs").get(" ".join(_stem(words)), frozenset())


def glyph_words(icon: str) -> str:
    """The words of an icon's name; empty where a page does not say it.

    Example: "fas fa-trash-alt fa-fw" -> "trash alt"
    """
    if match := re.fullmatch(r"[\w-]+/([\w-]+)", icon):
        return " ".join(words_of(match[1]))
    if match := re.fullmatch(r"material-icons ([a-z_0-9]+)", icon):
        return _words(match[1])
    for token in icon.lower().split():
        match = _FONTS.match(token) or _FILE.match(token)
        if match and not _SIZES.match(match[1]):
            return _words(match[1])
    return ""


def glyph_name(icon: str) -> str:
    """The words of an icon's name as people say them: without how it is drawn."""
    return " ".join(_stem(glyph_words(icon)))


def pack_of(icon: str) -> str:
    """The pack of an icon that says it: "lucide/save" -> "lucide"."""
    return icon.partition("/")[0] if "/" in icon else ""


def _words(name: str) -> str:
    return " ".join(re.sub(r"(?<=[a-z])(?=\d)", " ", re.sub(r"[-_]+", " ", name.lower())).split())


def _stem(words: str) -> list[str]:
    parts = words.split()
    while len(parts) > 1 and (parts[-1] in _ENDS or parts[-1].isdigit()):
        parts.pop()
    return parts


@cache
def _by(field: str) -> Mapping[str, frozenset[str]]:
    table: dict[str, frozenset[str]] = {}
    for one in meanings().values():
        for words in getattr(one, field):
            table[words] = table.get(words, frozenset()) | {one.name}
    return table
