"""Instructions with what is right on their pictures, from files of several layouts.

Our own: `instructions.jsonl`, an object a line with `shot` (a picture's path or name), `text`, `boxes` (each left, top,
right, bottom in device pixels; none where the instruction points at nothing there), and perhaps `kind`, `source`,
`ratio`; `shots.jsonl` beside it may say `source`, `ratio` and `split` of each shot. And annotation files as those of
ScreenSpot, ScreenSpot-v2, ScreenSpot-Pro and OSWorld-G: a list of objects with `img_filename`, `instruction`, `bbox`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tamis.errors import InvalidInput, UnreadableInput, needs, unknown
from tamis.image import Box, share_space
from tamis.io.rows import read_jsonl

CORNERS, SIZES, SHARES = "corners", "sizes", "shares"
LAYOUTS = (CORNERS, SIZES, SHARES)  # left top right bottom; left top width height; corners as shares of the picture
ABSENT = "absent"
OTHER = "other"
_TEXT = ("text", "instruction")
_PICTURE = ("shot", "picture", "img_filename", "image_path", "file_name", "image")
_BOXES = ("boxes", "bbox", "box_coordinates")
_KIND = ("kind", "data_type", "ui_type")
_SOURCE = ("source", "application", "data_source", "platform")
_FOLDERS = ("", "images", "screenspot_imgs", "screenspotv2_image", "imgs", "../images", "..")


@dataclass(frozen=True, slots=True)
class ScreenTask:
    """An instruction on a picture.

    Attributes:
        name: of the task.
        picture: the file.
        text: the instruction.
        boxes: where a click is right, in device pixels; none where there is nothing to click.
        kind: "text", "icon" ...; "absent" where there are no boxes.
        source: which program or page it comes from.
        ratio: device pixels for each CSS pixel, where it is known.
    """

    name: str
    picture: Path
    text: str
    boxes: tuple[Box, ...]
    kind: str = OTHER
    source: str = OTHER
    ratio: float = 1.0


def read_screen_tasks(
    path: Path, *, images: Path | None = None, boxes: str | None = None, split: str | None = None
) -> list[ScreenTask]:
    """The tasks of a file, or of all files of a folder: `instructions.jsonl` if there is one, else each JSON file.

    Args:
        path: JSON Lines, a JSON list, or a folder.
        images: where pictures are; beside the file, or in the folders that annotation files usually have.
        boxes: of `LAYOUTS`; by the names of the fields and the numbers if it is not said.
        split: only tasks of shots of this split.

    Raises:
        UnreadableInput: a file or a picture is missing, or is no JSON.
        InvalidInput: a row cannot be read, or it cannot be told which boxes are meant.
    """
    if boxes is not None and boxes not in LAYOUTS:
        raise unknown("layout of boxes", boxes, LAYOUTS)
    tasks = [task for file in instruction_files(path) for task in _tasks(file, images, boxes, split)]
    if not tasks:
        raise InvalidInput(f"There are no instructions in {str(path)!r}.", hint="See `tamis bench screen --help`.")
    return tasks


def instruction_files(path: Path) -> list[Path]:
    """The file itself, or those of a folder.

    Raises:
        UnreadableInput: there is neither.
    """
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise UnreadableInput(f"There is no {str(path)!r}.", hint="Name a file or a folder of instructions.")
    own = path / "instructions.jsonl"
    if own.is_file():
        return [own]
    folders = (path, path / "annotations")
    return sorted(
        file for folder in folders for file in folder.glob("*.json*") if file.stem not in ("shots", "elements")
    )


def rows_of(file: Path) -> list[Mapping[str, Any]]:
    """The objects of a JSON list or of JSON Lines.

    Raises:
        UnreadableInput: it cannot be read, or is no JSON.
        InvalidInput: something in it is no object.
    """
    try:
        rows = list(read_jsonl(file)) if file.suffix == ".jsonl" else json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UnreadableInput(f"{str(file)!r} cannot be read as JSON: {error}.") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InvalidInput(f"{str(file)!r} is no list of objects.", hint="One for each instruction.")
    return rows


def picture_of(row: Mapping[str, Any], folder: Path) -> Path:
    """The picture that a row names.

    Raises:
        InvalidInput: it names none.
        UnreadableInput: there is no such file.
    """
    name = _first(row, _PICTURE)
    if not name:
        raise InvalidInput(f"A row names no picture: {row!r:.120}.", hint=f"In one of {', '.join(_PICTURE)}.")
    for inside in _FOLDERS:
        for suffix in ("", ".png", ".jpg"):
            path = folder / inside / f"{name}{suffix}"
            if path.is_file():
                return path
    hint = "Say where pictures are: --images FOLDER."
    raise UnreadableInput(f"There is no picture {str(name)!r} in {str(folder)!r}.", hint=hint)


def box_of(numbers: Sequence[Any], layout: str, size: tuple[int, int]) -> Box:
    """A box from its four numbers.

    Raises:
        InvalidInput: they are no box.
    """
    try:
        left, top, *rest = map(float, numbers)
        if len(rest) > 2:  # a polygon: the box around it
            xs, ys = [left, *rest[::2]], [top, *rest[1::2]]
            return Box(min(xs), min(ys), max(xs), max(ys))
        if layout == SIZES:
            return Box.of_size(left, top, *rest)
        return share_space(size).box(left, top, *rest) if layout == SHARES else Box(left, top, *rest)
    except (TypeError, ValueError) as error:
        raise InvalidInput(
            f"{numbers!r:.80} are no {layout} of a box: {error}", hint="--boxes says another."
        ) from error


def _tasks(file: Path, images: Path | None, boxes: str | None, split: str | None) -> Iterator[ScreenTask]:
    rows, shots = rows_of(file), _shots(file.parent)
    layout = boxes or layout_of(rows, file)
    for number, row in enumerate(rows, 1):
        picture = picture_of(row, images or file.parent)
        shot = shots.get(picture.stem, {})
        if split is None or row.get("split", shot.get("split")) == split:
            yield _task(row, shot, f"{file.stem}:{number}", picture, layout)


def _task(row: Mapping[str, Any], shot: Mapping[str, Any], name: str, picture: Path, layout: str) -> ScreenTask:
    text = _first(row, _TEXT)
    if not isinstance(text, str) or not text.strip():
        raise InvalidInput(f"{name} has no instruction: {row!r:.120}.", hint=f"In one of {', '.join(_TEXT)}.")
    numbers = numbers_of(row)
    size = _size(picture) if layout == SHARES and numbers else (1, 1)
    right = tuple(box_of(one, layout, size) for one in numbers)
    kind = str(_first(row, _KIND) or OTHER) if right else ABSENT
    source = str(_first(row, _SOURCE) or shot.get("source") or OTHER)
    ratio = float(row.get("ratio") or shot.get("ratio") or 1.0)
    return ScreenTask(str(row.get("name") or name), picture, text, right, kind, source, ratio)


def numbers_of(row: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
    """The boxes of a row as they stand there."""
    if row.get("gt_type") == "negative" or row.get("box_type") == "refusal":
        return ()
    value = _first(row, _BOXES)
    if value is None or len(value) == 0:
        return ()
    return value if isinstance(value[0], (list, tuple)) else [value]


def layout_of(rows: Sequence[Mapping[str, Any]], file: Path) -> str:
    """How the boxes of a file are to be read: by the names of its fields, then by the numbers.

    Raises:
        InvalidInput: it cannot be told.
    """
    fields = {name for row in rows for name in row}
    numbers = [one for row in rows for one in numbers_of(row) if len(one) == 4]
    if "boxes" in fields or not numbers:
        return CORNERS
    if all(0 <= float(edge) <= 1 for one in numbers for edge in one):
        return SHARES
    turned = any(one[2] < one[0] or one[3] < one[1] for one in numbers)
    if turned or "box_coordinates" in fields:  # OSWorld-G
        return SIZES
    if fields & {"img_size", "ui_type"}:  # ScreenSpot-Pro
        return CORNERS
    if "data_type" in fields:  # ScreenSpot and ScreenSpot-v2
        return SIZES
    hint = "Say --boxes corners (left, top, right, bottom) or --boxes sizes (left, top, width, height)."
    raise InvalidInput(f"It cannot be told how the boxes of {str(file)!r} are written.", hint=hint)


def _shots(folder: Path) -> Mapping[str, Mapping[str, Any]]:
    file = folder / "shots.jsonl"
    return {str(row["name"]): row for row in rows_of(file) if "name" in row} if file.is_file() else {}


def _first(row: Mapping[str, Any], names: Sequence[str]) -> Any:
    return next((row[name] for name in names if row.get(name) is not None), None)


def _size(picture: Path) -> tuple[int, int]:
    needs("screen", "PIL")
    from PIL import Image

    with Image.open(picture) as image:
        width, height = image.size
    return width, height
