"""Words that people search for, from the packages of some packs' own projects: icon name -> words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from training.config import read_toml
from training.screen.icons.packs import TABLE
from training.screen.sources import unpacked

Pairs = Iterator[tuple[str, list[str]]]
_LETTERS = re.compile(r"[a-z][a-z' -]{1,28}[a-z]|x")


def tags_of(cache: Path, table: Path = TABLE) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Names of icons, each with the words that a project gives it; English words in small letters."""
    for row in read_toml(table)["tags"]:
        folder = unpacked(row["root"], cache)
        for name, words in _READERS[row["name"]](folder):
            plain = (re.sub(r"[-_]+", " ", word).strip().lower() for word in words)
            kept = tuple(dict.fromkeys(word for word in plain if _LETTERS.fullmatch(word)))
            if kept:
                yield name, kept


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _lucide(folder: Path) -> Pairs:
    yield from _json(folder / "tags.json").items()


def _tabler(folder: Path) -> Pairs:
    for name, icon in _json(folder / "icons.json").items():
        yield name, [str(tag) for tag in icon["tags"]]


def _phosphor(folder: Path) -> Pairs:
    text = (folder / "dist" / "index.mjs").read_text(encoding="utf-8")
    for name, tags in re.findall(r'\bname: "([\w-]+)".*?tags: \[(.*?)\]', text, re.DOTALL):
        yield name, re.findall(r'"([^"*]+)"', tags)


def _ionicons(folder: Path) -> Pairs:
    for icon in _json(folder / "dist" / "ionicons.json")["icons"]:
        yield icon["name"], [tag for tag in icon["tags"] if tag not in ("outline", "sharp")]


def _mdi(folder: Path) -> Pairs:
    for icon in _json(folder / "meta.json"):
        yield icon["name"], icon["aliases"]


def _fontawesome(folder: Path) -> Pairs:
    for name, icon in _json(folder / "metadata" / "icon-families.json").items():
        yield name, [str(term) for term in icon["search"]["terms"]] + icon.get("aliases", {}).get("names", [])


def _octicons(folder: Path) -> Pairs:
    for name, icon in _json(folder / "build" / "data.json").items():
        yield name, icon["keywords"]


_READERS: Mapping[str, Callable[[Path], Pairs]] = {
    "lucide": _lucide,
    "tabler": _tabler,
    "ph": _phosphor,
    "ion": _ionicons,
    "mdi": _mdi,
    "fa": _fontawesome,
    "octicon": _octicons,
}
