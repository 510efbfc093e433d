"""The elements that the `Looker` sees on each shot, written beside the shots so that nobody reads a picture twice.

A line of `elements.jsonl` has the name of a shot, the digest of its picture and the elements. It is added when a shot
was looked at: a run that was stopped goes on where it was, and a shot whose picture is another one is looked at again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tamis.image import Box, screenshot_of
from tamis.io.files import digest
from tamis.io.journal import LineFile
from tamis.io.rows import read_jsonl
from tamis.screen.elements import Element, ElementSource

FILE = "elements.jsonl"


def look_at(folder: Path, source: ElementSource, advance: Callable[[int, int], None] = lambda done, total: None) -> int:
    """Look at the shots of a folder that nobody has looked at; returns how many there were.

    advance -- is called with how many of them are done, and how many there are
    """
    shots = {row["name"]: row for row in read_jsonl(folder / "shots.jsonl")}
    digests = {name: digest(folder / f"{name}.png") for name in shots}
    with LineFile(folder / FILE) as lines:
        seen = {row["name"]: row["digest"] for row in read_jsonl(folder / FILE)}
        new = [name for name, value in digests.items() if seen.get(name) != value]
        for done, name in enumerate(new, 1):
            elements = source(screenshot_of(folder / f"{name}.png", ratio=shots[name]["ratio"]))
            row = {"name": name, "digest": digests[name], "elements": [element.to_dict() for element in elements]}
            lines.append(json.dumps(row, ensure_ascii=False).encode())
            advance(done, len(new))
    return len(new)


def sights(folder: Path) -> Mapping[str, tuple[Element, ...]]:
    """The elements of each shot that was looked at, by the shot's name."""
    return {
        row["name"]: tuple(_elements(row["elements"])) for row in read_jsonl(folder / FILE)
    }  # (the last one counts)


def _elements(rows: Sequence[Mapping[str, Any]]) -> Iterator[Element]:
    for row in rows:
        yield Element(**{**row, "box": Box(*row["box"])})
