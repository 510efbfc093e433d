"""What training and measurement read: drawings, whose they are, and what they are called.

`icons.jsonl` has a line for each icon, `concepts.jsonl` one for each concept, `masks.npz` the drawings.
"""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from training.screen.icons.concepts import Concept, Keys, concepts_of, read_said
from training.screen.icons.packs import Icon, icons_of, read_packs
from training.screen.icons.render import Masks, render
from training.screen.icons.tags import tags_of

LOG = logging.getLogger(__name__)
_RARE = 2  # drawings of what one pack alone has


@dataclass(frozen=True, slots=True)
class Row:
    """Whose a drawing is, without the drawing.

    Attributes:
        concept: its number in `concepts.jsonl`.
    """

    pack: str
    role: str
    name: str
    concept: int


@dataclass(frozen=True, eq=False)
class IconData:
    """Icons, concepts and drawings of one folder."""

    rows: tuple[Row, ...]
    concepts: tuple[Concept, ...]
    masks: Masks


def collect(cache: Path) -> tuple[list[Icon], list[Concept], list[int]]:
    """Icons of all packs, the concepts, and which one each icon is of."""
    icons = [icon for pack in read_packs() for icon in icons_of(pack, cache)]
    keys = Keys(read_said())
    concepts = concepts_of(icons, tags_of(cache), keys)
    numbers = {key: number for number, key in enumerate(concepts)}
    kept: dict[int, list[Icon]] = defaultdict(list)
    for icon in icons:
        number = numbers[keys(icon.words)]
        if len(concepts[keys(icon.words)].packs) > 1 or len(kept[number]) < _RARE:
            kept[number].append(icon)
    pairs = [(icon, number) for number, some in kept.items() for icon in some]
    return [icon for icon, _ in pairs], list(concepts.values()), [number for _, number in pairs]


def make(cache: Path, out: Path) -> None:
    """Fetch, merge and draw all icons into a folder."""
    icons, concepts, numbers = collect(cache)
    LOG.info("%d icons of %d concepts", len(icons), len(concepts))
    out.mkdir(parents=True, exist_ok=True)
    rows = [asdict(Row(icon.pack, icon.role, icon.name, n)) for icon, n in zip(icons, numbers, strict=True)]
    _write(out / "icons.jsonl", rows)
    _write(out / "concepts.jsonl", [{**asdict(concept), "packs": sorted(concept.packs)} for concept in concepts])
    render(icons, np.random.default_rng(0)).save(out / "masks.npz")


def load(folder: Path) -> IconData:
    """What `make` wrote."""
    rows = tuple(Row(**json.loads(line)) for line in _lines(folder / "icons.jsonl"))
    concepts = tuple(_concept(line) for line in _lines(folder / "concepts.jsonl"))
    return IconData(rows, concepts, Masks.load(folder / "masks.npz"))


def _concept(line: str) -> Concept:
    values = json.loads(line)
    lists = {name: tuple(values[name]) for name in ("names", "said", "tags")}
    return Concept(**{**values, **lists, "packs": frozenset(values["packs"])})


def _write(path: Path, rows: Sequence[object]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()
