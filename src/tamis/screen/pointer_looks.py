"""What the pointer knows of each element whatever is asked: shape, place, role, colours, text, neighbours."""

from __future__ import annotations

from typing import Final

import numpy as np

from tamis.core import Bools, Floats, Ints
from tamis.image import Box, within
from tamis.image.boxes import iou
from tamis.screen.scene import Scene

ROLES: Final = (
    "button", "link", "text", "heading", "textbox", "checkbox", "radio", "combobox", "icon", "image", "region", "tab",
    "menuitem", "searchbox", "switch", "listitem",
)  # fmt: skip
SOURCES: Final = ("text", "shape", "tree")
SIDES: Final = ("left", "above", "right", "below", "frame", "heading")  # whose text an element's key carries, too
_SHAPE = ("width", "height", "aspect", "x", "y", "across", "down", "wide", "tall", "lines")
_TEXT = ("letters", "words", "digits", "capitals", "colon", "single", "empty", "repeated", "number")
_PLACE = ("inside", "frames", "twins", "row", "column", "edge")
_COLOUR = (
    "back red", "back green", "back blue", "red", "green", "blue", "contrast", "tint", "unlike texts", "on surface",
    "underlined", "busy",
)  # fmt: skip
COLUMNS: Final = (
    *_SHAPE, *(f"is {role}" for role in ROLES), *(f"by {source}" for source in SOURCES), "checked", "sure",
    *_TEXT, *_PLACE, *_COLOUR,
)  # fmt: skip
_SAMPLES = 40  # pixels of a crop's side that colours are read from
_FRAME = 1.5  # times as large as what it holds


def looks(scene: Scene, scale: float) -> Floats:
    """(n, len(COLUMNS)) the columns of each element, about 0 to 1 each.

    scale -- device pixels for each CSS pixel
    """
    roles = np.array([[one == role for role in ROLES] for one in scene.roles], dtype=float).reshape(-1, len(ROLES))
    sources = np.array([[one.source == source for source in SOURCES] for one in scene.elements], dtype=float)
    rest = np.array([[_on(one.state.get("checked")), one.confidence] for one in scene.elements], dtype=float)
    parts = (_shapes(scene, scale), roles, sources, rest, _texts(scene), _places(scene, scale), _colours(scene, scale))
    result: Floats = np.concatenate(parts, axis=1)
    return result


def _on(value: object) -> bool:
    return value is True or str(value).lower() in ("true", "mixed")


def _shapes(scene: Scene, scale: float) -> Floats:
    width, height = np.maximum(scene.edges[:, 2:] - scene.edges[:, :2], 1).T
    x, y = (scene.middles / np.array(scene.shot.size)).T
    left, top = scene.edges[:, :2].T / scale / 1000
    columns = (
        np.log(width / scale) / 6, np.log(height / scale) / 6, np.log(width / height) / 4, x, y, left, top,
        width / scene.shot.size[0], height / scene.shot.size[1], np.minimum(height / scene.line, 10) / 5,
    )  # fmt: skip
    return np.stack(columns, axis=1)


def _texts(scene: Scene) -> Floats:
    counts: dict[str, int] = {}
    rows = []
    for element, text in zip(scene.elements, scene.names.plain, strict=True):
        number = counts[text] = counts.get(text, 0) + 1
        raw = element.text.strip()
        digits = sum(letter.isdigit() for letter in raw) / max(1, len(raw))
        rows.append(
            (np.log1p(len(raw)) / 5, np.log1p(len(text.split())) / 3, digits, raw.isupper(), raw.endswith(":"),
             len(raw) == 1, not raw, 0.0, np.log1p(number) / 3)
        )  # fmt: skip
    result = np.array(rows, dtype=float).reshape(-1, len(_TEXT))
    result[:, 7] = [np.log(counts[text]) / 3 if text else 0.0 for text in scene.names.plain]
    return result


def _places(scene: Scene, scale: float) -> Floats:
    share = within(scene.boxes, scene.boxes)
    same = iou(scene.boxes, scene.boxes)
    size = np.prod(scene.edges[:, 2:] - scene.edges[:, :2], axis=1)
    smaller = size[:, None] * _FRAME < size[None]
    holds = (share > 0.8) & smaller
    row = same_row(scene)
    column = np.abs(scene.edges[:, None, 0] - scene.edges[None, :, 0]) < 3 * scale
    width, height = scene.shot.size
    edge = np.minimum.reduce(
        [scene.edges[:, 0], width - scene.edges[:, 2], scene.edges[:, 1], height - scene.edges[:, 3]]
    )
    columns = (
        np.log1p(holds.sum(0)) / 4, np.log1p(holds.sum(1)) / 3, np.log1p(np.maximum((same > 0.5).sum(1) - 1, 0)) / 2,
        np.log1p(row.sum(1)) / 4, np.log1p(column.sum(1)) / 4, edge < 8 * scale,
    )  # fmt: skip
    return np.stack(columns, axis=1).astype(float)


