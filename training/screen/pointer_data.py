"""What the pointer learns from: for each shot the columns of its elements and instructions, computed once and kept.

A view is a shot with one set of elements: those that were seen, or, of some shots, those of the page's own tree, so
that trees are not strange to the head. It is one file of arrays.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from tamis.core import Bools, Floats
from tamis.image import Box, screenshot_of
from tamis.image.boxes import Edges, edges_of
from tamis.io.rows import read_jsonl
from tamis.screen.pointer_ask import ask_of
from tamis.screen.pointer_scene import PointerScene, Senses
from tamis.screen.tree import ScreenTree
from training.screen.instructions import Instruction
from training.screen.lookout import sights
from training.screen.questions import read_instructions

Array = NDArray[Any]
UNPARSED = 5  # of so many instructions one is learned from as if the parser did not know its sentence
TREES = 3  # of so many shots one is learned from as a tree, too
_MOST = 250  # elements of a tree
_LARGER = 12.0  # times the target's area: an element beyond is another thing whose middle happens to be there
_LEAST = 0.7  # of a target in an element that is right though its middle is not
_WIDER = 8.0  # times the target's area that such an element may have


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """One screen and its instructions, as arrays.

    Attributes:
        name, source, split, ratio: of the shot.
        seen: whether the elements were seen, not read from a tree.
        instructions: as they were written, with what is right.
        arrays: "size" of the screenshot, "looks", "bags", "sides", "icons", "edges" of elements; for each instruction
            "asks", "parts", "matches", "spans", "meant", "right" (I, n), "inside" (I, n, 4).
    """

    name: str
    source: str
    split: str
    ratio: float
    seen: bool
    instructions: tuple[Instruction, ...]
    arrays: Mapping[str, Array]


def view_of(
    row: Mapping[str, Any], scene: PointerScene, instructions: Sequence[Instruction], *, seen: bool = True
) -> View:
    """The arrays of one screen.

    row -- of the harvest, for the name, the source, the split and the ratio
    """
    asks = [ask_of(one.text, parsed=bool(crc32(one.text.encode()) % UNPARSED)) for one in instructions]
    queries = scene.queries(asks)
    edges = scene.scene.edges
    right = [right_elements(edges, query.spans, one.boxes) for query, one in zip(queries, instructions, strict=True)]
    keys = scene.keys
    arrays: Mapping[str, Array] = {
        "looks": keys.looks.astype(np.float16), "sides": keys.sides.astype(np.int16),
        "size": np.array(scene.scene.shot.size, dtype=np.int32),
        "icons": keys.icons.astype(np.float16), "edges": edges.astype(np.float32), **_flat("bags", keys.bags),
        "asks": np.stack([query.columns for query in queries]).astype(np.float16),
        **_flat("parts", [part for query in queries for part in query.bags]),
        "matches": np.stack([query.matches for query in queries]).astype(np.float16),
        "spans": np.stack([query.spans for query in queries]).astype(np.float32),
        "meant": np.stack([scene.meant(ask) for ask in asks]), "right": np.stack(right),
        "inside": np.stack([inside_of(edges, one.boxes) for one in instructions]).astype(np.float16),
    }  # fmt: skip
    return View(row["name"], row["source"], row["split"], row["ratio"], seen, tuple(instructions), arrays)


def right_elements(edges: Edges, spans: Array, boxes: Sequence[Box]) -> Bools:
    """(n,) the elements that an instruction's targets are pointed at by: all, not one (Wu et al. 2025, section 3.3).

    Right is an element whose named words, or whose whole, have their middle in a target and no other size altogether.
    Where there is none of the kind, one that holds most of a target and is not much larger.
    """
    result = np.zeros(len(edges), dtype=bool)
    if not boxes or not len(edges):
        return result
    targets = edges_of(boxes)
    width = edges[:, 2] - edges[:, 0]
    middle = np.stack([edges[:, 0] + spans.mean(1) * width, (edges[:, 1] + edges[:, 3]) / 2], axis=1)
    held = ((middle[:, None] >= targets[None, :, :2]) & (middle[:, None] < targets[None, :, 2:])).all(-1)
    size = width * (edges[:, 3] - edges[:, 1])
    target = (targets[:, 2:] - targets[:, :2]).prod(1)
    part = size * (spans[:, 1] - spans[:, 0])
    near = held & (part[:, None] <= _LARGER * target[None])
    if near.any():
        return np.asarray(near.any(1))
    common = np.minimum(edges[:, None, 2:], targets[None, :, 2:]) - np.maximum(edges[:, None, :2], targets[None, :, :2])
    share = np.clip(common, 0, None).prod(-1) / np.maximum(target, 1e-9)
    return np.asarray(((share > _LEAST) & (size[:, None] <= _WIDER * target[None])).any(1))


def inside_of(edges: Edges, boxes: Sequence[Box]) -> Floats:
    """(n, 4) of each element the part that the target with the largest overlap has, as shares; 0 and 1 without one."""
    result = np.tile([0.0, 0.0, 1.0, 1.0], (len(edges), 1))
    if not boxes or not len(edges):
        return result
    targets = edges_of(boxes)
    low = np.maximum(edges[:, None, :2], targets[None, :, :2])
    high = np.minimum(edges[:, None, 2:], targets[None, :, 2:])
    area = np.clip(high - low, 0, None).prod(-1)
    best = area.argmax(1)
    rows = np.arange(len(edges))
    size = np.maximum(edges[:, 2:] - edges[:, :2], 1e-9)
    part = np.concatenate([(low[rows, best] - edges[:, :2]) / size, (high[rows, best] - edges[:, :2]) / size], axis=1)
    return np.where((area[rows, best] > 0)[:, None], part, result)


def write_views(data: Path, out: Path, senses: Senses, *, split: str = "develop") -> int:
    """Write the views of a split's shots that are not there yet; returns how many there are new.

    data -- what the steps `data`, `look` and `instructions` have made
    """
    asked: dict[str, list[Instruction]] = defaultdict(list)
    for row, one in read_instructions(data):
        if row["split"] == split:
            asked[row["shot"]].append(one)
    seen, count = sights(data), 0
    for row in read_jsonl(data / "shots.jsonl"):
        name = row["name"]
        if not asked[name] or not seen.get(name) or (out / f"{name}.seen.npz").exists():
            continue
        shot = screenshot_of(data / f"{name}.png", ratio=row["ratio"])
        write_view(view_of(row, PointerScene(shot, seen[name], senses), asked[name]), out)
        nodes = ScreenTree([node for node in row["elements"] if node["top"]])(shot)
        if crc32(name.encode()) % TREES == 0 and 0 < len(nodes) <= _MOST:
            write_view(view_of(row, PointerScene(shot, nodes, senses), asked[name], seen=False), out)
        count += 1
    return count


def write_view(view: View, folder: Path) -> None:
    """Keep a view as a file."""
    instructions = [
        {"shot": one.shot, "kind": one.kind, "text": one.text, "boxes": [b.edges for b in one.boxes], "way": one.way}
        for one in view.instructions
    ]
    head = {"name": view.name, "source": view.source, "split": view.split, "ratio": view.ratio, "seen": view.seen}
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps({**head, "instructions": instructions})
    kind = "seen" if view.seen else "tree"
    np.savez(folder / f"{view.name}.{kind}.npz", allow_pickle=False, head=np.array(text), **view.arrays)


def read_views(folder: Path) -> Iterator[View]:
    """The views that were kept, by name."""
    for path in sorted(folder.glob("*.npz")):
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        head = json.loads(str(arrays.pop("head")))
        rows = head.pop("instructions")
        asked = [Instruction(**{**row, "boxes": tuple(Box(*box) for box in row["boxes"])}) for row in rows]
        yield View(**head, instructions=tuple(asked), arrays=arrays)


def bags_of(view: View, name: str) -> list[Array]:
    """The bags that `_flat` made one array of."""
    return np.split(view.arrays[name].astype(np.int64), view.arrays[f"{name} ends"][:-1])


def _flat(name: str, bags: Sequence[Array]) -> Mapping[str, Array]:
    ends = np.cumsum([len(bag) for bag in bags])
    return {name: np.concatenate(bags).astype(np.int16), f"{name} ends": ends}
