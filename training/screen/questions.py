"""What may be asked of the shots of a folder: `instructions.jsonl`, a line for each, in the order of the shots.

A line has the shot, its source and split, the kind and the way of asking, the text, the boxes where a click is right
(device pixels), whether there is nothing to click, and what else is known (`meta`). The same shots give the same file.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tamis.image import Box
from tamis.io.files import write
from tamis.io.rows import read_jsonl
from training.screen.instructions import Instruction, instructions_of
from training.screen.lookout import sights
from training.screen.recall import Target, shots_of, targets_of

FILE = "instructions.jsonl"
Row = Mapping[str, Any]


def write_instructions(folder: Path, *, half: int | None = None) -> list[Row]:
    """Write the instructions of all shots of a folder that were looked at.

    half -- of the training sentences and phrases, 0 or 1, in which they are asked for; all of them if none is given
    """
    seen = sights(folder)
    targets = {row["name"]: (row, list(targets_of(row, shot))) for row, shot in shots_of(folder) if row["name"] in seen}
    pools = _pools([target for _, some in targets.values() for target in some])
    rows = []
    for name, (row, mine) in targets.items():
        if mine:
            others = pools[row["split"]].get(row["source"], ())
            words = " ".join(element.text for element in seen[name] if element.source == "text")
            rows += [_row(row, one) for one in instructions_of(mine, others, words, half=half)]
    write(folder / FILE, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode())
    return rows


def read_instructions(folder: Path) -> Iterator[tuple[Row, Instruction]]:
    """The lines of a folder's file, each with its instruction."""
    for row in read_jsonl(folder / FILE):
        boxes = tuple(Box(*box) for box in row["boxes"])
        yield row, Instruction(row["shot"], row["kind"], row["text"], boxes, row["way"], row["meta"])


def counts(rows: Sequence[Row]) -> str:
    """How many instructions there are of each kind and way in each split."""
    splits = sorted({row["split"] for row in rows})
    table = Counter((row["kind"], row["way"], row["split"]) for row in rows)
    lines = ["| kind | way | " + " | ".join(splits) + " |", "|---|---|" + "--:|" * len(splits)]
    for kind, way in sorted({(row["kind"], row["way"]) for row in rows}):
        lines.append(f"| {kind} | {way} | " + " | ".join(str(table[kind, way, split]) for split in splits) + " |")
    totals = [f"{sum(row['split'] == split for row in rows):,}" for split in splits]
    shots = [f"{len({row['shot'] for row in rows if row['split'] == split}):,}" for split in splits]
    return "\n".join([*lines, "| all | | " + " | ".join(totals) + " |", "| shots | | " + " | ".join(shots) + " |"])


def _row(shot: Row, one: Instruction) -> Row:
    return {
        "shot": one.shot,
        "source": shot["source"],
        "split": shot["split"],
        "kind": one.kind,
        "way": one.way,
        "text": one.text,
        "boxes": [[round(edge, 1) for edge in box.edges] for box in one.boxes],
        "absent": not one.boxes,
        "meta": dict(one.meta),
    }


def _pools(targets: Sequence[Target]) -> Mapping[str, Mapping[str, list[Target]]]:
    """For each split and source the targets of the split's other sources."""
    sources: dict[str, dict[str, list[Target]]] = defaultdict(lambda: defaultdict(list))
    for target in targets:
        sources[target.split][target.source].append(target)
    return {
        split: {name: [one for other, some in of.items() if other != name for one in some] for name in of}
        for split, of in sources.items()
    }
