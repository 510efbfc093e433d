"""What is learnt: a picture, an instruction, an answer with pointers, and the boxes of each pointer.

A line of `instructions.jsonl` has one pointer, and `boxes` that are right for it: `pyautogui.click({})`. A line with
`pointers` has a list of boxes for each of several, and the `answer` in which `{}` stands for each: a drag has two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tamis.bench.screen.tasks import box_of, instruction_files, layout_of, numbers_of, picture_of, rows_of
from tamis.core import Bools
from tamis.errors import InvalidInput
from tamis.image import Box
from tamis.models.gui_actor.prompts import END, PAD, START

CLICK = "pyautogui.click({})"


@dataclass(frozen=True, slots=True)
class TuneSample:
    """An instruction and its answer.

    Attributes:
        picture: the file.
        text: the instruction.
        answer: with pointer tokens.
        targets: for each pointer the boxes that are right, in device pixels.
    """

    picture: Path
    text: str
    answer: str
    targets: tuple[tuple[Box, ...], ...]


def read_samples(path: Path, *, images: Path | None = None, split: str | None = None) -> list[TuneSample]:
    """The samples of a file or folder, as `tamis bench screen` reads it; what points at nothing is left out.

    Raises:
        UnreadableInput: a file or a picture is missing.
        InvalidInput: a row cannot be read, or nothing is left.
    """
    samples = []
    for file in instruction_files(path):
        rows = rows_of(file)
        layout = layout_of(rows, file)
        shots = file.parent / "shots.jsonl"
        splits = {row["name"]: row.get("split") for row in rows_of(shots)} if shots.is_file() else {}
        for row in rows:
            picture = picture_of(row, images or file.parent)
            if split is None or row.get("split", splits.get(picture.stem)) == split:
                samples += _samples(row, picture, layout)
    if not samples:
        raise InvalidInput(f"There is nothing to learn in {str(path)!r}.", hint="Rows need boxes, and the split.")
    return samples


def cells_of(boxes: Sequence[Box], size: tuple[int, int], grid: tuple[int, int]) -> Bools:
    """(rows * columns,) the cells that a box overlaps at all; of a box without area the cell that it is in.

    size -- of the picture that the boxes are on
    """
    mask = np.zeros(grid, dtype=bool)
    for box in boxes:
        rows = _overlapped(box.top / size[1], box.bottom / size[1], grid[0])
        columns = _overlapped(box.left / size[0], box.right / size[0], grid[1])
        mask[rows, columns] = True
    return mask.ravel()


def _overlapped(low: float, high: float, count: int) -> slice:
    """The cells of a line that [low, high] overlaps, all in shares of the line."""
    first = min(max(0, int(np.floor(low * count))), count - 1)
    last = max(first + 1, int(np.ceil(min(high, 1.0) * count)))
    return slice(first, last)


def _samples(row: Mapping[str, Any], picture: Path, layout: str) -> list[TuneSample]:
    several = row.get("pointers")
    places = [numbers_of({"boxes": one}) for one in several] if several else [numbers_of(row)]
    if not all(places):
        return []
    size = _size(picture)
    targets = tuple(tuple(box_of(numbers, layout, size) for numbers in one) for one in places)
    answer = str(row.get("answer") or CLICK)
    if answer.count("{}") != len(targets):
        message = f"The answer {answer!r} has no place for each of {len(targets)} pointers"
        raise InvalidInput(f"{message}: {row!r:.120}.", hint="Write {} for each pointer.")
    text = row.get("text") or row.get("instruction")
    if not isinstance(text, str) or not text.strip():
        raise InvalidInput(f"A row has no instruction: {row!r:.120}.")
    return [TuneSample(picture, text, answer.replace("{}", f"{START}{PAD}{END}"), targets)]


def _size(picture: Path) -> tuple[int, int]:
    from PIL import Image

    with Image.open(picture) as image:
        width, height = image.size
    return width, height