def same_row(scene: Scene) -> Bools:
    """(n, n) whether the middle of each pair lies at the height of the other, roughly."""
    top, bottom = scene.edges[:, 1], scene.edges[:, 3]
    common = np.minimum(bottom[:, None], bottom[None]) - np.maximum(top[:, None], top[None])
    least = np.minimum(bottom - top, (bottom - top)[:, None])
    result: Bools = common > 0.5 * least
    return result


def neighbours(scene: Scene) -> Ints:
    """(n, len(SIDES)) the nearest text on each side, the smallest frame with text, the heading above; -1 for none."""
    count = len(scene.elements)
    result = np.full((count, len(SIDES)), -1)
    if not count:
        return result
    low, high = scene.edges[:, None, :2], scene.edges[:, None, 2:]  # of the one
    other_low, other_high = scene.edges[None, :, :2], scene.edges[None, :, 2:]  # of its neighbour
    common = np.minimum(high, other_high) - np.maximum(low, other_low)  # (n, n, 2)
    slack = 0.3 * scene.line
    size = np.prod(scene.edges[:, 2:] - scene.edges[:, :2], axis=1)
    text = scene.texts[None] & ~np.eye(count, dtype=bool)
    gaps = {
        "left": (low - other_high)[..., 0], "above": (low - other_high)[..., 1],
        "right": (other_low - high)[..., 0], "below": (other_low - high)[..., 1],
    }  # fmt: skip
    for side, gap in gaps.items():
        level = common[..., 1] if side in ("left", "right") else common[..., 0]
        distance = np.where(text & (level > 0) & (gap > -slack), np.maximum(gap, 0), np.inf)
        result[:, SIDES.index(side)] = _least(distance)
    frame = (within(scene.boxes, scene.boxes) > 0.8) & (size[:, None] * _FRAME < size[None]) & text
    result[:, SIDES.index("frame")] = _least(np.where(frame, size[None], np.inf))
    heading = (
        (scene.roles == "heading")[None] & (gaps["above"] > -slack) & (low[..., 0] >= other_low[..., 0] - 3 * slack)
    )
    result[:, SIDES.index("heading")] = _least(np.where(heading & text, gaps["above"], np.inf))
    return result


def _least(distances: Floats) -> Ints:
    """The column of each row's least value, -1 where all are infinite."""
    result: Ints = np.where(np.isfinite(distances).any(1), distances.argmin(1), -1)
    return result


def _colours(scene: Scene, scale: float) -> Floats:
    rows = np.array([_colour(scene, box, scale) for box in scene.boxes], dtype=float).reshape(-1, len(_COLOUR))
    if scene.texts.any():
        usual = np.median(rows[scene.texts, 3:6], axis=0)
        rows[:, 8] = np.abs(rows[:, 3:6] - usual).max(1)
    return rows


def _colour(scene: Scene, box: Box, scale: float) -> tuple[float, ...]:
    """Ground and foreground of a crop, and how it differs from what is around it."""
    crop = scene.shot.crop(box)
    if not crop.size:
        return (0.0,) * len(_COLOUR)
    steps = [max(1, side // most) for side, most in zip(crop.shape[:2], (_SAMPLES, 3 * _SAMPLES), strict=True)]
    pixels = crop[:: steps[0], :: steps[1]].astype(np.float32) / 255
    ground = np.median(pixels.reshape(-1, 3), axis=0)
    unlike = np.abs(pixels - ground).max(2)
    contrast = float(unlike.max())
    marks = unlike >= max(0.7 * contrast, 0.02)
    front = pixels[marks].mean(0) if marks.any() else ground
    lower = marks[int(0.6 * len(marks)) :]
    ring = _around(scene, box, 3 * scale)
    return (
        *ground, *front, contrast, float(front.max() - front.min()), 0.0,
        float(np.abs(ring - ground).max()), float(lower.mean(1).max(initial=0) > 0.8), float(marks.mean()),
    )  # fmt: skip


def _around(scene: Scene, box: Box, by: float) -> Floats:
    """The usual colour of the pixels just above and below a box."""
    left, right = int(max(0, box.left)), int(np.ceil(box.right))
    height = scene.shot.size[1]
    rows = [row for row in (int(box.top - by), int(box.bottom + by)) if 0 <= row < height]
    strip = scene.shot.pixels[rows, left : max(right, left + 1)][:, ::4].reshape(-1, 3)
    return np.median(strip, axis=0) / 255 if len(strip) else np.ones(3)
